//go:build integration

package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// collector is the program as a process.
type collector struct {
	t                *testing.T
	public, internal string
	logFile          string
	environment      []string
	command          *exec.Cmd
}

// collectorBinary is the program that all tests run.
var collectorBinary string

// buildCollector builds it with the flags of its image, so that no package is compiled twice.
func buildCollector(directory string) error {
	collectorBinary = filepath.Join(directory, "collector")
	build := exec.Command("go", "build", "-trimpath", "-o", collectorBinary, "../../cmd/collector")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the collector: %w\n%s", err, output)
	}
	return nil
}

// deliveryTimeout is short, so that the tests are.
const deliveryTimeout = 3 * time.Second

func newCollector(t *testing.T, of *stream) *collector {
	t.Helper()
	return newCollectorWith(t, "KAFKA_BOOTSTRAP_SERVERS="+of.address, "KAFKA_TOPIC="+of.topic)
}

// newCollectorWith starts a collector whose environment says which Kafka and topic it has.
func newCollectorWith(t *testing.T, environment ...string) *collector {
	t.Helper()
	c := &collector{
		t: t, logFile: filepath.Join(t.TempDir(), "log"),
		public: freeAddress(), internal: freeAddress(), environment: environment,
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
	c.command = exec.Command(collectorBinary)
	c.command.Stderr = log
	c.command.Env = append(os.Environ(), "LISTEN_ADDRESS="+c.public, "INTERNAL_ADDRESS="+c.internal, "DRAIN_DELAY_SECONDS=1",
		fmt.Sprintf("DELIVERY_TIMEOUT_SECONDS=%d", int(deliveryTimeout.Seconds())))
	c.command.Env = append(c.command.Env, c.environment...)
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

// awaitTakesEvents waits until the collector says that it takes events, or that it does not.
func (c *collector) awaitTakesEvents(wanted bool) {
	c.t.Helper()
	await(c.t, fmt.Sprintf("takesEvents to be %t", wanted), func() error {
		answer, err := http.Get("http://" + c.internal + "/status")
		if err != nil {
			return err
		}
		var status struct {
			TakesEvents bool
			Problem     string
		}
		err = errors.Join(json.NewDecoder(answer.Body).Decode(&status), answer.Body.Close())
		if err == nil && status.TakesEvents != wanted {
			return fmt.Errorf("it is %t: %s", status.TakesEvents, status.Problem)
		}
		return err
	})
}

func TestNoAcknowledgedEventIsLostWhenKafkaIsKilled(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitTakesEvents(true)
	s := startSenders(c, 32)
	s.awaitAccepted(2000)
	kafka.kill()
	s.awaitStatus(http.StatusServiceUnavailable)
	c.awaitTakesEvents(false)
	kafka.restart()
	c.awaitTakesEvents(true)
	s.awaitAccepted(2000)
	s.end(kafka)
}

func TestNoAcknowledgedEventIsLostWhenKafkaIsSilent(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitTakesEvents(true)
	s := startSenders(c, 32)
	s.awaitAccepted(2000)
	kafka.signal(syscall.SIGSTOP)
	s.awaitStatus(http.StatusServiceUnavailable)
	c.awaitTakesEvents(false)
	kafka.signal(syscall.SIGCONT)
	c.awaitTakesEvents(true)
	s.awaitAccepted(2000)
	s.end(kafka)
}

func TestNoAcknowledgedEventIsLostWhenTheCollectorIsKilledOrStopped(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitTakesEvents(true)
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
	c.awaitTakesEvents(false)
	for round := range 2 {
		kafka.createTopic()
		c.awaitTakesEvents(true)
		s := startSenders(c, 4)
		s.awaitAccepted(200)
		s.end(kafka)
		if round > 0 {
			return
		}
		kafka.deleteTopic()
		c.awaitTakesEvents(false)
	}
}

func TestATopicReplacedBetweenTwoLooksIsNoticed(t *testing.T) {
	kafka := newStream(t)
	kafka.createTopic()
	c := newCollector(t, kafka)
	c.awaitTakesEvents(true)
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
	c.awaitTakesEvents(true)
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
