package collector

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
	"github.com/open-clickstream/open-clickstream/go/internal/rawevent"
)

// pixelImage is a transparent GIF of one pixel.
var pixelImage = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" +
	"!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

var gifContent = []string{"image/gif"}

// pixelFields are the short names of the query; the full names serve as well, and "p.x" is the property x.
var pixelFields = map[string]string{
	"e": "event_type", "id": "event_id", "ts": "timestamp", "aid": "anonymous_id", "uid": "user_id",
	"url": "page_url", "title": "page_title", "ref": "referrer", "lang": "language",
}

// eventFields are the members of an event that the query may name in full.
var eventFields = map[string]bool{
	"event_type": true, "event_id": true, "timestamp": true, "anonymous_id": true, "user_id": true,
	"page_url": true, "page_title": true, "referrer": true, "language": true,
}

// controlParameters steer the request and say nothing about the event; "_" is what scripts add to pass by caches.
var controlParameters = map[string]bool{"cookie": true, "_": true}

const defaultPixelEvent = "page_view"

// pixelEvent returns the event that a pixel's query describes. Without a type it is a page view, and without a page
// the one that shows the pixel. The first of several values counts.
func pixelEvent(rawQuery, pageURL string) map[string]any {
	event, properties := map[string]any{}, map[string]any{}
	for parameter := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		name, value = unescapeQuery(name), unescapeQuery(value)
		if parameter == "" || controlParameters[name] {
			continue
		}
		if member := cmp.Or(pixelFields[name], name); eventFields[member] {
			setFirst(event, member, pixelValue(member, value))
		} else {
			setFirst(properties, strings.TrimPrefix(name, "p."), value)
		}
	}
	setFirst(event, "event_type", defaultPixelEvent)
	if pageURL != "" {
		setFirst(event, "page_url", pageURL)
	}
	if len(properties) > 0 {
		event["properties"] = properties
	}
	return event
}

func setFirst(into map[string]any, name string, value any) {
	if _, isSet := into[name]; !isSet {
		into[name] = value
	}
}

// unescapeQuery leaves as it is what cannot be decoded: net/url would drop the parameter, and with it what somebody wanted to say.
func unescapeQuery(escaped string) string {
	if text, err := url.QueryUnescape(escaped); err == nil {
		return text
	}
	return escaped
}

// pixelValue makes a number of a timestamp in milliseconds; everything else in a query is text.
func pixelValue(field, value string) any {
	if milliseconds, err := strconv.ParseInt(value, 10, 64); field == "timestamp" && err == nil {
		return milliseconds
	}
	return value
}

// getPixel stores the event of a pixel's query and answers with the picture.
func (h *Handler) getPixel(writer http.ResponseWriter, request *http.Request) int {
	answer := writer.Header()
	answer["Cache-Control"] = noStore
	h.cors.allow(answer, first(request.Header, "Origin"))
	if problem := h.readiness.Problem(); problem != "" {
		unavailable := result{status: http.StatusServiceUnavailable, message: problem}
		return unavailable.write(writer, true)
	}
	in := h.begin()
	// Only browsers show pictures, and not all of them say that they are browsers when they fetch one.
	who := h.config.Cookie.identify(request, true, in.now)
	in.describe(request, provenance{
		source: rawevent.SourcePixel, address: h.addresses.sender(request),
		cookieID: who.id, captured: h.config.CapturedHeaders,
	})
	outcome := h.collectPixel(in, request)
	if outcome.isKept() {
		outcome.setCookie = who.setCookie
	}
	h.end(in, outcome.isAbandoned)
	if outcome.status != http.StatusOK {
		return outcome.write(writer, true)
	}
	outcome.prepare(answer, true)
	answer["Content-Type"] = gifContent
	answer["Cross-Origin-Resource-Policy"] = []string{"cross-origin"}
	_, _ = writer.Write(pixelImage) // a browser that is gone gets no picture, and its event is stored
	return http.StatusOK
}

func (h *Handler) collectPixel(in *ingestion, request *http.Request) result {
	event, err := json.Marshal(pixelEvent(request.URL.RawQuery, first(request.Header, "Referer")))
	if err != nil {
		return result{status: http.StatusBadRequest, message: "the query cannot be made into an event"}
	}
	if !in.held.growTo(int64(cap(in.body)+len(event)) + recordOverhead) {
		return result{status: http.StatusServiceUnavailable, message: overloaded().message}
	}
	in.elements, err = jsonscan.Splitter{Most: 1}.Split(event, in.elements)
	if err != nil {
		return result{status: http.StatusBadRequest, message: "the query cannot be made into an event"}
	}
	in.addElements(h.config.Limits.EventBytes)
	return h.store(in)
}
