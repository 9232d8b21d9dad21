// Package pixel takes the event that the query of a picture's address describes, and answers with the picture.
package pixel

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/header"
)

// image is a transparent GIF of one pixel.
var image = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" +
	"!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// Values of headers that all answers share; net/http only reads them.
var (
	gifContent = []string{"image/gif"}
	noStore    = []string{"no-store"}
	anyOrigin  = []string{"cross-origin"}
)

// Adapter is the pixel.
type Adapter struct{}

// Routes: only browsers show pictures, and not all of them say that they are browsers when they fetch one.
func (Adapter) Routes() []adapter.Route {
	return []adapter.Route{{
		Path: "/v1/pixel.gif", Methods: []string{http.MethodGet, http.MethodHead}, Name: "pixel", Source: contract.SourcePixel, OnlyBrowsers: true,
	}}
}

// Read adds the one event of the query.
func (Adapter) Read(into *adapter.Ingestion, request *http.Request) *adapter.Refusal {
	event, err := json.Marshal(eventOf(request.URL.RawQuery, header.First(request.Header, "Referer")))
	if err != nil {
		return &adapter.Refusal{Status: http.StatusBadRequest, Message: "the query cannot be made into an event: " + err.Error()}
	}
	return into.Add(event)
}

// Answer is the picture, which caches must not keep, when the event is stored.
func (Adapter) Answer(writer http.ResponseWriter, _ *http.Request, result adapter.Result) int {
	answer := writer.Header()
	answer["Cache-Control"] = noStore
	if result.Status != http.StatusOK {
		return result.WriteJSON(writer)
	}
	answer["Content-Type"] = gifContent
	answer["Cross-Origin-Resource-Policy"] = anyOrigin
	_, _ = writer.Write(image) // a browser that is gone gets no picture, and its event is stored
	return http.StatusOK
}

// members are the members of an event that the query may name, by their short and full names; "p.x" is the property x.
var members = map[string]string{
	"e": contract.MemberEventType, contract.MemberEventType: contract.MemberEventType,
	"id": contract.MemberEventID, contract.MemberEventID: contract.MemberEventID,
	"ts": contract.MemberTimestamp, contract.MemberTimestamp: contract.MemberTimestamp,
	"aid": contract.MemberAnonymousID, contract.MemberAnonymousID: contract.MemberAnonymousID,
	"uid": contract.MemberUserID, contract.MemberUserID: contract.MemberUserID,
	"url": contract.MemberPageURL, contract.MemberPageURL: contract.MemberPageURL,
	"title": contract.MemberPageTitle, contract.MemberPageTitle: contract.MemberPageTitle,
	"ref": contract.MemberReferrer, contract.MemberReferrer: contract.MemberReferrer,
	"lang": contract.MemberLanguage, contract.MemberLanguage: contract.MemberLanguage,
}

// controlParameters steer the request and say nothing about the event; "_" is what scripts add to pass by caches.
var controlParameters = map[string]bool{"cookie": true, "_": true}

const defaultEventType = "page_view"

// eventOf returns the event that a pixel's query describes. Without a type it is a page view, and without a page
// the one that shows the pixel. The first of several values counts. No value spoils the event: one that its member cannot
// have, such as the macro of an advertising system that nobody filled, becomes a property of the parameter's name.
func eventOf(rawQuery, pageURL string) map[string]any {
	event, properties := map[string]any{}, map[string]any{}
	for parameter := range strings.SplitSeq(rawQuery, "&") {
		escapedName, escapedValue, _ := strings.Cut(parameter, "=")
		name, value := unescape(escapedName), unescape(escapedValue)
		if parameter == "" || controlParameters[name] {
			continue
		}
		member, isMember := members[name]
		if !isMember {
			setFirst(properties, strings.TrimPrefix(name, "p."), value)
		} else if readable, isReadable := valueOf(member, value); isReadable {
			setFirst(event, member, readable)
		} else if value != "" {
			setFirst(properties, name, value)
		}
	}
	setFirst(event, contract.MemberEventType, defaultEventType)
	if pageURL != "" {
		setFirst(event, contract.MemberPageURL, pageURL)
	}
	if len(properties) > 0 {
		event[contract.MemberProperties] = properties
	}
	return event
}

func setFirst(into map[string]any, name string, value any) {
	if _, isSet := into[name]; !isSet {
		into[name] = value
	}
}
