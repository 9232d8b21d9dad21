// Package rawevent names what a record of the raw topic carries besides the bytes of its event. The stream job reads
// these names; docs/collector.md documents them.
package rawevent

// The header names of a raw record. Every value is UTF-8 text, and a header without a value is left out.
const (
	// HeaderRecordID is a UUIDv7, the event's id when the event brings none.
	HeaderRecordID = "record_id"
	// HeaderReceivedAt is when the request arrived, in milliseconds since 1970.
	HeaderReceivedAt = "received_at"
	// HeaderSource is SourceHTTP or SourcePixel.
	HeaderSource      = "source"
	HeaderContentType = "content_type"
	// HeaderIP is the sender's address after masking.
	HeaderIP             = "ip"
	HeaderUserAgent      = "user_agent"
	HeaderOrigin         = "origin"
	HeaderReferer        = "referer"
	HeaderAcceptLanguage = "accept_language"
	// HeaderCookieID is the anonymous id that the browser sent, or is being given when it will keep it.
	HeaderCookieID = "cookie_id"
	// HeaderFailure is a Failure; present only when the collector itself could not read the event.
	HeaderFailure = "failure"
	// HeaderFailureMessage says what was wrong, for a person.
	HeaderFailureMessage = "failure_message"
	// HeaderPart is "2/3" in the second of three records that hold one unreadable body between them.
	HeaderPart = "part"
	// HeaderCapturedPrefix comes before the lower-case name of a request header that is captured by configuration.
	HeaderCapturedPrefix = "header."
)

// The values of HeaderSource.
const (
	SourceHTTP  = "http"
	SourcePixel = "pixel"
)

// Failure is why a record can never become an event; the part of the closed list that the collector finds.
type Failure string

const (
	InvalidJSON    Failure = "invalid_json"
	TooLarge       Failure = "too_large"
	UnreadableBody Failure = "unreadable_body"
)

// KeptBytes is how much of something too large is kept.
const KeptBytes = 64 << 10
