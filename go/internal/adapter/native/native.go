// Package native takes events as JSON, in the form of docs/event-model.md.
package native

import (
	"net/http"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/header"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
)

// Adapter is the endpoint of events.
type Adapter struct{}

// Routes is the one endpoint.
func (Adapter) Routes() []adapter.Route {
	return []adapter.Route{{
		Path: "/v1/events", Methods: []string{http.MethodPost}, Name: "events", Source: contract.SourceHTTP,
	}}
}

// Read adds the events of the body: one object, an array, or one value a line.
func (Adapter) Read(into *adapter.Ingestion, request *http.Request) *adapter.Refusal {
	body, refused := into.ReadBody(request)
	if refused != nil {
		return refused
	}
	return into.Split(body, layoutOf(request.Header))
}

// Answer is the collector's own.
func (Adapter) Answer(writer http.ResponseWriter, _ *http.Request, result adapter.Result) int {
	return result.WriteJSON(writer)
}

func layoutOf(request http.Header) jsonscan.Layout {
	mediaType, _, _ := strings.Cut(header.First(request, "Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
		return jsonscan.Lines
	default:
		return jsonscan.Detect
	}
}
