package collector

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kafka"
)

func TestEventsAreStoredUnchangedAndAnswered(t *testing.T) {
	cases := []struct {
		name, body string
		headers    []string
		want       []string
	}{
		{"one object", `{"a": 1}`, nil, []string{`{"a": 1}`}},
		{"an array", `[{"a":1}, {"b":"é"}]`, nil, []string{`{"a":1}`, `{"b":"é"}`}},
		{"lines by their type", "{\"a\":1}\n{\"b\":2}\n", []string{"Content-Type: application/x-ndjson; charset=utf-8"}, []string{`{"a":1}`, `{"b":2}`}},
		{"lines without their type", "{\"a\":1}\n{\"b\":2}", []string{"Content-Type: text/plain"}, []string{`{"a":1}`, `{"b":2}`}},
		{"gzip", gzipped(`[1,2]`), []string{"Content-Encoding: gzip"}, []string{"1", "2"}},
		{"zstd", zstandard(`{"a":1}`), []string{"Content-Encoding: ZSTD"}, []string{`{"a":1}`}},
		{"gzip that nobody named", gzipped(`{"a":1}`), nil, []string{`{"a":1}`}},
		{"a form", "data=%7B%22a%22%3A1%7D", []string{"Content-Type: application/x-www-form-urlencoded"}, []string{`{"a":1}`}},
		{"a byte-order mark", "\ufeff{\"a\":1}", nil, []string{`{"a":1}`}},
		{"identity", `{"a":1}`, []string{"Content-Encoding: identity"}, []string{`{"a":1}`}},
		{"an empty array", `[]`, nil, nil},
		{"no lines", "\n", []string{"Content-Type: application/x-ndjson"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, nil)
			answer := u.post(t, c.body, c.headers...)
			if answer.Code != http.StatusOK {
				t.Fatalf("answer %d %s", answer.Code, answer.Body)
			}
			if got := u.kafka.values(); !slices.Equal(got, c.want) {
				t.Errorf("stored %q, want %q", got, c.want)
			}
			accepted := strings.Contains(answer.Body.String(), `"accepted":`+string(rune('0'+len(c.want)))+`,"failed":0`)
			if !accepted {
				t.Errorf("answer %s does not count %d accepted", answer.Body, len(c.want))
			}
		})
	}
}

