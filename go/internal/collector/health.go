package collector

import (
	"encoding/json"
	"net/http"
	"sync/atomic"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Health answers the probes of both ports and tells the operator how it goes.
type Health struct {
	readiness  Readiness
	hasStarted atomic.Bool
	isDraining atomic.Bool
}

// NewHealth returns a Health of a collector that takes events while readiness has no problem.
func NewHealth(readiness Readiness) *Health { return &Health{readiness: readiness} }

// Drain makes the collector not ready for good, so that load balancers stop sending requests to it.
func (h *Health) Drain() { h.isDraining.Store(true) }

// Problem says why events cannot be taken now; empty when they can.
func (h *Health) Problem() string {
	if h.isDraining.Load() {
		return "the collector is stopping"
	}
	return h.readiness.Problem()
}

// TakesEvents reports whether there is no problem.
func (h *Health) TakesEvents() bool { return h.Problem() == "" }

// unreadiness says why no requests should be sent here; empty when they should. A collector that has worked stays ready
// while Kafka is down: all collectors share it, and a Service without a ready pod would refuse the senders' connections.
// The collector itself can answer 503 and say when to try again.
func (h *Health) unreadiness() string {
	problem := h.Problem()
	if problem == "" {
		h.hasStarted.Store(true)
	}
	if h.hasStarted.Load() && !h.isDraining.Load() {
		return ""
	}
	return problem
}

// ServeHTTP answers /readyz by whether requests should be sent here and /healthz by being able to answer: a restart would
// not repair Kafka.
func (h *Health) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	writer.Header().Set("Content-Type", "text/plain; charset=utf-8")
	writer.Header()["Cache-Control"] = noStore
	problem := h.unreadiness()
	if request.URL.Path != contract.PathReadyz || problem == "" {
		_, _ = writer.Write([]byte("ok\n")) // the client is gone
		return
	}
	writer.WriteHeader(http.StatusServiceUnavailable)
	_, _ = writer.Write([]byte(problem + "\n"))
}

// serveStatus tells whether events are taken now, and if not, why.
func (h *Health) serveStatus(writer http.ResponseWriter, _ *http.Request) {
	writer.Header()["Content-Type"] = jsonContent
	problem := h.Problem()
	_ = json.NewEncoder(writer).Encode(contract.Status{TakesEvents: problem == "", Problem: problem}) // whoever asked is gone
}
