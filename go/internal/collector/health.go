package collector

import (
	"net/http"
	"sync/atomic"
)

// Health answers the probes of both ports.
type Health struct {
	readiness  Readiness
	isDraining atomic.Bool
}

// NewHealth returns a Health that is ready when readiness has no problem.
func NewHealth(readiness Readiness) *Health { return &Health{readiness: readiness} }

// Drain makes the collector not ready for good, so that load balancers stop sending requests to it.
func (h *Health) Drain() { h.isDraining.Store(true) }

// Problem says why the collector is not ready; empty when it is.
func (h *Health) Problem() string {
	if h.isDraining.Load() {
		return "the collector is stopping"
	}
	return h.readiness.Problem()
}

// IsReady reports whether there is no problem.
func (h *Health) IsReady() bool { return h.Problem() == "" }

// ServeHTTP answers /readyz by whether Kafka takes events and /healthz by being able to answer: a restart would not
// mend Kafka.
func (h *Health) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	writer.Header().Set("Content-Type", "text/plain; charset=utf-8")
	writer.Header()["Cache-Control"] = noStore
	problem := h.Problem()
	if request.URL.Path != "/readyz" || problem == "" {
		_, _ = writer.Write([]byte("ok\n")) // whoever asked is gone
		return
	}
	writer.WriteHeader(http.StatusServiceUnavailable)
	_, _ = writer.Write([]byte(problem + "\n"))
}
