package native

import (
	"net/http/httptest"
	"strings"
	"testing"

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
