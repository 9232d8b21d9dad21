package collector

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
	"github.com/open-clickstream/open-clickstream/go/internal/kafka"
	"github.com/open-clickstream/open-clickstream/go/internal/rawevent"
)

// postEvents takes the events of one POST.
func (h *Handler) postEvents(writer http.ResponseWriter, request *http.Request) int {
	isFromBrowser := isBrowser(request.Header)
	h.cors.allow(writer.Header(), first(request.Header, "Origin"))
	if problem := h.readiness.Problem(); problem != "" {
		unavailable := result{status: http.StatusServiceUnavailable, message: problem, closes: request.ContentLength != 0}
		return unavailable.write(writer, isFromBrowser)
	}
	in := h.begin()
	who := h.config.Cookie.identify(request, isFromBrowser, in.now)
	in.describe(request, provenance{
		source: rawevent.SourceHTTP, address: h.addresses.sender(request),
		cookieID: who.id, captured: h.config.CapturedHeaders,
	})
	outcome := h.collect(in, request)
	if outcome.isKept() {
		outcome.setCookie = who.setCookie
	}
	h.end(in, outcome.isAbandoned)
	return outcome.write(writer, isFromBrowser)
}

// collect stores the request's events, or the body that should have held them.
func (h *Handler) collect(in *ingestion, request *http.Request) result {
	refused := h.readEvents(in, request)
	switch {
	case refused == nil && len(in.elements) == 0:
		return result{status: http.StatusOK}
	case refused == nil:
		in.addElements(h.config.Limits.EventBytes)
		return h.store(in).unlessAllFailed(in.worst)
	case refused.failure == "":
		return result{status: refused.status, message: refused.message, closes: refused.closes}
	}
	in.addRefused(refused, h.config.Limits.EventBytes)
	outcome := h.store(in)
	outcome.closes = refused.closes
	if outcome.status == http.StatusOK {
		outcome.status, outcome.message = refused.status, refused.message
	}
	return outcome
}

// readEvents reads, unpacks and splits the body.
func (h *Handler) readEvents(in *ingestion, request *http.Request) *refusal {
	body, refused := readBody(request, h.config.Limits.RequestBytes, in.body, &in.held)
	in.body = body
	if refused != nil {
		return refused
	}
	if encoding := contentEncoding(request.Header); encoding != "" && len(body) > 0 {
		if body, refused = h.decompressor.unpack(encoding, body, &in.held); refused != nil {
			return refused
		}
	}
	splitter := jsonscan.Splitter{Layout: layoutOf(request.Header), Most: h.config.Limits.RequestEvents}
	elements, err := splitter.Split(body, in.elements)
	in.elements = elements
	if err != nil {
		return h.unsplittable(body, err)
	}
	if !in.held.growTo(in.held.held + int64(len(elements))*recordOverhead) {
		return overloaded()
	}
	return nil
}

func layoutOf(header http.Header) jsonscan.Layout {
	mediaType, _, _ := strings.Cut(first(header, "Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
		return jsonscan.Lines
	default:
		return jsonscan.Detect
	}
}

func (h *Handler) unsplittable(body []byte, err error) *refusal {
	switch {
	case errors.Is(err, jsonscan.ErrTooMany):
		return &refusal{
			status:  http.StatusRequestEntityTooLarge,
			message: fmt.Sprintf("the body holds more than %d events", h.config.Limits.RequestEvents),
			failure: rawevent.TooLarge, kept: body,
		}
	case len(bytes.TrimSpace(body)) == 0:
		return &refusal{status: http.StatusBadRequest, message: "the body is empty"}
	default:
		return &refusal{
			status: http.StatusBadRequest, message: "the body is not JSON: " + err.Error(),
			failure: rawevent.InvalidJSON, kept: body,
		}
	}
}

// unlessAllFailed turns the answer into what is wrong with the first event when Kafka has them all but not one is good.
func (r result) unlessAllFailed(worst refusal) result {
	if r.status == http.StatusOK && r.accepted == 0 {
		r.status, r.message = worst.status, worst.message
	}
	return r
}

// store writes the ingestion's records to Kafka.
func (h *Handler) store(in *ingestion) result {
	err := h.sink.Store(in.records, in.release)
	if err != nil {
		err = h.storeShortened(in, err)
	}
	if err != nil {
		return h.unstored(err)
	}
	h.metrics.observeProduce(in.now)
	accepted := len(in.records) - in.failed
	h.metrics.countEvents(accepted, in.failed)
	return result{status: http.StatusOK, accepted: accepted, failed: in.failed}
}

// storeShortened stores again, as failed records, what Kafka refused for its size; another error stays as it is.
func (h *Handler) storeShortened(in *ingestion, err error) error {
	var tooLarge *kafka.TooLargeError
	if !errors.As(err, &tooLarge) {
		return err
	}
	in.shorten(tooLarge.Records)
	return h.sink.Store(tooLarge.Records, in.release)
}

func (h *Handler) unstored(err error) result {
	isUnknown := errors.Is(err, kafka.ErrOutcomeUnknown)
	reason := "not_acknowledged"
	if isUnknown {
		reason = "outcome_unknown"
	}
	h.metrics.kafkaErrors.WithLabelValues(reason).Inc()
	h.errorLog.warn("Storing events failed", reason, err)
	return result{
		status: http.StatusServiceUnavailable, message: "Kafka did not take the events, send the request again later",
		isAbandoned: isUnknown,
	}
}
