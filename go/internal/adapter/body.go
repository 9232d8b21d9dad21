package adapter

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// firstBuffer is what a request gets to begin with; it grows only as bytes arrive, so that announcing a large body
// and not sending it takes nothing from the others.
const firstBuffer = 4 << 10

// readBody reads the request's body into buffer, which the lease then covers.
func readBody(request *http.Request, limit int, buffer []byte, held *memory.Lease) ([]byte, *Refusal) {
	body, err := readAll(request.Body, growth{buffer: buffer, limit: limit, expected: request.ContentLength, held: held})
	switch {
	case err == nil:
		return body, nil
	case errors.Is(err, errNoBudget):
		return body, overloaded()
	case errors.Is(err, errTooLong):
		return body, &Refusal{
			Status:  http.StatusRequestEntityTooLarge,
			Message: fmt.Sprintf("the body is larger than %d bytes", limit),
			Reason:  contract.FailureTooLarge, Kept: body, Closes: true,
		}
	case isTimeout(err):
		return body, &Refusal{Status: http.StatusRequestTimeout, Message: "the body did not arrive in time", Closes: true}
	default:
		return body, truncated(request, body)
	}
}

func isTimeout(err error) bool {
	var netError net.Error
	return errors.As(err, &netError) && netError.Timeout()
}

func truncated(request *http.Request, body []byte) *Refusal {
	cut := &Refusal{Status: http.StatusBadRequest, Message: "the body ended early", Closes: true}
	if len(body) == 0 {
		return cut
	}
	cut.Message = fmt.Sprintf("the body ended after %d bytes", len(body))
	if request.ContentLength > 0 {
		cut.Message = fmt.Sprintf("the body ended after %d of %d bytes", len(body), request.ContentLength)
	}
	cut.Reason, cut.Kept = contract.FailureUnreadableBody, body
	return cut
}

var (
	errTooLong  = errors.New("longer than the limit")
	errNoBudget = errors.New("no memory left for it")
)

// growth says how far a buffer may grow and who pays for it.
type growth struct {
	buffer []byte
	limit  int
	// expected is the size that was announced, or -1.
	expected int64
	held     *memory.Lease
}

// readAll reads until the end or the limit and returns what it read, with an error too. Reading one byte more than
// the limit is how it notices; that byte is not returned.
func readAll(reader io.Reader, g growth) ([]byte, error) {
	body := g.buffer[:0]
	if !g.held.Grow(int64(cap(body))) {
		return nil, errNoBudget
	}
	for {
		if len(body) == cap(body) {
			size := g.nextSize(len(body))
			if !g.held.Grow(int64(size - cap(body))) {
				return body, errNoBudget
			}
			body = append(make([]byte, 0, size), body...)
		}
		n, err := reader.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > g.limit:
			return body[:g.limit], errTooLong
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, err
		}
	}
}

// nextSize doubles, but stops at what was announced and at the limit, each with a byte more to see the end in.
func (g *growth) nextSize(now int) int {
	size := max(2*now, firstBuffer)
	if g.expected >= int64(now) && g.expected < int64(size) {
		size = int(g.expected) + 1
	}
	return min(size, g.limit+1)
}
