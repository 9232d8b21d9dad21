package collector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
	"github.com/open-clickstream/open-clickstream/go/internal/rawevent"
	"github.com/open-clickstream/open-clickstream/go/internal/uid"
)

const (
	// longestHeaderValue and longestKey bound what a sender can make us repeat in every record of a request.
	longestHeaderValue = 2048
	longestKey         = 256
	// recordOverhead is about what one record costs in memory besides its event.
	recordOverhead = 1024
)

// ingestion is one request on its way to Kafka. Its buffers are used again by later requests.
type ingestion struct {
	held     lease
	release  func()
	body     []byte
	elements []jsonscan.Element
	records  []*kgo.Record
	// failed counts the records that can never become events; worst is the first reason among them.
	failed int
	worst  refusal

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

func newIngestion(budget *Budget) *ingestion {
	in := &ingestion{held: lease{budget: budget}}
	in.release = in.held.end
	return in
}

// largestKeptBuffer: buffers of unusually large requests are left to the garbage collector.
const largestKeptBuffer = 64 << 10

// reset makes the ingestion ready for the next request.
func (in *ingestion) reset() {
	if cap(in.body) > largestKeptBuffer {
		in.body = nil
	}
	if max(cap(in.elements), cap(in.recordSpace)) > largestKeptBuffer/recordOverhead {
		in.elements, in.records, in.recordSpace, in.headerSpace, in.textSpace = nil, nil, nil, nil, nil
	}
	// Both point into the body, which must not stay in memory with them; a body that cannot be split leaves elements behind
	// the end.
	clear(in.elements[:cap(in.elements)])
	clear(in.recordSpace)
	in.elements, in.records, in.failed, in.worst = in.elements[:0], in.records[:0], 0, refusal{}
	in.cookieID, in.address = "", nil
	in.common, in.recordSpace, in.headerSpace, in.textSpace = in.common[:0], in.recordSpace[:0], in.headerSpace[:0], in.textSpace[:0]
}

// provenance is what the collector knows about where a request comes from.
type provenance struct {
	source   string
	address  netip.Addr
	cookieID string
	captured []string
}

// describe fills the common headers.
func (in *ingestion) describe(request *http.Request, from provenance) {
	in.cookieID = from.cookieID
	header := request.Header
	start := len(in.textSpace)
	in.textSpace = strconv.AppendInt(in.textSpace, in.now.UnixMilli(), 10)
	in.common = append(in.common, kgo.RecordHeader{Key: rawevent.HeaderReceivedAt, Value: in.textFrom(start)})
	in.addCommon(rawevent.HeaderSource, from.source)
	in.addCommon(rawevent.HeaderContentType, first(header, "Content-Type"))
	if from.address.IsValid() {
		start = len(in.textSpace)
		in.textSpace = from.address.AppendTo(in.textSpace)
		in.address = in.textFrom(start)
		in.common = append(in.common, kgo.RecordHeader{Key: rawevent.HeaderIP, Value: in.address})
	}
	in.addCommon(rawevent.HeaderUserAgent, first(header, "User-Agent"))
	in.addCommon(rawevent.HeaderOrigin, first(header, "Origin"))
	in.addCommon(rawevent.HeaderReferer, first(header, "Referer"))
	in.addCommon(rawevent.HeaderAcceptLanguage, first(header, "Accept-Language"))
	in.addCommon(rawevent.HeaderCookieID, from.cookieID)
	for _, name := range from.captured {
		if values := header[name]; len(values) > 0 {
			in.addCommon(rawevent.HeaderCapturedPrefix+strings.ToLower(name), strings.Join(values, ", "))
		}
	}
}

func (in *ingestion) addCommon(name, value string) {
	if value == "" {
		return
	}
	in.common = append(in.common, kgo.RecordHeader{Key: name, Value: in.text(value)})
}

// text returns value as bytes of the text space: valid UTF-8 and not too long.
func (in *ingestion) text(value string) []byte {
	if len(value) > longestHeaderValue {
		value = value[:longestHeaderValue]
	}
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "\uFFFD")
	}
	start := len(in.textSpace)
	in.textSpace = append(in.textSpace, value...)
	return in.textFrom(start)
}

func (in *ingestion) textFrom(start int) []byte {
	return in.textSpace[start:len(in.textSpace):len(in.textSpace)]
}

// reserve makes room for count records, so that pointers into the space stay right.
func (in *ingestion) reserve(count int) {
	if cap(in.recordSpace) < count {
		in.recordSpace = make([]kgo.Record, 0, count)
		in.headerSpace = make([]kgo.RecordHeader, 0, count*(len(in.common)+1))
		in.textSpace = append(make([]byte, 0, len(in.textSpace)+count*uid.Length), in.textSpace...)
	}
}

// addElements makes one record of each element.
func (in *ingestion) addElements(maxEventBytes int) {
	in.reserve(len(in.elements))
	for i := range in.elements {
		element := &in.elements[i]
		switch {
		case len(element.Value) > maxEventBytes:
			message := fmt.Sprintf("the event has %d bytes, more than the %d allowed", len(element.Value), maxEventBytes)
			in.addFailure(rawevent.TooLarge, message, element.Value[:min(rawevent.KeptBytes, len(element.Value))])
		case element.Err != nil:
			in.addFailure(rawevent.InvalidJSON, element.Err.Error(), element.Value)
		default:
			in.add(element.Value, in.key(&element.Members))
		}
	}
}

