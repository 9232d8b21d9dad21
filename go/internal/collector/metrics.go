package collector

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// Metrics are the collector's counters. Those of the hot path are looked up once.
type Metrics struct {
	Registry *prometheus.Registry

	accepted    prometheus.Counter
	failed      prometheus.Counter
	produce     prometheus.Histogram
	requests    *prometheus.CounterVec
	kafkaErrors *prometheus.CounterVec
	// byCode holds the counter of each route and status already seen.
	byCode sync.Map
}

type routeAndStatus struct {
	route  string
	status int
}

// NewMetrics registers the counters, and gauges over the budget and the readiness.
func NewMetrics(budget *memory.Budget, isReady func() bool) *Metrics {
	const namespace, subsystem = "openclickstream", "collector"
	events := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: namespace, Subsystem: subsystem, Name: "events_total",
		Help: "Events acknowledged by Kafka: accepted, or failed because the collector could not read them.",
	}, []string{"outcome"})
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		accepted: events.WithLabelValues("accepted"),
		failed:   events.WithLabelValues("failed"),
		produce: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Subsystem: subsystem, Name: "produce_seconds",
			Help:    "Time until Kafka acknowledged all events of a request.",
			Buckets: []float64{.001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Subsystem: subsystem, Name: "requests_total",
			Help: "Requests answered, by route and status code.",
		}, []string{"route", "code"}),
		kafkaErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Subsystem: subsystem, Name: "kafka_errors_total",
			Help: "Requests whose events Kafka did not acknowledge, by reason.",
		}, []string{"reason"}),
	}
	inFlight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Subsystem: subsystem, Name: "in_flight_bytes",
		Help: "Memory taken by the requests that are being worked on.",
	}, func() float64 { return float64(budget.Used()) })
	ready := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Subsystem: subsystem, Name: "ready",
		Help: "1 when Kafka takes events and the collector is not stopping, otherwise 0.",
	}, func() float64 {
		if isReady() {
			return 1
		}
		return 0
	})
	m.Registry.MustRegister(events, m.produce, m.requests, m.kafkaErrors, inFlight, ready,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) countRequest(route string, status int) {
	key := routeAndStatus{route, status}
	if counter, seen := m.byCode.Load(key); seen {
		counter.(prometheus.Counter).Inc()
		return
	}
	counter := m.requests.WithLabelValues(route, strconv.Itoa(status))
	m.byCode.Store(key, counter)
	counter.Inc()
}

func (m *Metrics) countEvents(accepted, failed int) {
	m.accepted.Add(float64(accepted))
	if failed > 0 {
		m.failed.Add(float64(failed))
	}
}

func (m *Metrics) observeProduce(since time.Time) {
	m.produce.Observe(time.Since(since).Seconds())
}
