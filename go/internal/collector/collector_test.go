package collector

import (
	"bytes"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

const (
	eventsPath = "/v1/events"
	pixelPath  = "/v1/pixel.gif"
)

// stored is a record as the fake sink saw it.
type stored struct {
	key, value string
	headers    map[string]string
}

// fakeSink keeps copies of the records and answers as it is told.
type fakeSink struct {
	mutex   sync.Mutex
	records []stored
	// answer decides each Store call; nil stores everything.
	answer func(records []*kgo.Record, released func()) error
}

func (s *fakeSink) Store(records []*kgo.Record, released func()) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.answer != nil {
		return s.answer(records, released)
	}
	for _, record := range records {
		headers := map[string]string{}
		for _, header := range record.Headers {
			headers[header.Key] = string(header.Value)
		}
		s.records = append(s.records, stored{string(record.Key), string(record.Value), headers})
	}
	released()
	return nil
}

func (s *fakeSink) values() []string {
	var values []string
	for _, record := range s.records {
		values = append(values, record.value)
	}
	return values
}

type fakeReadiness struct{ problem string }

func (r *fakeReadiness) Problem() string { return r.problem }

// underTest is a handler with a fake Kafka.
type underTest struct {
	*Handler
	kafka     *fakeSink
	readiness *fakeReadiness
}

// newUnderTest returns a handler that speaks the given protocols, by default those of the collector.
func newUnderTest(t *testing.T, environment map[string]string, adapters ...adapter.Adapter) *underTest {
	t.Helper()
	if len(adapters) == 0 {
		adapters = Adapters()
	}
	complete := map[string]string{"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", "KAFKA_TOPIC": "raw"}
	maps.Copy(complete, environment)
	config, err := ReadConfig(func(name string) string { return complete[name] })
	if err != nil {
		t.Fatal(err)
	}
	u := &underTest{kafka: &fakeSink{}, readiness: &fakeReadiness{}}
	health := NewHealth(u.readiness)
	budget := memory.NewBudget(config.Limits.InFlightBytes)
	u.Handler, err = NewHandler(config, Parts{
		Adapters: adapters, Sink: u.kafka, Readiness: u.readiness, Health: health, Metrics: NewMetrics(budget, health.TakesEvents),
		Budget: budget, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// send makes a request of "Name: value" header lines, and checks that it gave back the memory it took.
func (u *underTest) send(t *testing.T, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	request.RemoteAddr = "203.0.113.9:4711"
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	recorder := httptest.NewRecorder()
	u.ServeHTTP(recorder, request)
	if used := u.budget.Used(); used != 0 {
		t.Errorf("%d bytes of the budget are still taken", used)
	}
	return recorder
}

func (u *underTest) post(t *testing.T, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return u.send(t, http.MethodPost, eventsPath, body, headers...)
}

func gzipped(text string) string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write([]byte(text)) // into memory
	_ = writer.Close()
	return packed.String()
}

func zstandard(text string) string {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return string(encoder.EncodeAll([]byte(text), nil))
}
