package collector

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kafka"
	"github.com/open-clickstream/open-clickstream/go/internal/rawevent"
)

// ingestion is one request on its way to Kafka. Its buffers are used again by later requests.
type ingestion struct {
	events  *adapter.Ingestion
	records rawevent.Builder
	// release is the events' Release, made into a function once.
	release func()
}

func newIngestion(events *adapter.Ingestion) *ingestion {
	return &ingestion{events: events, release: events.Release}
}

func (in *ingestion) reset() {
	in.events.Reset()
	in.records.Reset()
}

// outcome is what became of a request, and what that means for the connection, the cookie and the buffers.
type outcome struct {
	adapter.Result
	// closes asks for the connection to be closed.
	closes bool
	// isAbandoned: Kafka may still read the request's buffers.
	isAbandoned bool
	// setCookie is a Set-Cookie header; empty for none.
	setCookie string
}

// ingest takes the events of one request. Only what the adapter reads and answers differs between protocols.
func (h *Handler) ingest(at *endpoint, writer http.ResponseWriter, request *http.Request) int {
	isFromBrowser := at.OnlyBrowsers || isBrowser(request.Header)
	var answer outcome
	if problem := h.readiness.Problem(); problem != "" {
		answer = outcome{Result: adapter.Result{Status: http.StatusServiceUnavailable, Message: problem}, closes: request.ContentLength != 0}
	} else {
		answer = h.take(at, request, isFromBrowser)
	}
	answer.prepare(writer.Header(), isFromBrowser)
	return at.adapter.Answer(writer, request, answer.Result)
}

// take stores the request's events, and says who sent them.
func (h *Handler) take(at *endpoint, request *http.Request, isFromBrowser bool) outcome {
	in := h.pool.Get().(*ingestion)
	now := time.Now()
	who := h.config.Cookie.identify(request, isFromBrowser, now)
	in.records.Describe(request.Header, rawevent.Provenance{
		Source: at.Source, At: now, Address: h.addresses.sender(request), CookieID: who.id, Captured: h.config.CapturedHeaders,
	})
	answer := h.collect(in, request, at.adapter, isFromBrowser)
	if answer.IsKept() {
		answer.setCookie = who.setCookie
	}
	// Kafka's client still reads the buffers of an abandoned request and gives back its memory later; they are not used
	// again.
	if !answer.isAbandoned {
		in.release()
		in.reset()
		h.pool.Put(in)
	}
	return answer
}

// collect stores the request's events, or the body that should have held them.
func (h *Handler) collect(in *ingestion, request *http.Request, reads adapter.Adapter, isFromBrowser bool) outcome {
	refused := reads.Read(in.events, request)
	events := in.events.Events()
	switch {
	case refused == nil && len(events) == 0:
		return outcome{Result: adapter.Result{Status: http.StatusOK}}
	case refused == nil:
		in.records.AddEvents(events, h.config.Limits.EventBytes)
		return h.store(in).unlessAllFailed(in.records.FirstFailure())
	case refused.Reason == "":
		return outcome{Result: adapter.Result{Status: refused.Status, Message: refused.Message}, closes: refused.Closes}
	}
	message := in.keep(refused, isFromBrowser, h.config.Limits.EventBytes)
	answer := h.store(in)
	answer.closes = refused.Closes
	if answer.Status == http.StatusOK {
		answer.Status, answer.Message = refused.Status, message
	}
	return answer
}

// keep makes records of what a refused request brought, and returns what is wrong with it and what is kept.
func (in *ingestion) keep(refused *adapter.Refusal, isFromBrowser bool, maxEventBytes int) string {
	failure := rawevent.Failure{Reason: refused.Reason, Message: refused.Message}
	if !isFromBrowser || refused.Rest == nil {
		in.records.AddUnreadable(failure, refused.Kept, maxEventBytes)
		if refused.Reason == contract.FailureTooLarge {
			return in.records.FirstFailure().Message // which says how much of it is kept
		}
		return refused.Message
	}
	events := in.events.Events()
	in.records.AddEvents(events, maxEventBytes)
	failure.Message += "; this is what came after them"
	in.records.AddRest(failure, refused.Rest, maxEventBytes)
	return fmt.Sprintf("%s: the first %d are stored as events, all after them is kept as failed", refused.Message, len(events))
}

// unlessAllFailed turns the answer into what is wrong with the first event when Kafka has them all but not one is good.
func (o outcome) unlessAllFailed(first rawevent.Failure) outcome {
	if o.Status != http.StatusOK || o.Accepted > 0 {
		return o
	}
	o.Status, o.Message = http.StatusBadRequest, first.Message
	if first.Reason == contract.FailureTooLarge {
		o.Status = http.StatusRequestEntityTooLarge
	}
	return o
}

// store writes the ingestion's records to Kafka.
func (h *Handler) store(in *ingestion) outcome {
	start := in.records.ReceivedAt()
	err := h.sink.Store(in.records.Records(), in.release)
	if err != nil {
		err = h.storeShortened(in, err)
	}
	if err != nil {
		return h.unstored(err)
	}
	h.metrics.observeProduce(start)
	failed := in.records.Failed()
	accepted := len(in.records.Records()) - failed
	h.metrics.countEvents(accepted, failed)
	return outcome{Result: adapter.Result{Status: http.StatusOK, Accepted: accepted, Failed: failed}}
}

// storeShortened stores again, as failed records, what Kafka refused for its size; another error stays as it is.
func (h *Handler) storeShortened(in *ingestion, err error) error {
	var tooLarge *kafka.TooLargeError
	if !errors.As(err, &tooLarge) {
		return err
	}
	in.records.Shorten(tooLarge.Records)
	return h.sink.Store(tooLarge.Records, in.release)
}

func (h *Handler) unstored(err error) outcome {
	isUnknown := errors.Is(err, kafka.ErrOutcomeUnknown)
	reason := "not_acknowledged"
	if isUnknown {
		reason = "outcome_unknown"
	}
	h.metrics.kafkaErrors.WithLabelValues(reason).Inc()
	h.errorLog.warn("Storing events failed", reason, err)
	return outcome{
		Result:      adapter.Result{Status: http.StatusServiceUnavailable, Message: "Kafka did not take the events, send the request again later"},
		isAbandoned: isUnknown,
	}
}
