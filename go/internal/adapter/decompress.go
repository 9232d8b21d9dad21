package adapter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// largestWindow is what RFC 9659 allows a zstd body to ask of its reader.
const largestWindow = 8 << 20

// mostDecoders bounds the windows, which are kept and are no part of the budget, whatever processors the node has.
const mostDecoders = 4

// Decompressor undoes gzip and zstd. Its decoders, which have windows of their own, are few and shared: unpacking
// waits for nothing but the processor.
type Decompressor struct {
	decoders chan *decoders
	limit    int
}

type decoders struct {
	gzip gzip.Reader
	zstd *zstd.Decoder
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
	case "zstd":
		return d.zstd, d.zstd.Reset(bytes.NewReader(packed))
	default:
		return nil, errors.New("it must be gzip or zstd")
	}
}

func unreadable(encoding string, packed []byte, err error) *Refusal {
	return &Refusal{
		Status:  http.StatusBadRequest,
		Message: fmt.Sprintf("the body cannot be read as content encoding %q: %v", encoding, err),
		Reason:  contract.FailureUnreadableBody, Kept: packed,
	}
}
