package accesslog

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
)

// UnreadableError says that a file is no access log that can be read; nothing of it was sent.
type UnreadableError struct{ problem string }

func (e *UnreadableError) Error() string { return e.problem }

// File is a log being read as text; it counts the bytes of the file, which are known before its lines are.
type File struct {
	// Lines is the file's text, unpacked.
	Lines *bufio.Reader
	file  *os.File
	size  int64
	read  int64
}

// packing is a way to pack a file, told by its first bytes. Those without open are known only to be named.
type packing struct {
	name, magic string
	open        func(io.Reader) (io.Reader, error)
}

var packings = []packing{
	{"gzip", "\x1f\x8b", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"bzip2", "BZh", func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
	{"zstd", "\x28\xb5\x2f\xfd", func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) }},
	{"UTF-16", "\xff\xfe", utf16Text},
	{"UTF-16", "\xfe\xff", utf16Text},
	{"xz", "\xfd7zXZ\x00", nil},
	{"zip", "PK\x03\x04", nil},
	{"lz4", "\x04\x22\x4d\x18", nil},
	{"7z", "7z\xbc\xaf\x27\x1c", nil},
}

// utf16Text reads what some programs of Windows write.
func utf16Text(r io.Reader) (io.Reader, error) {
	return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r), nil
}

// linesBuffer holds the lines that a format is told by.
const linesBuffer = 64 << 10

// Open opens the file of the given name, or the standard input when that is "-", and unpacks it. It fails with an
// UnreadableError when it is packed in a way that is not read.
func Open(name string, standardInput io.Reader) (*File, error) {
	log := &File{}
	raw := standardInput
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("opening the log: %w", err)
		}
		log.file, raw = file, file
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			log.size = info.Size()
		}
	}
	text, err := unpack(bufio.NewReaderSize(&countingReader{raw, &log.read}, linesBuffer))
	if err != nil {
		_ = log.Close() // only read from
		return nil, err
	}
	log.Lines = bufio.NewReaderSize(text, linesBuffer)
	return log, nil
}

// unpack decompresses, then decodes UTF-16: the compressed file may be in it.
func unpack(text *bufio.Reader) (io.Reader, error) {
	for _, way := range packings {
		start, err := text.Peek(len(way.magic))
		if err != nil || !bytes.Equal(start, []byte(way.magic)) {
			continue
		}
		if way.open == nil {
			return nil, &UnreadableError{fmt.Sprintf("the log is packed with %s, which is not read; unpack it first", way.name)}
		}
		unpacked, err := way.open(text)
		if err != nil {
			return nil, &UnreadableError{fmt.Sprintf("unpacking the log, which begins like %s: %v", way.name, err)}
		}
		return unpack(bufio.NewReaderSize(unpacked, linesBuffer))
	}
	return text, nil
}

// Share is how much of the file was read, from 0 to 1, or -1 when its size is not known.
func (f *File) Share() float64 {
	if f.size == 0 {
		return -1
	}
	return float64(f.read) / float64(f.size)
}

// Close closes the file; the standard input stays open.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

type countingReader struct {
	reader io.Reader
	read   *int64
}

func (c *countingReader) Read(into []byte) (int, error) {
	n, err := c.reader.Read(into)
	*c.read += int64(n)
	return n, err
}
