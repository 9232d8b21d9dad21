//go:build integration

package integration

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// collector is the program as a process.
type collector struct {
	t                        *testing.T
	binary, public, internal string
	logFile                  string
	stream                   *stream
	command                  *exec.Cmd
}

// deliveryTimeout is short, so that the tests are.
const deliveryTimeout = 3 * time.Second

func newCollector(t *testing.T, of *stream) *collector {
	t.Helper()
	directory := t.TempDir()
	c := &collector{
		t: t, binary: filepath.Join(directory, "collector"), logFile: filepath.Join(directory, "log"),
		public: freeAddress(), internal: freeAddress(), stream: of,
	}
	build := exec.Command("go", "build", "-o", c.binary, "../../cmd/collector")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the collector: %v\n%s", err, output)
	}
	c.start()
	t.Cleanup(func() {
		c.kill()
		if log, err := os.ReadFile(c.logFile); err == nil && t.Failed() {
			t.Logf("the collector's log:\n%s", log)
		}
	})
	return c
}

func (c *collector) start() {
	c.t.Helper()
	log, err := os.OpenFile(c.logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	c.command = exec.Command(c.binary)
	c.command.Stderr = log
	c.command.Env = append(os.Environ(), "LISTEN_ADDRESS="+c.public, "INTERNAL_ADDRESS="+c.internal,
		"KAFKA_BOOTSTRAP_SERVERS="+c.stream.address, "KAFKA_TOPIC="+c.stream.topic, "DRAIN_DELAY_SECONDS=1",
		fmt.Sprintf("DELIVERY_TIMEOUT_SECONDS=%d", int(deliveryTimeout.Seconds())))
	if err := errors.Join(c.command.Start(), log.Close()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *collector) kill() {
	if c.command.ProcessState == nil {
		c.signal(syscall.SIGKILL)
		_ = c.command.Wait() // it was killed
	}
}

func (c *collector) signal(signal os.Signal) {
	c.t.Helper()
	if err := c.command.Process.Signal(signal); err != nil {
		c.t.Fatal(err)
	}
}

func (c *collector) awaitReady(status int) {
	c.t.Helper()
	await(c.t, fmt.Sprintf("readyz to be %d", status), func() error {
		answer, err := http.Get("http://" + c.public + "/readyz")
		if err != nil {
			return err
		}
		message, err := io.ReadAll(answer.Body)
		if answer.StatusCode != status {
			return fmt.Errorf("it is %d: %s", answer.StatusCode, message)
		}
		return errors.Join(err, answer.Body.Close())
	})
}

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

func TestNoAcknowledgedEventIsLostWhenKafkaIsKilled(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitReady(http.StatusOK)
	s := startSenders(c, 32)
	s.awaitAccepted(2000)
	kafka.kill()
	s.awaitStatus(http.StatusServiceUnavailable)
	c.awaitReady(http.StatusServiceUnavailable)
	kafka.restart()
	c.awaitReady(http.StatusOK)
	s.awaitAccepted(2000)
	s.end(kafka)
}

func TestNoAcknowledgedEventIsLostWhenKafkaIsSilent(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitReady(http.StatusOK)
	s := startSenders(c, 32)
	s.awaitAccepted(2000)
	kafka.signal(syscall.SIGSTOP)
	s.awaitStatus(http.StatusServiceUnavailable)
	c.awaitReady(http.StatusServiceUnavailable)
	kafka.signal(syscall.SIGCONT)
	c.awaitReady(http.StatusOK)
	s.awaitAccepted(2000)
	s.end(kafka)
}

func TestNoAcknowledgedEventIsLostWhenTheCollectorIsKilledOrStopped(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitReady(http.StatusOK)
	s := startSenders(c, 32)
	s.awaitAccepted(2000)
	c.kill()
	c.start()
	s.awaitAccepted(2000)
	c.signal(syscall.SIGTERM)
	if err := c.command.Wait(); err != nil {
		t.Errorf("the collector did not stop cleanly: %v", err)
	}
	c.start()
	s.awaitAccepted(2000)
	s.end(kafka)
}

func TestTheCollectorWaitsForItsTopicAndTakesANewOne(t *testing.T) {
	kafka := newStream(t)
	c := newCollector(t, kafka)
	c.awaitReady(http.StatusServiceUnavailable)
	for round := range 2 {
		kafka.createTopic()
		c.awaitReady(http.StatusOK)
		s := startSenders(c, 4)
		s.awaitAccepted(200)
		s.end(kafka)
		if round > 0 {
			return
		}
		kafka.deleteTopic()
		c.awaitReady(http.StatusServiceUnavailable)
	}
}

func TestATopicReplacedBetweenTwoLooksIsNoticed(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitReady(http.StatusOK)
	first := startSenders(c, 4)
	first.awaitAccepted(200)
	first.end(kafka)
	kafka.deleteTopic()
	kafka.createTopic()
	second := startSenders(c, 4)
	second.awaitAccepted(200)
	second.end(kafka)
}

func TestTheAccountingIsWhatKafkaHas(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitReady(http.StatusOK)
	for _, body := range []string{`[1,2,3]`, `{"a":`} {
		answer, err := http.Post("http://"+c.public+"/v1/events", "application/json", strings.NewReader(body))
		if err != nil || answer.Body.Close() != nil {
			t.Fatal(err)
		}
	}
	answer, err := http.Get("http://" + c.internal + "/accounting")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || !bytes.Contains(body, []byte(`"received":4,`)) {
		t.Errorf("accounting %s %v, want 4 received", body, err)
	}
}
