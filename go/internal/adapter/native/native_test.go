package native

import (
	"bytes"
	"encoding/base64"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// The same two lines are two events, or a text that a bad line makes unreadable as one value.
func TestTheContentTypeSaysWhetherALineIsAnEvent(t *testing.T) {
	const body = "bad\n{\"a\":1}\n"
	for contentType, wantEvents := range map[string]int{
		"application/x-ndjson": 2, "Application/NDJSON; charset=utf-8": 2, "application/jsonl": 2, "application/x-jsonlines": 2,
		"application/json": 0, "text/plain": 0, "": 0,
	} {
		request := httptest.NewRequest("POST", "/v1/events", strings.NewReader(body))
		request.Header.Set("Content-Type", contentType)
		into := adapter.NewIngestion(adapter.Limits{Bytes: 1000, Events: 10}, memory.NewBudget(1<<20), nil)
		refused := Adapter{}.Read(into, request)
		if got := len(into.Events()); got != wantEvents || (refused == nil) != (wantEvents > 0) {
			t.Errorf("%q: %d events, refused %+v; want %d", contentType, got, refused, wantEvents)
		}
	}
}

func TestAFormHoldsItsEventsInData(t *testing.T) {
	const events, form = `[{"a":"1+1 & é"},{"b":2}]`, "application/x-www-form-urlencoded; charset=UTF-8"
	want := []string{`{"a":"1+1 & é"}`, `{"b":2}`}
	cases := []struct {
		name, contentType, body string
		want                    []string
	}{
		{"escaped", form, "data=" + url.QueryEscape(events), want},
		{"beside other fields", form, "v=1&data=" + url.QueryEscape(events) + "&_=2", want},
		{"twice", form, "data=" + url.QueryEscape(`{"b":2}`) + "&data=" + url.QueryEscape(`{"b":2}`), []string{`{"b":2}`, `{"b":2}`}},
		{"lines", form, "data=" + url.QueryEscape("{\"b\":2}\n{\"b\":2}"), []string{`{"b":2}`, `{"b":2}`}},
		{"not escaped at all", form, `data={"rate":"5%"}`, []string{`{"rate":"5%"}`}},
		{"in base64", form, "data=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(events))), want},
		{"in base64 that is not escaped", form, "data=" + base64.StdEncoding.EncodeToString([]byte(events)), want},
		{"in base64 for addresses", form, "data=" + base64.RawURLEncoding.EncodeToString([]byte(events)), want},
		{"packed and in base64", form, "data=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(gzipped(events)))), want},
		{"a form packed as a whole", form, gzipped("data=" + url.QueryEscape(events)), want},
		{"JSON that is called a form", form, `{"a":"x&data=1"}`, []string{`{"a":"x&data=1"}`}},
		{"not JSON", form, "data=nope", nil},
		{"nothing", form, "data=", nil},
		{"no such field", form, "events=1", nil},
	}
	decompressor, err := adapter.NewDecompressor(1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			request := httptest.NewRequest("POST", "/v1/events", strings.NewReader(c.body))
			request.Header.Set("Content-Type", c.contentType)
			into := adapter.NewIngestion(adapter.Limits{Bytes: 1000, Events: 10}, memory.NewBudget(1<<20), decompressor)
			refused := Adapter{}.Read(into, request)
			var got []string
			for _, event := range into.Events() {
				got = append(got, string(event.Value))
			}
			if !slices.Equal(got, c.want) || (refused == nil) != (c.want != nil) {
				t.Errorf("read %q, refused %+v; want %q", got, refused, c.want)
			}
			if refused != nil && refused.Reason != "" && string(refused.Kept) != c.body {
				t.Errorf("kept %q", refused.Kept)
			}
		})
	}
}

func gzipped(text string) string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write([]byte(text)) // into memory
	_ = writer.Close()
	return packed.String()
}
