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

// dataField is the field that holds the events of a form.
const dataField = "data"

// Read adds the events of the body: one object, an array, or one value a line, by itself or in a form.
func (Adapter) Read(into *adapter.Ingestion, request *http.Request) *adapter.Refusal {
	body, refused := into.ReadBody(request)
	if refused != nil {
		return refused
	}
	if mediaType(request.Header) == "application/x-www-form-urlencoded" {
		values, refused := into.Form(body, dataField)
		if refused != nil {
			return refused
		}
		if len(values) > 0 {
			return splitForm(into, body, values)
		}
	}
	return into.Split(body, layoutOf(request.Header))
}

func splitForm(into *adapter.Ingestion, form []byte, values [][]byte) *adapter.Refusal {
	for i, value := range values {
		if refused := into.Split(value, jsonscan.Detect); refused != nil {
			isLast := i == len(values)-1
			if !isLast || refused.Rest == nil {
				refused.Kept, refused.Rest = form, nil
			}
			return refused
		}
	}
	return nil
}

// Answer is the collector's own.
func (Adapter) Answer(writer http.ResponseWriter, _ *http.Request, result adapter.Result) int {
	return result.WriteJSON(writer)
}

func layoutOf(request http.Header) jsonscan.Layout {
	switch mediaType(request) {
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
		return jsonscan.Lines
	default:
		return jsonscan.Detect
	}
}

func mediaType(request http.Header) string {
	name, _, _ := strings.Cut(header.First(request, "Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(name))
}