func (in *ingestion) add(value, key []byte) {
	start := len(in.headerSpace)
	idStart := len(in.textSpace)
	in.textSpace = uid.AppendV7(in.textSpace, in.now)
	in.headerSpace = append(in.headerSpace, kgo.RecordHeader{Key: rawevent.HeaderRecordID, Value: in.textFrom(idStart)})
	in.headerSpace = append(in.headerSpace, in.common...)
	// The client sets the timestamp when it gets the record, and counts the time for delivery from it: received_at says
	// when the request came, and a slow body must not look like a slow Kafka.
	in.recordSpace = append(in.recordSpace, kgo.Record{
		Key: key, Value: value,
		Headers: in.headerSpace[start:len(in.headerSpace):len(in.headerSpace)],
	})
	in.records = append(in.records, &in.recordSpace[len(in.recordSpace)-1])
}

// addFailure makes one record of something that can never become an event.
func (in *ingestion) addFailure(failure rawevent.Failure, message string, value []byte) {
	in.add(value, in.senderKey())
	record := in.records[len(in.records)-1]
	record.Headers = append(record.Headers, in.failureHeaders(failure, message)...)
	in.countFailure(failure, message)
}

func (in *ingestion) countFailure(failure rawevent.Failure, message string) {
	if in.failed++; in.failed > 1 {
		return
	}
	in.worst = refusal{status: http.StatusBadRequest, message: message}
	if failure == rawevent.TooLarge {
		in.worst.status = http.StatusRequestEntityTooLarge
	}
}

func (in *ingestion) failureHeaders(failure rawevent.Failure, message string) []kgo.RecordHeader {
	return []kgo.RecordHeader{
		{Key: rawevent.HeaderFailure, Value: []byte(failure)},
		{Key: rawevent.HeaderFailureMessage, Value: in.text(message)},
	}
}

// addRefused makes records of a body that cannot be read: one, or several parts when it is longer than an event may be.
// Of a body that is too large as a whole only the beginning is kept.
func (in *ingestion) addRefused(refused *refusal, maxEventBytes int) {
	in.elements, in.records = in.elements[:0], in.records[:0]
	in.recordSpace, in.failed = in.recordSpace[:0], 0
	kept, message := refused.kept, refused.message
	if refused.failure == rawevent.TooLarge {
		cut := min(len(kept), rawevent.KeptBytes)
		message = fmt.Sprintf("%s (its first %d bytes are kept)", message, cut)
		kept = kept[:cut]
	}
	// A small limit of events must not make a part of each byte.
	size := max(maxEventBytes, rawevent.KeptBytes)
	if len(kept) > size {
		in.addParts(refused.failure, message, slices.Collect(slices.Chunk(kept, size)))
		return
	}
	in.reserve(1)
	in.addFailure(refused.failure, message, kept)
}

// addParts makes one record of each part; their common key keeps them one after the other in one partition.
func (in *ingestion) addParts(failure rawevent.Failure, message string, parts [][]byte) {
	in.reserve(len(parts))
	key := in.senderKey()
	if len(key) == 0 {
		key = []byte(uid.V7(in.now))
	}
	for i, part := range parts {
		in.addFailure(failure, fmt.Sprintf("%s (part %d of %d)", message, i+1, len(parts)), part)
		record := in.records[i]
		record.Key = key
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: rawevent.HeaderPart, Value: fmt.Appendf(nil, "%d/%d", i+1, len(parts))})
	}
}

// shorten turns records that Kafka refuses for their size into failed ones. Small ones only shared a batch with them
// and stay as they are.
func (in *ingestion) shorten(records []*kgo.Record) {
	for _, record := range records {
		record.Timestamp = time.Time{} // the time for delivery begins anew
		size := len(record.Value)
		if size <= rawevent.KeptBytes {
			continue
		}
		message := fmt.Sprintf("Kafka refuses an event of %d bytes; raise max.message.bytes of the topic", size)
		record.Value = record.Value[:rawevent.KeptBytes]
		if failed := failureMessage(record); failed != nil { // and is counted already
			failed.Value = fmt.Appendf(nil, "%s; %s", failed.Value, message)
			continue
		}
		record.Headers = append(record.Headers, in.failureHeaders(rawevent.TooLarge, message)...)
		in.countFailure(rawevent.TooLarge, message)
	}
}

// failureMessage returns the header that says why a record has failed, or nil when it has not.
func failureMessage(record *kgo.Record) *kgo.RecordHeader {
	for i := range record.Headers {
		if record.Headers[i].Key == rawevent.HeaderFailureMessage {
			return &record.Headers[i]
		}
	}
	return nil
}

// key returns what keeps the events of one visitor in one partition, and so in order. It follows the stream job's
// order of visitor ids; nil, when nothing is known of the visitor, spreads the events.
func (in *ingestion) key(members *jsonscan.Members) []byte {
	switch {
	case len(members.AnonymousID) > 0:
		return clipKey(unescape(members.AnonymousID))
	case in.cookieID != "":
		return in.senderKey()
	case len(members.Line) > 0:
		host, _, _ := bytes.Cut(members.Line, []byte(" "))
		return clipKey(unescape(host))
	case len(members.IP) > 0:
		return clipKey(unescape(members.IP))
	default:
		return in.senderKey()
	}
}

func (in *ingestion) senderKey() []byte {
	if in.cookieID != "" {
		return clipKey([]byte(in.cookieID))
	}
	return in.address
}

func clipKey(key []byte) []byte { return key[:min(len(key), longestKey)] }

// unescape returns the text of a JSON string, so that the same id written in two ways is one key.
func unescape(escaped []byte) []byte {
	if bytes.IndexByte(escaped, '\\') < 0 {
		return escaped
	}
	var text string
	if json.Unmarshal(fmt.Appendf(nil, `"%s"`, escaped), &text) != nil {
		return escaped
	}
	return []byte(text)
}
