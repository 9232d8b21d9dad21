package collector

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/header"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// Sink stores groups of records; kafka.Sink says what its answers mean.
type Sink interface {
	Store(records []*kgo.Record, released func()) error
}

// Readiness says why events cannot be taken now; an empty text means that they can.
type Readiness interface{ Problem() string }

// Handler answers the public HTTP requests.
type Handler struct {
	config    Config
	endpoints []*endpoint
	// nowhere is what a request for another path is told.
	nowhere string
	// methods are those of all endpoints, as HTTP lists them.
	methods   string
	sink      Sink
	readiness Readiness
	health    *Health
	metrics   *Metrics
	budget    *memory.Budget
	addresses Addresses
	cors      CORS
	errorLog  *throttledLog
	pool      sync.Pool
}

// Parts are what a Handler works with.
type Parts struct {
	Adapters  []adapter.Adapter
	Sink      Sink
	Readiness Readiness
	Health    *Health
	Metrics   *Metrics
	Budget    *memory.Budget
	Logger    *slog.Logger
}

// NewHandler returns the handler of the public port.
func NewHandler(config Config, parts Parts) (*Handler, error) {
	endpoints, err := newEndpoints(parts.Adapters)
	if err != nil {
		return nil, err
	}
	decompressor, err := adapter.NewDecompressor(config.Limits.RequestBytes)
	if err != nil {
		return nil, err
	}
	h := &Handler{
		config: config, endpoints: endpoints, nowhere: nowhere(endpoints), methods: methodsOf(endpoints), sink: parts.Sink, readiness: parts.Readiness, health: parts.Health,
		metrics: parts.Metrics, budget: parts.Budget,
		addresses: Addresses{trusted: config.TrustedProxies, header: config.ClientAddressHeader, masking: config.Masking},
		cors:      NewCORS(config.CORSOrigins, config.ClientAddressHeader),
		errorLog:  newThrottledLog(parts.Logger),
	}
	limits := adapter.Limits{Bytes: config.Limits.RequestBytes, Events: config.Limits.RequestEvents}
	h.pool.New = func() any { return newIngestion(adapter.NewIngestion(limits, parts.Budget, decompressor)) }
	return h, nil
}

// ServeHTTP finds the endpoint by comparing paths: they are few, and each request of a busy collector comes through here.
func (h *Handler) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	h.cors.allow(writer.Header(), header.First(request.Header, "Origin"))
	if headBytes(request) > h.config.Limits.HeaderBytes {
		h.metrics.countRequest("other", h.refuseHead(writer))
		return
	}
	for _, at := range h.endpoints {
		if at.Path == request.URL.Path {
			h.metrics.countRequest(at.Name, h.serve(at, writer, request))
			return
		}
	}
	if slices.Contains(healthPaths, request.URL.Path) {
		h.health.ServeHTTP(writer, request)
		return
	}
	h.metrics.countRequest("other", h.serveNowhere(writer, request))
}

func (h *Handler) serve(at *endpoint, writer http.ResponseWriter, request *http.Request) int {
	switch {
	case slices.Contains(at.Methods, request.Method):
		return h.ingest(at, writer, request)
	case request.Method == http.MethodOptions:
		return h.cors.preflight(writer, request, at.allowed)
	default:
		writer.Header().Set("Allow", at.allowed)
		return refuseRequest(writer, http.StatusMethodNotAllowed, "events are sent here with "+strings.Join(at.Methods, " or "))
	}
}

// serveNowhere lets a browser send what it asks for, so that its script is told that the path is wrong.
func (h *Handler) serveNowhere(writer http.ResponseWriter, request *http.Request) int {
	if isPreflight(request) {
		return h.cors.preflight(writer, request, h.methods)
	}
	return refuseRequest(writer, http.StatusNotFound, h.nowhere)
}

// refuseHead says so to pages as well: a site's cookies grow until a request is refused, and only its script can tell anybody.
func (h *Handler) refuseHead(writer http.ResponseWriter) int {
	writer.Header()["Connection"] = closed
	return refuseRequest(writer, http.StatusRequestHeaderFieldsTooLarge,
		fmt.Sprintf("the head of a request may have %d bytes; send fewer or shorter headers and cookies", h.config.Limits.HeaderBytes))
}

// headBytes is about the size of the request's head as it was sent.
func headBytes(request *http.Request) int {
	const separators = len(": \r\n")
	size := len(request.Method) + len(request.RequestURI) + len(request.Host)
	for name, values := range request.Header {
		for _, value := range values {
			size += len(name) + len(value) + separators
		}
	}
	return size
}

func methodsOf(endpoints []*endpoint) string {
	var methods []string
	for _, at := range endpoints {
		methods = append(methods, strings.Split(at.allowed, ", ")...)
	}
	slices.Sort(methods)
	return strings.Join(slices.Compact(methods), ", ")
}

func nowhere(endpoints []*endpoint) string {
	var paths []string
	for _, at := range endpoints {
		paths = append(paths, at.Path)
	}
	return "there is nothing here; events go to " + strings.Join(paths, " or ")
}

func refuseRequest(writer http.ResponseWriter, status int, message string) int {
	refused := adapter.Result{Status: status, Message: message}
	return refused.WriteJSON(writer)
}
