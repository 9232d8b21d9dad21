// Package rawevent makes the records of the raw topic, as contracts/raw-record.yaml describes them.
package rawevent

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/header"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
	"github.com/open-clickstream/open-clickstream/go/internal/uid"
)

// Overhead is roughly the memory of one record without its event.
const Overhead = 1024

// mostKeptRecords: the space of requests with unusually many records is left to the garbage collector.
const mostKeptRecords = 64

// Failure is why a record can never become an event.
type Failure struct {
	Reason contract.FailureReason
	// Message says what is wrong, for a person.
	Message string
}

// Builder makes the records of one request. Its buffers are used again by later requests.
type Builder struct {
	records []*kgo.Record
	failed  int
	first   Failure

	now      time.Time
	cookieID string
	address  []byte
	// common are the headers that all records of the request share.
	common []kgo.RecordHeader
	// The records, their headers and the texts in those are slices of these three.
	recordSpace []kgo.Record
	headerSpace []kgo.RecordHeader
	textSpace   []byte
}

// ReceivedAt is when the request arrived.
func (b *Builder) ReceivedAt() time.Time { return b.now }

// Records are what was made so far; they are valid until Reset.
func (b *Builder) Records() []*kgo.Record { return b.records }

// Failed is how many of the records can never become events.
func (b *Builder) Failed() int { return b.failed }

// FirstFailure is why the first of them cannot.
func (b *Builder) FirstFailure() Failure { return b.first }

// Reset makes the builder ready for the next request. It keeps nothing of the events, which are slices of the request's body.
func (b *Builder) Reset() {
	if cap(b.recordSpace) > mostKeptRecords {
		b.records, b.recordSpace, b.headerSpace, b.textSpace = nil, nil, nil, nil
	}
	clear(b.recordSpace)
	b.records, b.failed, b.first = b.records[:0], 0, Failure{}
	b.cookieID, b.address = "", nil
	b.common, b.recordSpace, b.headerSpace, b.textSpace = b.common[:0], b.recordSpace[:0], b.headerSpace[:0], b.textSpace[:0]
}

// Provenance is what the collector knows about where a request comes from.
type Provenance struct {
	Source contract.Source
	// At is when the request arrived.
	At time.Time
	// Address is the sender's, masked; the zero Addr when it is not to be kept.
	Address netip.Addr
	// CookieID is the anonymous id of the cookie, empty for none.
	CookieID string
	// Captured are the canonical names of the request's headers to keep.
	Captured []string
}

// Describe fills the headers that all records of the request share. It comes before any record is added.
func (b *Builder) Describe(request http.Header, from Provenance) {
	b.now, b.cookieID = from.At, from.CookieID
	start := len(b.textSpace)
	b.textSpace = strconv.AppendInt(b.textSpace, from.At.UnixMilli(), 10)
	b.common = append(b.common, kgo.RecordHeader{Key: contract.HeaderReceivedAt, Value: b.textFrom(start)})
	b.addCommon(contract.HeaderSource, string(from.Source))
	b.addCommon(contract.HeaderContentType, header.First(request, "Content-Type"))
	if from.Address.IsValid() {
		start = len(b.textSpace)
		b.textSpace = from.Address.AppendTo(b.textSpace)
		b.address = b.textFrom(start)
		b.common = append(b.common, kgo.RecordHeader{Key: contract.HeaderIP, Value: b.address})
	}
	b.addCommon(contract.HeaderUserAgent, header.First(request, "User-Agent"))
	b.addCommon(contract.HeaderOrigin, header.First(request, "Origin"))
	b.addCommon(contract.HeaderReferer, header.First(request, "Referer"))
	b.addCommon(contract.HeaderAcceptLanguage, header.First(request, "Accept-Language"))
	b.addCommon(contract.HeaderCookieID, from.CookieID)
	for _, name := range from.Captured {
		if values := request[name]; len(values) > 0 {
			b.addCommon(contract.HeaderCapturedPrefix+strings.ToLower(name), strings.Join(values, ", "))
		}
	}
}

func (b *Builder) addCommon(name, value string) {
	if value == "" {
		return
	}
	b.common = append(b.common, kgo.RecordHeader{Key: name, Value: b.text(value)})
}

// text returns value as bytes of the text space: valid UTF-8 and not too long.
func (b *Builder) text(value string) []byte {
	if len(value) > contract.HeaderValueBytes {
		value = value[:contract.HeaderValueBytes]
	}
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "\uFFFD")
	}
	start := len(b.textSpace)
	b.textSpace = append(b.textSpace, value...)
	return b.textFrom(start)
}

func (b *Builder) textFrom(start int) []byte {
	return b.textSpace[start:len(b.textSpace):len(b.textSpace)]
}

// reserve makes room for count records, so that pointers into the space stay right.
func (b *Builder) reserve(count int) {
	if cap(b.recordSpace)-len(b.recordSpace) < count {
		b.recordSpace = make([]kgo.Record, 0, count)
		b.headerSpace = make([]kgo.RecordHeader, 0, count*(len(b.common)+1))
		b.textSpace = append(make([]byte, 0, len(b.textSpace)+count*uid.Length), b.textSpace...)
	}
}

