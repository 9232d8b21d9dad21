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

func BenchmarkAppendV7(b *testing.B) {
	buffer := make([]byte, 0, Length)
	now := time.Now()
	for b.Loop() {
		buffer = AppendV7(buffer[:0], now)
	}
}
