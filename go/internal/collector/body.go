package collector

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/open-clickstream/open-clickstream/go/internal/rawevent"
)

// refusal is why a request's events are not all taken as events.
type refusal struct {
	// status is the answer to a server. A browser is answered 200 when the bytes are kept.
	status  int
	message string
	// failure is set when kept is to be stored as one failed record; without it nothing is stored.
	failure rawevent.Failure
	kept    []byte
	// closes asks for the connection to be closed, because the rest of the request was not read.
	closes bool
}

func overloaded() *refusal {
	return &refusal{status: http.StatusServiceUnavailable, message: "the collector is busy, send the request again later"}
}

// firstBuffer is what a request gets to begin with; it grows only as bytes arrive, so that announcing a large body
// and not sending it takes nothing from the others.
const firstBuffer = 4 << 10

// readBody reads the request's body into buffer, which the lease then covers.
func readBody(request *http.Request, limit int, buffer []byte, held *lease) ([]byte, *refusal) {
	body, err := readAll(request.Body, growth{buffer: buffer, limit: limit, expected: request.ContentLength, lease: held})
	switch {
	case err == nil:
		return body, nil
	case errors.Is(err, errNoBudget):
		return body, overloaded()
	case errors.Is(err, errTooLong):
		return body, &refusal{
			status:  http.StatusRequestEntityTooLarge,
			message: fmt.Sprintf("the body is larger than %d bytes", limit),
			failure: rawevent.TooLarge, kept: body, closes: true,
		}
	case isTimeout(err):
		return body, &refusal{status: http.StatusRequestTimeout, message: "the body did not arrive in time", closes: true}
	default:
		return body, truncated(request, body)
	}
}

func isTimeout(err error) bool {
	var netError net.Error
	return errors.As(err, &netError) && netError.Timeout()
}

func truncated(request *http.Request, body []byte) *refusal {
	cut := &refusal{status: http.StatusBadRequest, message: "the body ended early", closes: true}
	if len(body) == 0 {
		return cut
	}
	cut.message = fmt.Sprintf("the body ended after %d bytes", len(body))
	if request.ContentLength > 0 {
		cut.message = fmt.Sprintf("the body ended after %d of %d bytes", len(body), request.ContentLength)
	}
	cut.failure, cut.kept = rawevent.UnreadableBody, body
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
	lease    *lease
	// besides is what the lease holds for other buffers.
	besides int64
}

// readAll reads until the end or the limit and returns what it read, with an error too. Reading one byte more than
// the limit is how it notices; that byte is not returned.
func readAll(reader io.Reader, g growth) ([]byte, error) {
	body := g.buffer[:0]
	if !g.lease.growTo(g.besides + int64(cap(body))) {
		return nil, errNoBudget
	}
	for {
		if len(body) == cap(body) {
			size := g.nextSize(len(body))
			if !g.lease.growTo(g.besides + int64(size)) {
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
