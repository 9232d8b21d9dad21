package collector

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// nothingSink takes everything at once, so that what is measured is our own work.
type nothingSink struct{}

func (nothingSink) Store(_ []*kgo.Record, released func()) error {
	released()
	return nil
}

// quietWriter is a response that goes nowhere and whose headers are used again.
type quietWriter struct{ header http.Header }

func (w *quietWriter) Header() http.Header             { return w.header }
func (w *quietWriter) Write(bytes []byte) (int, error) { return len(bytes), nil }
func (w *quietWriter) WriteHeader(int)                 {}

const benchmarkEvent = `{"event_id":"4f0c6c1e-2b1f-4c8e-9d0a-1f2e3d4c5b6a","event_type":"page_view","timestamp":"2026-01-05T10:00:00.123Z",` +
	`"anonymous_id":"visitor-17","page_url":"https://shop.example.com/products/42?utm_source=news&utm_medium=email","page_title":"Product 42",` +
	`"referrer":"https://www.google.com/","properties":{"price":12.5,"currency":"EUR"}}`

func BenchmarkOneEvent(b *testing.B) { benchmarkBody(b, benchmarkEvent) }
func BenchmarkTenEvents(b *testing.B) {
	benchmarkBody(b, "["+strings.Repeat(benchmarkEvent+",", 9)+benchmarkEvent+"]")
}

func benchmarkBody(b *testing.B, body string) {
	environment := map[string]string{"KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_TOPIC": "t"}
	config, err := ReadConfig(func(name string) string { return environment[name] })
	if err != nil {
		b.Fatal(err)
	}
	readiness := &fakeReadiness{}
	health, budget := NewHealth(readiness), memory.NewBudget(config.Limits.InFlightBytes)
	handler, err := NewHandler(config, Parts{
		Adapters: Adapters(), Sink: nothingSink{}, Readiness: readiness, Health: health, Budget: budget,
		Metrics: NewMetrics(budget, health.TakesEvents), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		b.Fatal(err)
	}
	request, _ := newRequest(body)
	request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36")
	request.Header.Set("Content-Type", "application/json")
	text := []byte(body)
	content := bytes.NewReader(text)
	request.Body = io.NopCloser(content)
	writer := &quietWriter{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		content.Reset(text)
		clear(writer.header)
		handler.ServeHTTP(writer, request)
	}
}
