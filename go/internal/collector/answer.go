package collector

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// result is what became of a request.
type result struct {
	status int
	// accepted and failed count the events that Kafka has.
	accepted, failed int
	// message is empty when all is well.
	message string
	// closes asks for the connection to be closed.
	closes bool
	// isAbandoned: Kafka may still read the request's buffers.
	isAbandoned bool
	// setCookie is a Set-Cookie header; empty for none.
	setCookie string
}

func (r *result) isKept() bool { return r.accepted+r.failed > 0 }

const retryAfterSeconds = "2"

// Values of headers that all answers share; net/http reads them only.
var (
	jsonContent = []string{"application/json"}
	noStore     = []string{"no-store"}
	retryAfter  = []string{retryAfterSeconds}
	closed      = []string{"close"}
)

// write answers with what became of the request.
func (r *result) write(writer http.ResponseWriter, isFromBrowser bool) int {
	answer := writer.Header()
	answer["Content-Type"] = jsonContent
	status := r.prepare(answer, isFromBrowser)
	if status != http.StatusOK {
		writer.WriteHeader(status)
	}
	_, _ = writer.Write(r.json()) // a client that is gone gets no answer, and its events are stored
	return status
}

// oneAccepted is the answer that nearly all requests get.
var oneAccepted = []byte(`{"accepted":1,"failed":0}` + "\n")

func (r *result) json() []byte {
	if r.accepted == 1 && r.failed == 0 && r.message == "" {
		return oneAccepted
	}
	return r.appendJSON(nil)
}

// prepare adds the headers and returns the status. A browser whose events are kept is told that all is well: its
// scripts would send what they cannot mend again and again.
func (r *result) prepare(answer http.Header, isFromBrowser bool) int {
	if r.setCookie != "" {
		answer["Set-Cookie"] = []string{r.setCookie}
	}
	if r.closes {
		answer["Connection"] = closed
	}
	if r.status == http.StatusServiceUnavailable {
		answer["Retry-After"] = retryAfter
	}
	if isFromBrowser && r.isKept() {
		return http.StatusOK
	}
	return r.status
}

// appendJSON writes {"accepted":1,"failed":0}, and when something is wrong "error" and "kept" too.
func (r *result) appendJSON(into []byte) []byte {
	into = append(into, `{"accepted":`...)
	into = strconv.AppendInt(into, int64(r.accepted), 10)
	into = append(into, `,"failed":`...)
	into = strconv.AppendInt(into, int64(r.failed), 10)
	if r.message != "" {
		text, _ := json.Marshal(r.message) // a string always becomes JSON
		into = append(append(into, `,"error":`...), text...)
		into = strconv.AppendBool(append(into, `,"kept":`...), r.isKept())
	}
	return append(into, '}', '\n')
}