func TestWhatCannotBeReadIsKeptAsAFailedRecord(t *testing.T) {
	small := map[string]string{"MAX_EVENT_BYTES": "100000", "MAX_REQUEST_BYTES": "200000", "MAX_REQUEST_EVENTS": "3"}
	cases := []struct {
		name, body string
		headers    []string
		status     int
		failure    contract.FailureReason
		kept       string
		message    string
	}{
		{"bad JSON", `{"a":`, nil, 400, contract.FailureInvalidJSON, `{"a":`, "the body is not JSON: unexpected end at byte 5"},
		{"a cut-off array", `[{"a":1},`, nil, 400, contract.FailureInvalidJSON, `[{"a":1},`, "the body is not JSON: unexpected end at byte 9"},
		{
			"bad gzip", "no gzip here", []string{"Content-Encoding: gzip"}, 400, contract.FailureUnreadableBody, "no gzip here",
			`the body cannot be read as content encoding "gzip": gzip: invalid header`,
		},
		{
			"gzip cut off", gzipped("{}")[:12], []string{"Content-Encoding: gzip"}, 400, contract.FailureUnreadableBody, gzipped("{}")[:12],
			`the body cannot be read as content encoding "gzip": unexpected EOF`,
		},
		{
			"an encoding we do not have", "x", []string{"Content-Encoding: br"}, 400, contract.FailureUnreadableBody, "x",
			`the body cannot be read as content encoding "br": it must be gzip, deflate or zstd`,
		},
		{
			"a body too large", strings.Repeat("1", 200_001), nil, 413, contract.FailureTooLarge, strings.Repeat("1", contract.KeptBytes),
			"the body is larger than 200000 bytes (its first 65536 bytes are kept)",
		},
		{
			"a body too large once unpacked", gzipped(strings.Repeat("1", 200_001)), []string{"Content-Encoding: gzip"}, 413, contract.FailureTooLarge,
			strings.Repeat("1", contract.KeptBytes), "the body is larger than 200000 bytes once unpacked (its first 65536 bytes are kept)",
		},
		{
			"too many events", `[1,2,3,4]`, nil, 413, contract.FailureTooLarge, `[1,2,3,4]`,
			"the body holds more than 3 events (its first 9 bytes are kept)",
		},
		{
			"an event too large", `"` + strings.Repeat("x", 100_000) + `"`, nil, 413, contract.FailureTooLarge,
			`"` + strings.Repeat("x", contract.KeptBytes-1), "the event has 100002 bytes, more than the 100000 allowed (its first 65536 bytes are kept)",
		},
		{"one bad line", "nope\n", []string{"Content-Type: application/x-ndjson"}, 400, contract.FailureInvalidJSON, "nope", "expected the word null at byte 1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, small)
			answer := u.post(t, c.body, c.headers...)
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), `"accepted":0,"failed":1,`) ||
				!strings.Contains(answer.Body.String(), `"kept":true`) {
				t.Errorf("answer %d %s, want %d with one failed and kept", answer.Code, answer.Body, c.status)
			}
			if text, _ := json.Marshal(c.message); !strings.Contains(answer.Body.String(), `"error":`+string(text)) {
				t.Errorf("answer %s does not say %s", answer.Body, text)
			}
			if len(u.kafka.records) != 1 {
				t.Fatalf("%d records", len(u.kafka.records))
			}
			record := u.kafka.records[0]
			if record.headers["failure"] != string(c.failure) || record.headers["failure_message"] != c.message {
				t.Errorf("failure %q %q, want %q %q", record.headers["failure"], record.headers["failure_message"], c.failure, c.message)
			}
			if record.value != c.kept {
				t.Errorf("kept %d bytes %.40q, want %d bytes %.40q", len(record.value), record.value, len(c.kept), c.kept)
			}

			fromBrowser := newUnderTest(t, small)
			if answer := fromBrowser.post(t, c.body, append(c.headers, "Sec-Fetch-Mode: no-cors")...); answer.Code != http.StatusOK {
				t.Errorf("a browser is answered %d, and would try again", answer.Code)
			}
		})
	}
}

// A browser is answered 200 and does not send again; a server is answered 413 and does, in smaller portions.
func TestTheEventsBeforeTheLimitOfABrowserAreStored(t *testing.T) {
	limits := map[string]string{"MAX_REQUEST_EVENTS": "3", "MAX_EVENT_BYTES": "70000"}
	long := `"` + strings.Repeat("x", 69_000) + `"`
	cases := []struct {
		name, body, answer string
		rest               []string
	}{
		{
			"an array", `[1,2,{"anonymous_id":"a"},4 ,5]`,
			`{"accepted":3,"failed":1,"error":"the body holds more than 3 events: the first 3 are stored as events, all after them is kept as failed","kept":true}`,
			[]string{"4 ,5]"},
		},
		{
			"lines", "1\n2\n{\"anonymous_id\":\"a\"}\n4\n5\n",
			`{"accepted":3,"failed":1,"error":"the body holds more than 3 events: the first 3 are stored as events, all after them is kept as failed","kept":true}`,
			[]string{"4\n5\n"},
		},
		{
			"more than one event may hold", "[1,2,{\"anonymous_id\":\"a\"}," + long + "," + long + "]",
			`{"accepted":3,"failed":2,"error":"the body holds more than 3 events: the first 3 are stored as events, all after them is kept as failed","kept":true}`,
			[]string{long + "," + long[:70_000-len(long)-1], long[70_000-len(long)-1:] + "]"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, limits)
			answer := u.post(t, c.body, "Origin: https://a.example")
			if answer.Code != 200 || strings.TrimSpace(answer.Body.String()) != c.answer {
				t.Errorf("answer %d %s", answer.Code, answer.Body)
			}
			if want := append([]string{"1", "2", `{"anonymous_id":"a"}`}, c.rest...); !slices.Equal(u.kafka.values(), want) {
				t.Errorf("stored %.50q, want %.50q", u.kafka.values(), want)
			}
			if key := u.kafka.records[2].key; key != "a" {
				t.Errorf("the event's key is %q", key)
			}
			for _, record := range u.kafka.records[3:] {
				if record.headers["failure"] != string(contract.FailureTooLarge) ||
					!strings.HasPrefix(record.headers["failure_message"], "the body holds more than 3 events; this is what came after them") {
					t.Errorf("headers %v", record.headers)
				}
			}
			server := newUnderTest(t, limits)
			if answer := server.post(t, c.body); answer.Code != 413 || len(server.kafka.records) != 1 || server.kafka.records[0].headers["failure"] == "" {
				t.Errorf("a server is answered %d %s", answer.Code, answer.Body)
			}
		})
	}
}

