package adapter

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// packedBy returns text as a writer packs it.
func packedBy(t *testing.T, text string, open func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var packed bytes.Buffer
	writer, err := open(&packed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestABodyIsUnpackedByItsFirstBytes(t *testing.T) {
	const text = `{"event_type":"a"}`
	packers := map[string]func(io.Writer) (io.WriteCloser, error){
		"gzip":                func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		"zlib":                func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil },
		"zlib, packed hard":   func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriterLevel(w, 9) },
		"zlib, packed little": func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriterLevel(w, 1) },
		"raw":                 func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) },
		"zstd":                func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	}
	cases := []struct{ packer, named string }{
		{"gzip", ""}, {"gzip", "gzip"}, {"gzip", "deflate"}, {"zlib", ""}, {"zlib", "deflate"}, {"zlib, packed hard", ""},
		{"zlib, packed little", ""}, {"raw", "deflate"}, {"zstd", ""}, {"zstd", "gzip"}, {"zlib", ""}, {"raw", "deflate"},
	}
	d, err := NewDecompressor(1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.packer+" called "+c.named, func(t *testing.T) {
			in := NewIngestion(Limits{Bytes: 1000}, memory.NewBudget(1<<20), d)
			plain, refused := in.unpackIfPacked(packedBy(t, text, packers[c.packer]), c.named)
			if refused != nil || string(plain) != text {
				t.Errorf("unpacked %q, refused %+v", plain, refused)
			}
			if c.packer == "raw" {
				return // its first bytes say nothing
			}
			_, refused = in.unpackIfPacked(packedBy(t, string(make([]byte, 2000)), packers[c.packer]), c.named)
			if refused == nil || refused.Status != 413 {
				t.Errorf("2000 bytes once unpacked, 1000 are allowed: refused %+v", refused)
			}
		})
	}
}

func TestNoTextLooksPacked(t *testing.T) {
	for _, text := range []string{"", "x", "80", `{"a":1}`, "[1]", "\"x\"", "\xef\xbb\xbf{}", "data=x", "xyz", "(1)", "Hello", "h1"} {
		if encoding := encodingOf([]byte(text), ""); encoding != "" {
			t.Errorf("%q is taken for %s", text, encoding)
		}
	}
}

// Each decoder keeps the largest window that it was asked for, outside the budget.
func TestManyProcessorsMakeFewDecoders(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(64))
	d, err := NewDecompressor(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if cap(d.decoders) > 4 {
		t.Errorf("%d decoders may keep %d MiB for ever", cap(d.decoders), cap(d.decoders)*largestWindow>>20)
	}
}
