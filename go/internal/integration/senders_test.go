//go:build integration

package integration

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// senders send events one after the other until they are told to end, and note what became of each.
type senders struct {
	t              *testing.T
	url            string
	done           chan struct{}
	all            sync.WaitGroup
	sent, accepted atomic.Int64
	mutex          sync.Mutex
	acknowledged   []string
	statuses       map[int]int
	slowest        time.Duration
}

func startSenders(c *collector, count int) *senders {
	s := &senders{t: c.t, url: "http://" + c.public + "/v1/events", done: make(chan struct{}), statuses: map[int]int{}}
	for range count {
		s.all.Go(s.run)
	}
	return s
}

func (s *senders) run() {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for {
		select {
		case <-s.done:
			return
		default:
			s.send(client)
		}
	}
}

func (s *senders) send(client *http.Client) {
	id := fmt.Sprintf("event-%d", s.sent.Add(1))
	start := time.Now()
	answer, err := client.Post(s.url, "application/json", strings.NewReader(`{"event_id":"`+id+`"}`))
	status := 0 // no answer: stored or not
	if err == nil {
		status = answer.StatusCode
		_, _ = io.Copy(io.Discard, answer.Body) // the status says it all
		_ = answer.Body.Close()
	} else {
		time.Sleep(10 * time.Millisecond) // nobody listens now
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.statuses[status]++
	s.slowest = max(s.slowest, time.Since(start))
	if status == http.StatusOK {
		s.acknowledged = append(s.acknowledged, id)
		s.accepted.Add(1)
	}
}

func (s *senders) awaitAccepted(more int64) {
	s.t.Helper()
	from := s.accepted.Load()
	await(s.t, fmt.Sprintf("%d more events to be accepted", more), func() error {
		if got := s.accepted.Load() - from; got < more {
			return fmt.Errorf("%d are", got)
		}
		return nil
	})
}

func (s *senders) awaitStatus(status int) {
	s.t.Helper()
	await(s.t, fmt.Sprintf("an answer %d", status), func() error {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if s.statuses[status] == 0 {
			return fmt.Errorf("answers so far: %v", s.statuses)
		}
		return nil
	})
}

// end stops the senders and checks that Kafka has every event that was acknowledged.
func (s *senders) end(in *stream) {
	s.t.Helper()
	close(s.done)
	s.all.Wait()
	stored := in.storedIDs()
	var lost []string
	for _, id := range s.acknowledged {
		if stored[id] == 0 {
			lost = append(lost, id)
		}
	}
	twice := 0
	for _, times := range stored {
		if times > 1 {
			twice++
		}
	}
	s.t.Logf("answers %v (0 is none), %d events in Kafka, %d of them more than once, slowest answer %v",
		s.statuses, len(stored), twice, s.slowest)
	if len(lost) > 0 {
		s.t.Errorf("%d acknowledged events are lost, among them %v", len(lost), lost[:min(10, len(lost))])
	}
	if most := deliveryTimeout + 5*time.Second; s.slowest > most {
		s.t.Errorf("the slowest answer took %v, more than %v", s.slowest, most)
	}
}
