package adapter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// largestWindow is what RFC 9659 allows a zstd body to ask of its reader.
const largestWindow = 8 << 20

// mostDecoders bounds the windows, which are kept and are no part of the budget, whatever processors the node has.
const mostDecoders = 4

// Decompressor decompresses gzip, deflate and zstd. Its decoders, which have windows of their own, are few and shared: unpacking
// waits for nothing but the processor.
type Decompressor struct {
	decoders chan *decoders
	limit    int
}

type decoders struct {
	gzip gzip.Reader
	// zlib and raw are both called deflate; nil until a body needs them.
	zlib, raw io.ReadCloser
	zstd      *zstd.Decoder
}

// NewDecompressor returns one that unpacks bodies up to limit bytes.
func NewDecompressor(limit int) (*Decompressor, error) {
	count := min(2*runtime.GOMAXPROCS(0), mostDecoders)
	d := &Decompressor{decoders: make(chan *decoders, count), limit: limit}
	for range count {
		decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(largestWindow))
		if err != nil {
			return nil, fmt.Errorf("setting up zstd: %w", err)
		}
		d.decoders <- &decoders{zstd: decoder}
	}
	return d, nil
}

// contentEncoding returns the request's encoding in lower case; empty when the body is as it is.
func contentEncoding(header http.Header) string {
	encoding := strings.ToLower(strings.TrimSpace(strings.Join(header["Content-Encoding"], ",")))
	if encoding == "identity" {
		return ""
	}
	return encoding
}

// encodingOf returns the encoding that a body's first bytes tell, which no text begins with; where they tell none, the
// one that was named. Senders leave the header away, since a browser would ask before it sends it.
func encodingOf(body []byte, named string) string {
	switch {
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(body, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	case len(body) > 1 && body[0] == 0x78 && isZlib(body):
		return "deflate"
	default:
		return named
	}
}

// isZlib reports whether packed begins with a header of zlib (RFC 1950) that asks for no dictionary.
func isZlib(packed []byte) bool {
	return len(packed) > 1 && packed[0]&0x0f == 8 && packed[0]>>4 <= 7 && packed[1]&0x20 == 0 &&
		(int(packed[0])<<8|int(packed[1]))%31 == 0
}

// unpack returns what packed holds in the given encoding, in a buffer of its own that the lease covers as well.
func (d *Decompressor) unpack(encoding string, packed []byte, held *memory.Lease) ([]byte, *Refusal) {
	shared := <-d.decoders
	defer func() { d.decoders <- shared }()
	reader, err := shared.open(encoding, packed)
	if err != nil {
		return nil, unreadable(encoding, packed, err)
	}
	plain, err := readAll(reader, growth{limit: d.limit, expected: -1, held: held})
	switch {
	case err == nil:
		return plain, nil
	case errors.Is(err, errNoBudget):
		return nil, overloaded()
	case errors.Is(err, errTooLong):
		return nil, &Refusal{
			Status:  http.StatusRequestEntityTooLarge,
			Message: fmt.Sprintf("the body is larger than %d bytes once unpacked", d.limit),
			Reason:  contract.FailureTooLarge, Kept: plain,
		}
	default:
		return nil, unreadable(encoding, packed, err)
	}
}

func (d *decoders) open(encoding string, packed []byte) (io.Reader, error) {
	switch encoding {
	case "gzip", "x-gzip":
		return &d.gzip, d.gzip.Reset(bytes.NewReader(packed))
	case "deflate":
		return d.openDeflate(bytes.NewReader(packed), isZlib(packed))
	case "zstd":
		return d.zstd, d.zstd.Reset(bytes.NewReader(packed))
	default:
		return nil, errors.New("it must be gzip, deflate or zstd")
	}
}

// openDeflate reads what HTTP calls deflate, which is zlib, or, as some senders have it, deflate without zlib's header.
func (d *decoders) openDeflate(packed io.Reader, hasHeader bool) (io.Reader, error) {
	var err error
	switch {
	case !hasHeader && d.raw == nil:
		d.raw = flate.NewReader(packed)
	case !hasHeader:
		err = d.raw.(flate.Resetter).Reset(packed, nil)
	case d.zlib == nil:
		d.zlib, err = zlib.NewReader(packed)
	default:
		err = d.zlib.(zlib.Resetter).Reset(packed, nil)
	}
	if hasHeader {
		return d.zlib, err
	}
	return d.raw, err
}

func unreadable(encoding string, packed []byte, err error) *Refusal {
	return &Refusal{
		Status:  http.StatusBadRequest,
		Message: fmt.Sprintf("the body cannot be read as content encoding %q: %v", encoding, err),
		Reason:  contract.FailureUnreadableBody, Kept: packed,
	}
}
