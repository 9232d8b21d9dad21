package rawevent

import (
	"net/http"
	"testing"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
)

// "MjAzLjAuMTEzLjIxIC0gLQ==" is "203.0.113.21 - -".
func TestOnlyAMemberOfTheEventItselfMakesItALogLine(t *testing.T) {
	cases := []struct{ name, event, want string }{
		{"a line", `{"anonymous_id":"a","line":"203.0.113.21 - -"}`, "203.0.113.21"},
		{"a line in base64", `{"anonymous_id":"a","line_base64":"MjAzLjAuMTEzLjIxIC0gLQ=="}`, "203.0.113.21"},
		{"one whose name has escapes", `{"anonymous_id":"a","line\u005fbase64":"MjAzLjAuMTEzLjIxIC0gLQ=="}`, "203.0.113.21"},
		{"one behind a nested one", `{"properties":{"line_base64":"x"},"line_base64":"MjAzLjAuMTEzLjIxIC0gLQ=="}`, "203.0.113.21"},
		{"an empty one, which is the sender's", `{"anonymous_id":"a","line_base64":""}`, "sender"},
		{"not a nested one", `{"anonymous_id":"a","properties":{"line_base64":"MjAzLjAuMTEzLjIxIC0gLQ=="}}`, "a"},
		{"not one in a list", `{"anonymous_id":"a","items":[{"line_base64":"MjAzLjAuMTEzLjIxIC0gLQ=="}]}`, "a"},
		{"not a value of that text", `{"anonymous_id":"a","column":"line_base64"}`, "a"},
		{"not one within a text", `{"anonymous_id":"a","text":"{\"line_base64\":\"MjAzLjAuMTEzLjIxIC0gLQ==\"}"}`, "a"},
		{"not one of an event with a type", `{"anonymous_id":"a","event_type":"x","line_base64":"MjAzLjAuMTEzLjIxIC0gLQ=="}`, "a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var b Builder
			b.Describe(http.Header{}, Provenance{Source: contract.SourceHTTP, At: time.UnixMilli(17), CookieID: "sender"})
			b.AddEvents([]jsonscan.Element{jsonscan.One([]byte(c.event), KeyFields)}, 1000)
			if got := string(b.Records()[0].Key); got != c.want || b.Failed() != 0 {
				t.Errorf("key %q instead of %q, %d failed", got, c.want, b.Failed())
			}
		})
	}
}
