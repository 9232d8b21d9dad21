// Package delivery sends batches of events to a collector until it has them: each batch again and again, in order,
// for as long as the collector can hope to recover.
package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Answer is what the collector says about a batch.
type Answer struct {
	Accepted int    `json:"accepted"`
	Failed   int    `json:"failed"`
	Error    string `json:"error"`
	Kept     bool   `json:"kept"`
}

// Sender sends to one collector.
type Sender struct {
	// URL is the address of the collector without the path.
	URL    string
	Client *http.Client
	// Patience is how long one batch is tried.
	Patience time.Duration
	// OnRetry is told about each failed try, and how long the next one waits.
	OnRetry func(err error, wait time.Duration)

	// firstWait is the pause after the first failed try; it doubles up to longestWait.
	firstWait time.Duration
}

const (
	firstWait     = 200 * time.Millisecond
	longestWait   = 5 * time.Second
	longestAnswer = 64 << 10
	tryTimeout    = time.Minute
)

// retryableError is a failure after which another try may succeed.
type retryableError struct {
	cause error
	// after is how long the collector asked to wait; 0 when it did not say.
	after time.Duration
}

func (e *retryableError) Error() string { return e.cause.Error() }
func (e *retryableError) Unwrap() error { return e.cause }

// Lines sends a batch of events, one a line.
func (s *Sender) Lines(ctx context.Context, lines []byte) (Answer, error) {
	return s.send(ctx, "application/x-ndjson", lines)
}

// JSON sends one event or an array of events.
func (s *Sender) JSON(ctx context.Context, events []byte) (Answer, error) {
	return s.send(ctx, "application/json", events)
}

func (s *Sender) send(ctx context.Context, contentType string, body []byte) (Answer, error) {
	deadline := time.Now().Add(s.Patience)
	wait := s.firstWait
	if wait == 0 {
		wait = firstWait
	}
	for {
		answer, err := s.try(ctx, contentType, body)
		var again *retryableError
		if err == nil || !errors.As(err, &again) || ctx.Err() != nil {
			return answer, err
		}
		pause := max(wait, again.after)
		if time.Now().Add(pause).After(deadline) {
			return answer, fmt.Errorf("the collector did not take a batch for %v: %w", s.Patience, err)
		}
		if s.OnRetry != nil {
			s.OnRetry(err, pause)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return answer, ctx.Err()
		}
		wait = min(2*wait, longestWait)
	}
}

func (s *Sender) try(ctx context.Context, contentType string, body []byte) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(s.URL, "/")+"/v1/events", bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("User-Agent", "kubectl-clickstream")
	response, err := s.Client.Do(request)
	if err != nil {
		err = fmt.Errorf("sending to the collector: %w", err)
		if isLasting(err) {
			return Answer{}, err
		}
		return Answer{}, &retryableError{cause: err}
	}
	defer func() { _ = response.Body.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err != nil {
		return Answer{}, &retryableError{cause: fmt.Errorf("reading the collector's answer: %w", err)}
	}
	return judge(response, text)
}

// isLasting reports whether a request that got no answer would never get one: a refusal on the way there, a server
// without TLS, or a certificate that is not believed.
func isLasting(err error) bool {
	var refusal interface{ IsLasting() bool }
	var certificate *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	return errors.As(err, &refusal) && refusal.IsLasting() || errors.As(err, &certificate) || errors.As(err, &noTLS) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

// judge sorts the answers: taken, kept although it is bad, worth another try, or hopeless.
func judge(response *http.Response, text []byte) (Answer, error) {
	var answer Answer
	err := json.Unmarshal(text, &answer)
	status := response.StatusCode
	switch {
	case status == http.StatusOK && err == nil, err == nil && answer.Kept:
		return answer, nil
	case status == http.StatusOK:
		return answer, fmt.Errorf("the collector's answer is not the one of a collector: %.100q", text)
	}
	cause := fmt.Errorf("the collector answers %d: %s", status, messageOf(answer, text))
	switch {
	case isPassing(status):
		return answer, &retryableError{cause: cause, after: retryAfter(response.Header)}
	case status/100 == 3:
		return answer, fmt.Errorf("the collector answers %d and sends us to %s; give that address without its path", status, response.Header.Get("Location"))
	}
	return answer, cause
}

// isPassing reports whether the same request may be answered otherwise later.
func isPassing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported, http.StatusNetworkAuthenticationRequired:
		return false
	default:
		return status >= 500
	}
}

func messageOf(answer Answer, text []byte) string {
	if answer.Error != "" {
		return answer.Error
	}
	return strings.TrimSpace(fmt.Sprintf("%.200s", text))
}

func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Minute)
}
