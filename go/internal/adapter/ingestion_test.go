package adapter

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

func newIngestion(t *testing.T, limits Limits, budget *memory.Budget) *Ingestion {
	t.Helper()
	decompressor, err := NewDecompressor(limits.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return NewIngestion(limits, budget, decompressor)
}

func TestBuffersOfALargeRequestAreNotKept(t *testing.T) {
	for name, body := range map[string]string{
		"one event":            `"` + strings.Repeat("x", 2*largestKeptBuffer) + `"`,
		"many events":          "[" + strings.Repeat("1,", 10_000) + "1]",
		"many events, cut off": "[" + strings.Repeat("1,", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			budget := memory.NewBudget(1 << 30)
			in := newIngestion(t, Limits{Bytes: 1 << 20, Events: 1 << 20}, budget)
			read, refused := in.ReadBody(httptest.NewRequest("POST", "/", strings.NewReader(body)))
			if refused != nil {
				t.Fatalf("refused %+v", refused)
			}
			in.Split(read, jsonscan.Detect) // what it makes of the body does not matter
			in.Release()
			in.Reset()
			if cap(in.buffer) > largestKeptBuffer || cap(in.elements) > mostKeptEvents || len(in.Events()) > 0 || in.body != nil {
				t.Errorf("a buffer of %d bytes and room for %d events are kept", cap(in.buffer), cap(in.elements))
			}
			if budget.Used() != 0 {
				t.Errorf("%d bytes of the budget are still taken", budget.Used())
			}
		})
	}
}

func TestEventsThatAnAdapterMakesAreBoundedAsThoseOfABody(t *testing.T) {
	budget := memory.NewBudget(1 << 20)
	in := newIngestion(t, Limits{Bytes: 1000, Events: 2}, budget)
	body, refused := in.ReadBody(httptest.NewRequest("POST", "/", strings.NewReader("a=1")))
	if refused != nil {
		t.Fatalf("refused %+v", refused)
	}
	for _, event := range []string{`{"anonymous_id":"a"}`, `{"a":`} {
		if refused := in.Add([]byte(event)); refused != nil {
			t.Fatalf("refused %+v", refused)
		}
	}
	events := in.Events()
	if len(events) != 2 || string(events[0].Members[0]) != "a" || events[0].Err != nil || events[1].Err == nil {
		t.Errorf("events %q", events)
	}
	if used := budget.Used(); used < 2*1024 {
		t.Errorf("two events take %d bytes", used)
	}
	refused = in.Add([]byte("{}"))
	if refused == nil || refused.Status != 413 || refused.Reason != contract.FailureTooLarge || string(refused.Kept) != string(body) {
		t.Errorf("a third event of two is refused with %+v", refused)
	}
}

// Some protocols name the packing elsewhere than in Content-Encoding.
func TestAnAdapterUnpacksWhatItIsToldOtherwise(t *testing.T) {
	budget := memory.NewBudget(1 << 20)
	in := newIngestion(t, Limits{Bytes: 1000, Events: 2}, budget)
	_, refused := in.Unpack("gzip", []byte("no gzip here"))
	if refused == nil || refused.Reason != contract.FailureUnreadableBody || string(refused.Kept) != "no gzip here" {
		t.Errorf("refused %+v", refused)
	}
}
