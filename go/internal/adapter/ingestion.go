package adapter

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
	"github.com/open-clickstream/open-clickstream/go/internal/rawevent"
)

// Limits bound one request.
type Limits struct {
	// Bytes is the size of a body, packed and unpacked.
	Bytes int
	// Events is how many events a request may carry.
	Events int
}

// Ingestion is one request on its way from bytes to events. What it takes is covered by the memory of all requests
// together. Its buffers are used again by later requests.
type Ingestion struct {
	limits       Limits
	decompressor *Decompressor
	held         memory.Lease
	// buffer is where bodies are read into; body is the one that was read, unpacked.
	buffer, body []byte
	elements     []jsonscan.Element
}

// NewIngestion returns an ingestion that takes its memory from budget.
func NewIngestion(limits Limits, budget *memory.Budget, decompressor *Decompressor) *Ingestion {
	return &Ingestion{limits: limits, decompressor: decompressor, held: budget.Lease()}
}

// Events are the request's events so far.
func (in *Ingestion) Events() []jsonscan.Element { return in.elements }

// Release gives back the memory that the request takes.
func (in *Ingestion) Release() { in.held.End() }

const (
	// largestKeptBuffer and mostKeptEvents: buffers of unusually large requests are left to the garbage collector.
	largestKeptBuffer = 64 << 10
	mostKeptEvents    = 64
)

// Reset makes the ingestion ready for the next request.
func (in *Ingestion) Reset() {
	if cap(in.buffer) > largestKeptBuffer {
		in.buffer = nil
	}
	if cap(in.elements) > mostKeptEvents {
		in.elements = nil
	}
	// Elements point into the body, which must not stay in memory with them; a body that cannot be split leaves some behind
	// the end.
	clear(in.elements[:cap(in.elements)])
	in.elements, in.body = in.elements[:0], nil
}

// ReadBody reads the request's body and unpacks it: by its first bytes, or else by its Content-Encoding. It is called once
// a request; what it returns is valid until the request is answered.
func (in *Ingestion) ReadBody(request *http.Request) ([]byte, *Refusal) {
	body, refused := readBody(request, in.limits.Bytes, in.buffer, &in.held)
	in.buffer, in.body = body, body
	if refused != nil {
		return nil, refused
	}
	return in.unpackIfPacked(body, contentEncoding(request.Header))
}

func (in *Ingestion) unpackIfPacked(body []byte, named string) ([]byte, *Refusal) {
	if encoding := encodingOf(body, named); encoding != "" && len(body) > 0 {
		return in.Unpack(encoding, body)
	}
	return body, nil
}

// Unpack returns what packed, the body or a part of it, holds in the encoding gzip, deflate or zstd: some protocols name
// it elsewhere than in Content-Encoding.
func (in *Ingestion) Unpack(encoding string, packed []byte) ([]byte, *Refusal) {
	body, refused := in.decompressor.unpack(encoding, packed, &in.held)
	if refused != nil {
		return nil, refused
	}
	in.body = body
	return body, nil
}

// Split adds the events of a body, as they are.
func (in *Ingestion) Split(body []byte, layout jsonscan.Layout) *Refusal {
	before := len(in.elements)
	splitter := jsonscan.Splitter{Layout: layout, Most: in.limits.Events, Fields: rawevent.KeyFields}
	elements, err := splitter.Split(body, in.elements)
	in.elements = elements
	if !in.held.Grow(int64(len(elements)-before) * rawevent.Overhead) {
		return overloaded()
	}
	if err != nil {
		return in.unsplittable(body, err)
	}
	return nil
}

// Add adds one event, a JSON value that the adapter made.
func (in *Ingestion) Add(event []byte) *Refusal {
	if len(in.elements) >= in.limits.Events {
		return in.unsplittable(in.body, &jsonscan.TooManyError{})
	}
	if !in.held.Grow(int64(len(event)) + rawevent.Overhead) {
		return overloaded()
	}
	in.elements = append(in.elements, jsonscan.One(event, rawevent.KeyFields))
	return nil
}

func (in *Ingestion) unsplittable(body []byte, err error) *Refusal {
	var tooMany *jsonscan.TooManyError
	switch {
	case errors.As(err, &tooMany):
		return &Refusal{
			Status:  http.StatusRequestEntityTooLarge,
			Message: fmt.Sprintf("the body holds more than %d events", in.limits.Events),
			Reason:  contract.FailureTooLarge, Kept: body, Rest: tooMany.Rest,
		}
	case len(bytes.TrimSpace(jsonscan.TrimByteOrderMark(body))) == 0:
		return &Refusal{Status: http.StatusBadRequest, Message: "the body is empty"}
	default:
		return &Refusal{
			Status: http.StatusBadRequest, Message: "the body is not JSON: " + err.Error(),
			Reason: contract.FailureInvalidJSON, Kept: body,
		}
	}
}

// overloaded refuses a request for which there is no memory left.
func overloaded() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Message: "the collector is busy, send the request again later"}
}
