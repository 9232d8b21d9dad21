package collector

import (
	"maps"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
	"github.com/open-clickstream/open-clickstream/go/internal/rawevent"
)

func TestARecordSaysWhereItsEventComesFrom(t *testing.T) {
	u := newUnderTest(t, map[string]string{"CAPTURE_HEADERS": "X-Shop, X-Absent"})
	before := time.Now().UnixMilli()
	u.post(t, `{"a":1}`, "Content-Type: application/json", "User-Agent: Browser/1", "Origin: https://a.example",
		"Referer: https://a.example/page", "Accept-Language: de, en", "Cookie: oc_id=known", "X-Shop: one", "X-Shop: two", "Authorization: secret")
	got := u.kafka.records[0].headers
	if id := got["record_id"]; !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("record_id %q", id)
	}
	received, err := time.ParseDuration(got["received_at"] + "ms")
	if err != nil || received.Milliseconds() < before || received.Milliseconds() > time.Now().UnixMilli() {
		t.Errorf("received_at %q", got["received_at"])
	}
	for _, checked := range []string{"record_id", "received_at"} {
		delete(got, checked)
	}
	want := map[string]string{
		"source": "http", "content_type": "application/json", "ip": "203.0.113.9", "user_agent": "Browser/1",
		"origin": "https://a.example", "referer": "https://a.example/page", "accept_language": "de, en", "cookie_id": "known", "header.x-shop": "one, two",
	}
	if !maps.Equal(got, want) {
		t.Errorf("headers %v\nwant    %v", got, want)
	}
}

func TestTheEventsOfARequestShareAllButTheirIDs(t *testing.T) {
	u := newUnderTest(t, nil)
	u.post(t, `[1,2,3]`)
	ids := map[string]bool{}
	for _, record := range u.kafka.records {
		ids[record.headers["record_id"]] = true
		if record.headers["received_at"] != u.kafka.records[0].headers["received_at"] {
			t.Error("events of one request arrived at different times")
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d different ids of 3", len(ids))
	}
}

func TestBuffersOfOneRequestDoNotShowInTheNext(t *testing.T) {
	u := newUnderTest(t, nil)
	u.post(t, `[{"anonymous_id":"first-visitor"},2,3]`, "User-Agent: First/1", "Referer: https://first.example/")
	u.post(t, `{"b":1}`)
	last := u.kafka.records[3]
	if last.value != `{"b":1}` || last.key != "203.0.113.9" || len(last.headers) != 4 {
		t.Errorf("the second request was stored as %+v", last)
	}
}

// A body is larger than what is kept of it in the pool, and is no longer part of the budget.
func TestAFinishedRequestLetsGoOfItsBody(t *testing.T) {
	event := `{"a":"` + strings.Repeat("x", 200_000) + `"}`
	for name, text := range map[string]string{
		"one event": event, "an array that is cut off": "[" + event + ",", "many events, cut off": "[" + strings.Repeat("1,", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			limits := adapter.Limits{Bytes: 1_000_000, Events: 1_000_000}
			in := newIngestion(adapter.NewIngestion(limits, memory.NewBudget(1<<30), nil))
			request, _ := newRequest(text)
			body, refused := in.events.ReadBody(request)
			if refused != nil || len(body) != len(text) {
				t.Fatalf("read %d bytes of %d: %+v", len(body), len(text), refused)
			}
			first := weak.Make(&body[0])
			if refused := in.events.Split(body, jsonscan.Detect); refused != nil {
				in.records.AddUnreadable(rawevent.Failure{Reason: refused.Reason}, refused.Kept, 1_000_000)
			} else {
				in.records.AddEvents(in.events.Events(), 1_000_000)
			}
			if len(in.records.Records()) != 1 {
				t.Errorf("%d records", len(in.records.Records()))
			}
			in.reset()
			runtime.GC()
			if first.Value() != nil {
				t.Error("the body is still in memory")
			}
			runtime.KeepAlive(in)
		})
	}
}

func TestOddHeadersBecomeCleanText(t *testing.T) {
	u := newUnderTest(t, nil)
	u.post(t, `{}`, "User-Agent: \xff"+strings.Repeat("x", 3000))
	if got := u.kafka.records[0].headers["user_agent"]; !strings.HasPrefix(got, "\uFFFDx") || len(got) > contract.HeaderValueBytes+2 {
		t.Errorf("user agent of %d bytes, %.10q", len(got), got)
	}
}

func TestTheKeyKeepsAVisitorInOnePartition(t *testing.T) {
	cookie := "Cookie: oc_id=cookie-1"
	cases := []struct {
		name, event string
		headers     []string
		environment map[string]string
		want        string
	}{
		{"the anonymous id", `{"event_type":"x","anonymous_id":"a","line":"1.2.3.4 -","ip":"5.6.7.8"}`, []string{cookie}, nil, "a"},
		{"the anonymous id however it is escaped", `{"anonymous_id":"\u0061"}`, nil, nil, "a"},
		{"the cookie", `{"ip":"5.6.7.8"}`, []string{cookie}, nil, "cookie-1"},
		{"the host of a log line before all that its sender has", `{"anonymous_id":"a","line":"1.2.3.4 -"}`, []string{cookie}, nil, "1.2.3.4"},
		{"the host of a log line", `{"line":"1.2.3.4 - - [x]","ip":"5.6.7.8"}`, nil, nil, "1.2.3.4"},
		{"the whole of a line of one word", `{"line":"broken"}`, nil, nil, "broken"},
		{"the address that a server reports", `{"ip":"5.6.7.8"}`, nil, nil, "5.6.7.8"},
		{"the sender's address", `{"anonymous_id":""}`, nil, nil, "203.0.113.9"},
		{"the sender's address as it is kept", `{}`, nil, map[string]string{"IP_MASKING": "LastOctet"}, "203.0.113.0"},
		{"nothing when nothing is known", `{}`, nil, map[string]string{"IP_MASKING": "Drop"}, ""},
		{"no more of an id than sense", `{"anonymous_id":"` + strings.Repeat("x", 300) + `"}`, nil, nil, strings.Repeat("x", contract.KeyBytes)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, c.environment)
			u.post(t, c.event, c.headers...)
			if got := u.kafka.records[0].key; got != c.want {
				t.Errorf("key %q, want %q", got, c.want)
			}
		})
	}
}
