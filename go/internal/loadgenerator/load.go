// Package loadgenerator loads a collector: each connection sends its next request once the last is answered. It speaks
// just enough HTTP/1.1 to leave the processor to the collector, since both usually run on one machine.
package loadgenerator

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/uid"
)

// Load says what to send; it ends at Requests or after Duration, whichever comes first.
type Load struct {
	Address          string
	Connections      int
	EventsPerRequest int
	Requests         int64
	Duration         time.Duration
}

// Outcome is what came of a load.
type Outcome struct {
	Requests int64
	// Refused counts the answers other than 200.
	Refused int64
	Elapsed time.Duration
	// Median and P99 are times from sending a request to having its answer.
	Median, P99 time.Duration
}

// Run sends the load and waits for the last answer.
func Run(load Load) (Outcome, error) {
	run := running{load: load, deadline: time.Now().Add(load.Duration)}
	latencies := make([][]time.Duration, load.Connections)
	errs := make([]error, load.Connections)
	var all sync.WaitGroup
	start := time.Now()
	for i := range load.Connections {
		all.Go(func() { latencies[i], errs[i] = run.connection(i) })
	}
	all.Wait()
	outcome := Outcome{Requests: run.answered.Load(), Refused: run.refused.Load(), Elapsed: time.Since(start)}
	sorted := slices.Concat(latencies...)
	slices.Sort(sorted)
	if len(sorted) > 0 {
		outcome.Median, outcome.P99 = sorted[len(sorted)/2], sorted[len(sorted)*99/100]
	}
	return outcome, errors.Join(errs...)
}

type running struct {
	load                    Load
	deadline                time.Time
	sent, answered, refused atomic.Int64
}

func (r *running) connection(number int) ([]time.Duration, error) {
	connection, err := net.Dial("tcp", r.load.Address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = connection.Close() }() // everything sent has been answered
	request := newRequest(r.load, number)
	answers := bufio.NewReader(connection)
	var latencies []time.Duration
	for r.sent.Add(1) <= r.load.Requests {
		start := time.Now()
		if start.After(r.deadline) {
			break
		}
		if _, err := connection.Write(request.next(start)); err != nil {
			return latencies, err
		}
		isOK, err := readAnswer(answers)
		if err != nil {
			return latencies, err
		}
		latencies = append(latencies, time.Since(start))
		r.answered.Add(1)
		if !isOK {
			r.refused.Add(1)
		}
	}
	return latencies, nil
}

// request is one request's bytes, in which only the event ids change from one sending to the next.
type request struct {
	bytes []byte
	ids   []int
}

const eventFormat = `{"event_id":"00000000-0000-0000-0000-000000000000","event_type":"page_view",` +
	`"timestamp":"2026-01-05T10:00:00.123Z","anonymous_id":"visitor-%d","page_url":"https://shop.example.com/products/42` +
	`?utm_source=news&utm_medium=email","page_title":"Product 42","referrer":"https://www.google.com/",` +
	`"properties":{"price":12.5,"currency":"EUR"}}`

func newRequest(load Load, number int) *request {
	event := fmt.Appendf(nil, eventFormat, number)
	body := event
	if load.EventsPerRequest > 1 {
		events := bytes.Join(slices.Repeat([][]byte{event}, load.EventsPerRequest), []byte(","))
		body = slices.Concat([]byte("["), events, []byte("]"))
	}
	head := fmt.Sprintf("POST /v1/events HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "+
		"(KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		load.Address, len(body))
	r := &request{bytes: append([]byte(head), body...)}
	marker := []byte("00000000-0000-0000-0000-000000000000")
	for at := 0; ; {
		found := bytes.Index(r.bytes[at:], marker)
		if found < 0 {
			return r
		}
		r.ids = append(r.ids, at+found)
		at += found + len(marker)
	}
}

func (r *request) next(now time.Time) []byte {
	for _, at := range r.ids {
		uid.AppendV7(r.bytes[at:at], now)
	}
	return r.bytes
}

var contentLength = []byte("Content-Length: ")

func readAnswer(answers *bufio.Reader) (isOK bool, err error) {
	line, err := answers.ReadSlice('\n')
	if err != nil {
		return false, fmt.Errorf("reading an answer: %w", err)
	}
	isOK = bytes.HasPrefix(line, []byte("HTTP/1.1 200 "))
	size := 0
	for {
		if line, err = answers.ReadSlice('\n'); err != nil {
			return false, fmt.Errorf("reading an answer's headers: %w", err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if number, found := bytes.CutPrefix(line, contentLength); found {
			if size, err = strconv.Atoi(string(number)); err != nil {
				return false, fmt.Errorf("reading an answer's length: %w", err)
			}
		}
	}
	_, err = answers.Discard(size)
	return isOK, err
}
