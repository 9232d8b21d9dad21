package rawevent

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
)

func TestARecordHasOnlyTheHeadersOfItsRequest(t *testing.T) {
	var b Builder
	for _, cookieID := range []string{"first", ""} {
		b.Describe(http.Header{}, Provenance{Source: contract.SourceHTTP, At: time.UnixMilli(17), CookieID: cookieID})
		b.AddEvents([]jsonscan.Element{jsonscan.One([]byte("{}"), KeyFields)}, 100)
		record := b.Records()[0]
		var names []string
		for _, header := range record.Headers {
			names = append(names, header.Key)
		}
		want := "record_id received_at source"
		if cookieID != "" {
			want += " cookie_id"
		}
		if got := strings.Join(names, " "); got != want || string(record.Key) != cookieID || len(b.Records()) != 1 || b.Failed() != 0 {
			t.Errorf("%d records, headers %q, key %q; want headers %q, key %q", len(b.Records()), got, record.Key, want, cookieID)
		}
		b.Reset()
	}
}

func TestRoomForManyRecordsIsNotKept(t *testing.T) {
	var b Builder
	b.Describe(http.Header{}, Provenance{Source: contract.SourceHTTP, At: time.UnixMilli(17)})
	b.AddEvents(make([]jsonscan.Element, 10_000), 100)
	if len(b.Records()) != 10_000 {
		t.Fatalf("%d records", len(b.Records()))
	}
	b.Reset()
	if cap(b.recordSpace) > mostKeptRecords || len(b.Records()) > 0 {
		t.Errorf("room for %d records is kept", cap(b.recordSpace))
	}
}

func TestTheFirstFailureIsTheOneOfTheAnswer(t *testing.T) {
	var b Builder
	b.Describe(http.Header{}, Provenance{Source: contract.SourceHTTP, At: time.UnixMilli(17)})
	var elements []jsonscan.Element
	for _, text := range []string{"{}", "[1", `{"a":"` + strings.Repeat("x", 100) + `"}`} {
		elements = append(elements, jsonscan.One([]byte(text), KeyFields))
	}
	b.AddEvents(elements, 100)
	want := Failure{contract.FailureInvalidJSON, "unexpected end at byte 2"}
	if b.Failed() != 2 || b.FirstFailure() != want {
		t.Errorf("%d failed, the first with %+v, want %+v", b.Failed(), b.FirstFailure(), want)
	}
}
