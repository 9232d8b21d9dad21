package uid

import (
	"regexp"
	"testing"
	"time"
)

func TestV7StartsWithTheMillisecondsAndNamesItsVersion(t *testing.T) {
	at := time.UnixMilli(0x017f22e279b0)
	pattern := regexp.MustCompile(`^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 1000 {
		id := V7(at)
		if !pattern.MatchString(id) {
			t.Fatalf("%q does not match %v", id, pattern)
		}
		seen[id] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d different ids of 1000", len(seen))
	}
}

func TestV5IsTheOneOfTheStandard(t *testing.T) {
	// RFC 9562, appendix A.4: www.example.com in the DNS namespace.
	dns := [16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	if got, want := V5(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2"; got != want {
		t.Errorf("V5 = %s, want %s", got, want)
	}
}

func BenchmarkAppendV7(b *testing.B) {
	buffer := make([]byte, 0, Length)
	now := time.Now()
	for b.Loop() {
		buffer = AppendV7(buffer[:0], now)
	}
}
