package accesslog

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// bzipped is "a", "b" in lines, packed with bzip2.
const bzipped = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x3c\x85\x41\x12\x00\x00\x01\x41\x00\x00\x10\x30\x00\x20\x00\x30\xcc\x0c\x7a\x82\x71\x77\x24\x53\x85\x09\x03\xc8\x54\x11\x20"

func TestALogIsUnpackedByItsFirstBytes(t *testing.T) {
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	_, _ = writer.Write([]byte("a\nb\n")) // into memory
	_ = writer.Close()
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	wide := "\xff\xfe"
	for _, unit := range utf16.Encode([]rune("a\nb\n")) {
		wide += string([]byte{byte(unit), byte(unit >> 8)})
	}
	cases := []struct{ name, packed, want, refusal string }{
		{"text", "a\nb\n", "a\nb\n", ""},
		{"nothing", "", "", ""},
		{"gzip", zipped.String(), "a\nb\n", ""},
		{"two files of gzip", zipped.String() + zipped.String(), "a\nb\na\nb\n", ""},
		{"bzip2", bzipped, "a\nb\n", ""},
		{"zstd", string(encoder.EncodeAll([]byte("a\nb\n"), nil)), "a\nb\n", ""},
		{"UTF-16", wide, "a\nb\n", ""},
		{"xz", "\xfd7zXZ\x00...", "", "the log is packed with xz, which is not read; unpack it first"},
		{"zip", "PK\x03\x04...", "", "the log is packed with zip, which is not read; unpack it first"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log")
			if err := os.WriteFile(path, []byte(c.packed), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{path, "-"} {
				log, err := Open(name, strings.NewReader(c.packed))
				var unreadable *UnreadableError
				if c.refusal != "" {
					if !errors.As(err, &unreadable) || err.Error() != c.refusal {
						t.Errorf("error %v", err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if text, err := io.ReadAll(log.Lines); err != nil || string(text) != c.want {
					t.Errorf("read %q, error %v", text, err)
				}
				if share := log.Share(); name == path && c.packed != "" && share != 1 || name == "-" && share != -1 {
					t.Errorf("read %v of it", share)
				}
				if err := log.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