// AddEvents makes one record of each element, whose members are those of KeyFields. It is called once a request.
func (b *Builder) AddEvents(elements []jsonscan.Element, maxEventBytes int) {
	b.reserve(len(elements))
	for i := range elements {
		element := &elements[i]
		switch {
		case len(element.Value) > maxEventBytes:
			message := fmt.Sprintf("the event has %d bytes, more than the %d allowed", len(element.Value), maxEventBytes)
			b.addFailure(shorten(Failure{contract.FailureTooLarge, message}, element.Value))
		case element.Err != nil:
			b.addFailure(Failure{contract.FailureInvalidJSON, element.Err.Error()}, element.Value)
		default:
			b.add(element.Value, b.key(element.Value, &element.Members))
		}
	}
}

func (b *Builder) add(value, key []byte) {
	start := len(b.headerSpace)
	idStart := len(b.textSpace)
	b.textSpace = uid.AppendV7(b.textSpace, b.now)
	b.headerSpace = append(b.headerSpace, kgo.RecordHeader{Key: contract.HeaderRecordID, Value: b.textFrom(idStart)})
	b.headerSpace = append(b.headerSpace, b.common...)
	// The client sets the timestamp when it gets the record, and counts the time for delivery from it: received_at says
	// when the request came, and a slow body must not look like a slow Kafka.
	b.recordSpace = append(b.recordSpace, kgo.Record{
		Key: key, Value: value,
		Headers: b.headerSpace[start:len(b.headerSpace):len(b.headerSpace)],
	})
	b.records = append(b.records, &b.recordSpace[len(b.recordSpace)-1])
}

// addFailure makes one record of something that can never become an event.
func (b *Builder) addFailure(failure Failure, value []byte) {
	b.add(value, b.senderKey())
	record := b.records[len(b.records)-1]
	record.Headers = append(record.Headers, b.failureHeaders(failure)...)
	b.countFailure(failure)
}

func (b *Builder) countFailure(failure Failure) {
	if b.failed++; b.failed == 1 {
		b.first = failure
	}
}

func (b *Builder) failureHeaders(failure Failure) []kgo.RecordHeader {
	return []kgo.RecordHeader{
		{Key: contract.HeaderFailure, Value: []byte(failure.Reason)},
		{Key: contract.HeaderFailureMessage, Value: b.text(failure.Message)},
	}
}

// shorten cuts what is too large as a whole to the beginning that is kept of it, and says so.
func shorten(failure Failure, value []byte) (Failure, []byte) {
	value = value[:min(len(value), contract.KeptBytes)]
	failure.Message = fmt.Sprintf("%s (its first %d bytes are kept)", failure.Message, len(value))
	return failure, value
}

// AddUnreadable makes records of a body that cannot be read: one, or several parts when it is longer than an event may be.
// Of a body that is too large as a whole only the beginning is kept. It is called once a request, instead of AddEvents.
func (b *Builder) AddUnreadable(failure Failure, body []byte, maxEventBytes int) {
	if failure.Reason == contract.FailureTooLarge {
		failure, body = shorten(failure, body)
	}
	b.AddRest(failure, body, maxEventBytes)
}

// AddRest makes records of all that a body holds after its last event that was added, as AddUnreadable does of a whole one.
func (b *Builder) AddRest(failure Failure, body []byte, maxEventBytes int) {
	// A small limit of events must not make a part of each byte.
	size := max(maxEventBytes, contract.KeptBytes)
	if len(body) > size {
		b.addParts(failure, slices.Collect(slices.Chunk(body, size)))
		return
	}
	b.reserve(1)
	b.addFailure(failure, body)
}

// addParts makes one record of each part; their common key keeps them one after the other in one partition.
func (b *Builder) addParts(failure Failure, parts [][]byte) {
	b.reserve(len(parts))
	key := b.senderKey()
	if len(key) == 0 {
		key = []byte(uid.V7(b.now))
	}
	for i, part := range parts {
		b.addFailure(Failure{failure.Reason, fmt.Sprintf("%s (part %d of %d)", failure.Message, i+1, len(parts))}, part)
		record := b.records[len(b.records)-1]
		record.Key = key
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: contract.HeaderPart, Value: fmt.Appendf(nil, "%d/%d", i+1, len(parts))})
	}
}

// Shorten turns records that Kafka refuses for their size into failed ones. Small ones only shared a batch with them
// and stay as they are.
func (b *Builder) Shorten(records []*kgo.Record) {
	for _, record := range records {
		record.Timestamp = time.Time{} // the time for delivery begins again
		size := len(record.Value)
		if size <= contract.KeptBytes {
			continue
		}
		message := fmt.Sprintf("Kafka refuses an event of %d bytes; raise max.message.bytes of the topic", size)
		record.Value = record.Value[:contract.KeptBytes]
		if failed := failureMessage(record); failed != nil { // and is counted already
			failed.Value = fmt.Appendf(nil, "%s; %s", failed.Value, message)
			continue
		}
		failure := Failure{contract.FailureTooLarge, message}
		record.Headers = append(record.Headers, b.failureHeaders(failure)...)
		b.countFailure(failure)
	}
}

// failureMessage returns the header that says why a record has failed, or nil when it has not.
func failureMessage(record *kgo.Record) *kgo.RecordHeader {
	for i := range record.Headers {
		if record.Headers[i].Key == contract.HeaderFailureMessage {
			return &record.Headers[i]
		}
	}
	return nil
}