func TestAnUnreadableBodyLargerThanAnEventIsKeptInParts(t *testing.T) {
	limits := map[string]string{"MAX_EVENT_BYTES": "100000", "MAX_REQUEST_BYTES": "300000", "IP_MASKING": "Drop"}
	body := "{" + strings.Repeat("0123456789", 25_000)
	cases := []struct {
		name, body, message string
		headers             []string
	}{
		{"not JSON", body, "the body is not JSON: expected a member name in quotes at byte 1", nil},
		{"wrongly packed", body, `the body cannot be read as content encoding "gzip": gzip: invalid header`, []string{"Content-Encoding: gzip"}},
		{"not JSON once unpacked", gzipped(body), "the body is not JSON: expected a member name in quotes at byte 1", []string{"Content-Encoding: gzip"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, limits)
			answer := u.post(t, c.body, c.headers...)
			if answer.Code != 400 || !strings.HasPrefix(answer.Body.String(), `{"accepted":0,"failed":3,`) || !strings.Contains(answer.Body.String(), `"kept":true`) {
				t.Errorf("answer %d %s", answer.Code, answer.Body)
			}
			var kept, parts, messages []string
			for _, record := range u.kafka.records {
				kept = append(kept, record.value)
				parts, messages = append(parts, record.headers["part"]), append(messages, record.headers["failure_message"])
				if len(record.value) > 100_000 || record.key == "" || record.key != u.kafka.records[0].key {
					t.Errorf("a part of %d bytes has the key %q", len(record.value), record.key)
				}
			}
			if strings.Join(kept, "") != body {
				t.Error("what is kept is not the body")
			}
			if want := []string{"1/3", "2/3", "3/3"}; !slices.Equal(parts, want) || messages[1] != c.message+" (part 2 of 3)" {
				t.Errorf("parts %q, messages %q", parts, messages)
			}
		})
	}
}

func TestABadElementDoesNotKeepTheOthersOut(t *testing.T) {
	u := newUnderTest(t, map[string]string{"MAX_EVENT_BYTES": "10"})
	answer := u.post(t, "{\"a\":1}\n{\"b\":\n\"12345678901\"\n{\"c\":3}\n", "Content-Type: application/x-ndjson")
	if answer.Code != http.StatusOK || answer.Body.String() != "{\"accepted\":2,\"failed\":2}\n" {
		t.Errorf("answer %d %s", answer.Code, answer.Body)
	}
	var failures []string
	for _, record := range u.kafka.records {
		failures = append(failures, record.headers["failure"])
	}
	if want := []string{"", "invalid_json", "too_large", ""}; !slices.Equal(failures, want) {
		t.Errorf("failures %q, want %q", failures, want)
	}
}

