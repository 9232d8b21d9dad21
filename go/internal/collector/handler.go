package collector

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Sink stores groups of records; kafka.Sink says what its answers mean.
type Sink interface {
	Store(records []*kgo.Record, released func()) error
}

// Readiness says why events cannot be taken now; an empty text means that they can.
type Readiness interface{ Problem() string }

// Handler answers the public HTTP requests.
type Handler struct {
	config       Config
	sink         Sink
	readiness    Readiness
	health       *Health
	metrics      *Metrics
	budget       *Budget
	decompressor *Decompressor
	addresses    Addresses
	cors         CORS
	errorLog     *throttledLog
	pool         sync.Pool
}

// Parts are what a Handler works with.
type Parts struct {
	Sink      Sink
	Readiness Readiness
	Health    *Health
	Metrics   *Metrics
	Budget    *Budget
	Logger    *slog.Logger
}

// NewHandler returns the handler of the public port.
func NewHandler(config Config, parts Parts) (*Handler, error) {
	decompressor, err := NewDecompressor(config.Limits.RequestBytes)
	if err != nil {
		return nil, err
	}
	h := &Handler{
		config: config, sink: parts.Sink, readiness: parts.Readiness, health: parts.Health,
		metrics: parts.Metrics, budget: parts.Budget, decompressor: decompressor,
		addresses: Addresses{trusted: config.TrustedProxies, masking: config.Masking},
		cors:      NewCORS(config.CORSOrigins),
		errorLog:  newThrottledLog(parts.Logger),
	}
	h.pool.New = func() any { return newIngestion(h.budget) }
	return h, nil
}

func (h *Handler) begin() *ingestion {
	in := h.pool.Get().(*ingestion)
	in.now = time.Now()
	return in
}

// end gives back what the request took. An abandoned request is still being read by the Kafka client, which gives
// back its memory later; its buffers are not used again.
func (h *Handler) end(in *ingestion, isAbandoned bool) {
	if isAbandoned {
		return
	}
	in.held.end()
	in.reset()
	h.pool.Put(in)
}

// The paths of the public port.
const (
	eventsPath = "/v1/events"
	pixelPath  = "/v1/pixel.gif"
)

// ServeHTTP finds the path by comparing: there are few, and each request of a busy collector comes through here.
func (h *Handler) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	switch request.URL.Path {
	case eventsPath:
		h.metrics.countRequest("events", h.serveEvents(writer, request))
	case pixelPath:
		h.metrics.countRequest("pixel", h.servePixel(writer, request))
	case "/healthz", "/readyz":
		h.health.ServeHTTP(writer, request)
	default:
		h.metrics.countRequest("other", refuseRequest(writer, http.StatusNotFound, "there is nothing here; events go to "+eventsPath))
	}
}

func (h *Handler) serveEvents(writer http.ResponseWriter, request *http.Request) int {
	switch request.Method {
	case http.MethodPost:
		return h.postEvents(writer, request)
	case http.MethodOptions:
		h.cors.preflight(writer, request)
		return http.StatusNoContent
	default:
		writer.Header().Set("Allow", "POST, OPTIONS")
		return refuseRequest(writer, http.StatusMethodNotAllowed, "events are sent with POST")
	}
}

func (h *Handler) servePixel(writer http.ResponseWriter, request *http.Request) int {
	switch request.Method {
	case http.MethodGet:
		return h.getPixel(writer, request)
	case http.MethodOptions:
		h.cors.preflight(writer, request)
		return http.StatusNoContent
	default:
		writer.Header().Set("Allow", "GET, OPTIONS")
		return refuseRequest(writer, http.StatusMethodNotAllowed, "the pixel is fetched with GET")
	}
}

func refuseRequest(writer http.ResponseWriter, status int, message string) int {
	refused := result{status: status, message: message}
	return refused.write(writer, false)
}
