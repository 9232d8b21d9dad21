// Package adapter is what the collector and the protocols that it speaks have in common. A protocol is a folder below
// this one with a type that implements Adapter; internal/collector/adapters.go lists them.
//
//	request -> Adapter.Read -> events -> the collector stores them in Kafka -> Adapter.Answer
//
// Everything else is the collector's: readiness, the memory of a request, the visitor's cookie, CORS, what is known of
// the sender, the records, failed events, metrics.
package adapter

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Adapter speaks one protocol. Its methods are called by many requests at the same time.
type Adapter interface {
	// Routes are the paths that the adapter answers; it is asked once, at the start.
	Routes() []Route
	// Read puts the events of a request into the ingestion: as they came, or made into the form of docs/event-model.md
	// when the protocol has one of its own. No events are no error.
	Read(into *Ingestion, request *http.Request) *Refusal
	// Answer writes the answer and returns its status. The headers that all protocols share are set already: those of
	// CORS, Set-Cookie, Retry-After, Connection.
	Answer(writer http.ResponseWriter, request *http.Request, result Result) int
}

// Route is one path of the public port.
type Route struct {
	// Path is the whole path of the URL.
	Path string
	// Methods are those that carry events. OPTIONS is the collector's to answer.
	Methods []string
	// Name is the route's in metrics.
	Name string
	// Source is what the records of the route say about how their event came.
	Source contract.Source
	// OnlyBrowsers makes every sender count as a browser, whose cookie and answers differ from those of a server. Others are
	// browsers when they send a header that only browsers do.
	OnlyBrowsers bool
}

// Refusal is why the events of a request are not all taken as events.
type Refusal struct {
	// Status is the answer to a server. A browser is answered 200 when the bytes are kept.
	Status int
	// Message says what is wrong, for a person.
	Message string
	// Reason is set when Kept is to be stored as a failed event; without it nothing is stored.
	Reason contract.FailureReason
	Kept   []byte
	// Rest is the part of Kept that comes after the events that were added; nil where they are not to be stored. A browser's
	// are stored, for it will not send them again; a server is told to.
	Rest []byte
	// Closes asks for the connection to be closed, because the rest of the request was not read.
	Closes bool
}

// Result is what became of a request.
type Result struct {
	// Status is the answer's in a protocol that has no reason for another one.
	Status int
	// Accepted and Failed count the events that Kafka has.
	Accepted, Failed int
	// Message says what is wrong, for a person; empty when all is well.
	Message string
}

// IsKept reports whether Kafka has any of the events.
func (r *Result) IsKept() bool { return r.Accepted+r.Failed > 0 }

// jsonContent is shared by all answers; net/http only reads it.
var jsonContent = []string{"application/json"}

// WriteJSON answers in the collector's own form and returns the status. An adapter whose protocol has no form for errors
// uses it for them.
func (r *Result) WriteJSON(writer http.ResponseWriter) int {
	writer.Header()["Content-Type"] = jsonContent
	if r.Status != http.StatusOK {
		writer.WriteHeader(r.Status)
	}
	_, _ = writer.Write(r.json()) // a client that is gone gets no answer, and its events are stored
	return r.Status
}

// oneAccepted is the answer that nearly all requests get.
var oneAccepted = []byte(`{"accepted":1,"failed":0}` + "\n")

func (r *Result) json() []byte {
	if r.Accepted == 1 && r.Failed == 0 && r.Message == "" {
		return oneAccepted
	}
	return r.appendJSON(nil)
}

// appendJSON writes {"accepted":1,"failed":0}, and when something is wrong "error" and "kept" too.
func (r *Result) appendJSON(into []byte) []byte {
	into = append(into, `{"accepted":`...)
	into = strconv.AppendInt(into, int64(r.Accepted), 10)
	into = append(into, `,"failed":`...)
	into = strconv.AppendInt(into, int64(r.Failed), 10)
	if r.Message != "" {
		text, _ := json.Marshal(r.Message) // a string always becomes JSON
		into = append(append(into, `,"error":`...), text...)
		into = strconv.AppendBool(append(into, `,"kept":`...), r.IsKept())
	}
	return append(into, '}', '\n')
}