// RFC 9659 allows windows of 8 MiB.
func TestTheLargestWindowOfTheStandardIsRead(t *testing.T) {
	u := newUnderTest(t, nil)
	var packed bytes.Buffer
	encoder, err := zstd.NewWriter(&packed, zstd.WithWindowSize(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	// More than one write, so that the encoder cannot know the size and shrink the window.
	for _, part := range []string{`"` + strings.Repeat("x", 900_000), `"`} {
		if _, err := encoder.Write([]byte(part)); err != nil || encoder.Flush() != nil {
			t.Fatal(err)
		}
	}
	if err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	if answer := u.post(t, packed.String(), "Content-Encoding: zstd"); answer.Code != 200 {
		t.Errorf("answer %d %s", answer.Code, answer.Body)
	}
}

func TestABodyThatEndsEarlyIsKept(t *testing.T) {
	u := newUnderTest(t, nil)
	server, client := listen(t, u, "")
	defer server()
	client.write("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"a\":1")
	client.closeWrite()
	if status := client.readStatus(); status != "HTTP/1.1 400 Bad Request" {
		t.Errorf("answer %q", status)
	}
	if len(u.kafka.records) != 1 || u.kafka.records[0].value != `{"a":1` ||
		u.kafka.records[0].headers["failure_message"] != "the body ended after 6 of 100 bytes" {
		t.Errorf("stored %+v", u.kafka.records)
	}
}

func TestNothingIsAcceptedThatKafkaDidNotTake(t *testing.T) {
	cases := []struct {
		name   string
		answer func([]*kgo.Record, func()) error
	}{
		{"a refusal", func(_ []*kgo.Record, released func()) error { released(); return errors.New("not enough replicas") }},
		{"an unknown outcome", func(_ []*kgo.Record, released func()) error { released(); return kafka.ErrOutcomeUnknown }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, headers := range [][]string{nil, {"Origin: https://a.example"}} {
				u := newUnderTest(t, nil)
				u.kafka.answer = c.answer
				answer := u.post(t, `{"a":1}`, headers...)
				want := `{"accepted":0,"failed":0,"error":"Kafka did not take the events, send the request again later","kept":false}` + "\n"
				if answer.Code != 503 || answer.Body.String() != want || answer.Header().Get("Retry-After") == "" {
					t.Errorf("answer %d %v %s", answer.Code, answer.Header(), answer.Body)
				}
				if answer.Header().Get("Set-Cookie") != "" {
					t.Error("an id was given though the event was not taken")
				}
			}
		})
	}
}

func TestMemoryOfAnUnknownOutcomeIsGivenBackWhenKafkaIsDone(t *testing.T) {
	u := newUnderTest(t, nil)
	var later func()
	u.kafka.answer = func(_ []*kgo.Record, released func()) error { later = released; return kafka.ErrOutcomeUnknown }
	request, recorder := newRequest(`{"a":1}`)
	u.ServeHTTP(recorder, request)
	if u.budget.Used() == 0 {
		t.Error("the memory was given back while Kafka still reads it")
	}
	u.kafka.answer = nil
	request, recorder = newRequest(`{"b":2}`)
	u.ServeHTTP(recorder, request)
	if got := u.kafka.values(); recorder.Code != 200 || !slices.Equal(got, []string{`{"b":2}`}) {
		t.Errorf("the next request was answered %d and stored %q", recorder.Code, got)
	}
	later()
	if used := u.budget.Used(); used != 0 {
		t.Errorf("%d bytes are still taken", used)
	}
}

func TestAnEventThatKafkaFindsTooLargeIsKeptShortened(t *testing.T) {
	u := newUnderTest(t, nil)
	u.kafka.answer = func(records []*kgo.Record, released func()) error {
		released()
		u.kafka.answer = nil
		return &kafka.TooLargeError{Records: records[1:]}
	}
	large := `"` + strings.Repeat("x", 900_000) + `"`
	answer := u.post(t, "[1,2,"+large+"]")
	if answer.Code != 200 || answer.Body.String() != "{\"accepted\":2,\"failed\":1}\n" {
		t.Errorf("answer %d %s", answer.Code, answer.Body)
	}
	if got := u.kafka.values(); len(got) != 2 || got[0] != "2" || got[1] != large[:contract.KeptBytes] {
		t.Errorf("sent again: %.20q", got)
	}
	if failure := u.kafka.records[1].headers["failure"]; failure != "too_large" {
		t.Errorf("failure %q", failure)
	}
}

func TestAFailedRecordThatKafkaFindsTooLargeIsCountedOnce(t *testing.T) {
	u := newUnderTest(t, nil)
	u.kafka.answer = func(records []*kgo.Record, released func()) error {
		released()
		u.kafka.answer = nil
		return &kafka.TooLargeError{Records: records}
	}
	answer := u.post(t, strings.Repeat("x", 900_000), "Content-Type: application/x-ndjson")
	if answer.Code != 400 || !strings.HasPrefix(answer.Body.String(), `{"accepted":0,"failed":1,`) {
		t.Errorf("answer %d %s", answer.Code, answer.Body)
	}
	record := u.kafka.records[0]
	message := "unexpected character at byte 0; Kafka refuses an event of 900000 bytes; raise max.message.bytes of the topic"
	if len(record.value) != contract.KeptBytes || record.headers["failure"] != "invalid_json" || record.headers["failure_message"] != message {
		t.Errorf("kept %d bytes as %q %q", len(record.value), record.headers["failure"], record.headers["failure_message"])
	}
}

func TestNothingIsReadWhileKafkaTakesNoEvents(t *testing.T) {
	u := newUnderTest(t, nil)
	u.readiness.problem = `topic "raw" takes no events: the topic does not exist`
	for _, answer := range []interface {
		Result() *http.Response
	}{u.post(t, `{"a":1}`), u.send(t, http.MethodGet, pixelPath, "")} {
		if got := answer.Result(); got.StatusCode != 503 || got.Header.Get("Retry-After") != "2" {
			t.Errorf("answer %d %v", got.StatusCode, got.Header)
		}
	}
	if answer := u.send(t, http.MethodGet, "/readyz", ""); answer.Code != 503 || !strings.Contains(answer.Body.String(), "does not exist") {
		t.Errorf("readyz before the first good answer of Kafka: %d %s", answer.Code, answer.Body)
	}
	if answer := u.send(t, http.MethodGet, "/healthz", ""); answer.Code != 200 {
		t.Errorf("healthz %d, so Kubernetes would restart a collector that only waits", answer.Code)
	}
	u.readiness.problem = ""
	if answer := u.post(t, `{"a":1}`); answer.Code != 200 {
		t.Errorf("answer %d after Kafka came back", answer.Code)
	}
}

func TestACollectorThatHasWorkedStaysReadyWhileKafkaIsAway(t *testing.T) {
	u := newUnderTest(t, nil)
	if answer := u.send(t, http.MethodGet, "/readyz", ""); answer.Code != 200 {
		t.Fatalf("readyz %d %s", answer.Code, answer.Body)
	}
	u.readiness.problem = "Kafka cannot be reached"
	if answer := u.send(t, http.MethodGet, "/readyz", ""); answer.Code != 200 {
		t.Errorf("readyz %d: senders would find no collector that tells them to come again", answer.Code)
	}
	if answer := u.post(t, `{"a":1}`); answer.Code != 503 || answer.Header().Get("Retry-After") == "" {
		t.Errorf("answer %d %v", answer.Code, answer.Header())
	}
}

func TestARequestBeyondTheMemoryLimitIsSentAway(t *testing.T) {
	u := newUnderTest(t, map[string]string{"MAX_REQUEST_BYTES": "100000", "MAX_IN_FLIGHT_BYTES": "200000"})
	body := `"` + strings.Repeat("x", 99_000) + `"`
	u.kafka.answer = func(_ []*kgo.Record, released func()) error {
		// While this request is under way, there is no room for a second.
		u.kafka.mutex.Unlock()
		request, recorder := newRequest(body)
		u.ServeHTTP(recorder, request)
		if recorder.Code != 503 || recorder.Header().Get("Retry-After") == "" {
			t.Errorf("answer %d %s", recorder.Code, recorder.Body)
		}
		u.kafka.mutex.Lock()
		u.kafka.answer = nil
		released()
		return nil
	}
	if answer := u.post(t, body); answer.Code != 200 {
		t.Errorf("the first answer is %d", answer.Code)
	}
	if answer := u.post(t, body); answer.Code != 200 {
		t.Errorf("the answer is %d once there is room again", answer.Code)
	}
}

func TestOtherPathsAndMethodsAreRefused(t *testing.T) {
	u := newUnderTest(t, nil)
	cases := []struct {
		method, path string
		status       int
	}{
		{"GET", "/v1/events", 405}, {"PUT", "/v1/events", 405}, {"POST", "/v1/pixel.gif", 405}, {"HEAD", "/v1/events", 405}, {"POST", "/", 404},
		{"GET", "/metrics", 404}, {"GET", "/accounting", 404},
	}
	for _, c := range cases {
		if answer := u.send(t, c.method, c.path, "{}"); answer.Code != c.status {
			t.Errorf("%s %s is answered %d, want %d", c.method, c.path, answer.Code, c.status)
		}
	}
	if len(u.kafka.records) > 0 {
		t.Errorf("stored %v", u.kafka.records)
	}
}
