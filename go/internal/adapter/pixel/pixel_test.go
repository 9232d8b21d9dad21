package pixel

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

const path = "/v1/pixel.gif"

func newIngestion(memoryBytes int64) *adapter.Ingestion {
	return adapter.NewIngestion(adapter.Limits{Bytes: 1000, Events: 1}, memory.NewBudget(memoryBytes), nil)
}

// long is longer than what is read of an event's id and type.
var long = strings.Repeat("x", 129)

func TestThePixelMakesAnEventOfItsQuery(t *testing.T) {
	cases := []struct {
		name, query, page, want string
	}{
		{"nothing", "", "", `{"event_type":"page_view"}`},
		{"the page that shows it", "", "https://a.example/page", `{"event_type":"page_view","page_url":"https://a.example/page"}`},
		{
			"short names", "?e=click&id=1&aid=a&uid=u&url=https%3A%2F%2Fx%2F&title=T&ref=r&lang=de&ts=1796000000", "https://a.example/",
			`{"anonymous_id":"a","event_id":"1","event_type":"click","language":"de","page_title":"T","page_url":"https://x/","referrer":"r","timestamp":1796000000,"user_id":"u"}`,
		},
		{"full names", "?event_type=click&timestamp=2026-01-05T00:00:00Z", "", `{"event_type":"click","timestamp":"2026-01-05T00:00:00Z"}`},
		{"properties", "?p.price=12&colour=red", "", `{"event_type":"page_view","properties":{"colour":"red","price":"12"}}`},
		{"a % that begins nothing", "?title=100%&p.rate=5%zz&a=1", "", `{"event_type":"page_view","page_title":"100%","properties":{"a":"1","rate":"5%zz"}}`},
		{"a name that does not decode", "?p.%zz=1", "", `{"event_type":"page_view","properties":{"%zz":"1"}}`},
		{"a semicolon", "?title=a;b&p.c=d", "", `{"event_type":"page_view","page_title":"a;b","properties":{"c":"d"}}`},
		{"a plus and what is escaped", "?title=a+b%20c%26", "", `{"event_type":"page_view","page_title":"a b c\u0026"}`},
		{"bytes that are no text", "?title=%ff", "", `{"event_type":"page_view","page_title":"%ff"}`},
		{"an older encoding", "?title=Caf%E9+du+Monde&p.%E9=1", "", `{"event_type":"page_view","page_title":"Caf%E9 du Monde","properties":{"%E9":"1"}}`},
		{"text beside bytes that are none", "?title=%C3%A9%E9%C3", "", `{"event_type":"page_view","page_title":"é%E9%C3"}`},
		{"bytes that are not even escaped", "?title=Caf\xe9", "", `{"event_type":"page_view","page_title":"Caf%E9"}`},
		{"the sign for what is no text", "?title=%EF%BF%BD", "", `{"event_type":"page_view","page_title":"�"}`},
		{"nothing in what has a meaning", "?e=&ts=&id=&title=&uid=&url=", "https://a.example/", `{"event_type":"page_view","page_url":"https://a.example/"}`},
		{"a macro that nobody filled", "?ts=%%CACHEBUSTER%%&e=click", "", `{"event_type":"click","properties":{"ts":"%%CACHEBUSTER%%"}}`},
		{"another macro", "?ts=[TIMESTAMP]&timestamp=2026-01-05T00:00:00Z", "", `{"event_type":"page_view","properties":{"ts":"[TIMESTAMP]"},"timestamp":"2026-01-05T00:00:00Z"}`},
		{"a type and an id that are too long", "?e=" + long + "&id=" + long, "", `{"event_type":"page_view","properties":{"e":"` + long + `","id":"` + long + `"}}`},
		{"the first of several", "?e=a&e=b&&=x&f", "", `{"event_type":"a","properties":{"":"x","f":""}}`},
		{"control parameters", "?_=99&cookie=off", "", `{"event_type":"page_view"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, path+c.query, nil)
			if c.page != "" {
				request.Header.Set("Referer", c.page)
			}
			into := newIngestion(1 << 20)
			if refused := (Adapter{}).Read(into, request); refused != nil {
				t.Fatalf("refused: %+v", refused)
			}
			if events := into.Events(); len(events) != 1 || string(events[0].Value) != c.want || events[0].Err != nil {
				t.Errorf("read %q\nwant %q", events, c.want)
			}
		})
	}
}

func TestThePixelIsAPictureThatIsNotCached(t *testing.T) {
	recorder := httptest.NewRecorder()
	status := Adapter{}.Answer(recorder, httptest.NewRequest(http.MethodGet, path, nil), adapter.Result{Status: 200, Accepted: 1})
	if status != 200 || recorder.Code != 200 || recorder.Header().Get("Content-Type") != "image/gif" || recorder.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("answer %d (%d) %v", recorder.Code, status, recorder.Header())
	}
	if body := recorder.Body.String(); body != string(image) || len(body) != 43 {
		t.Errorf("picture %q", body)
	}
}

func TestAnEventThatIsNotStoredIsNoPicture(t *testing.T) {
	recorder := httptest.NewRecorder()
	status := Adapter{}.Answer(recorder, httptest.NewRequest(http.MethodGet, path, nil), adapter.Result{Status: 503, Message: "later"})
	if status != 503 || recorder.Code != 503 || recorder.Body.String() != `{"accepted":0,"failed":0,"error":"later","kept":false}`+"\n" ||
		recorder.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("answer %d (%d) %v %s", recorder.Code, status, recorder.Header(), recorder.Body)
	}
}

func TestAPixelBeyondTheMemoryIsRefused(t *testing.T) {
	refused := Adapter{}.Read(newIngestion(100), httptest.NewRequest(http.MethodGet, path, nil))
	if refused == nil || refused.Status != 503 {
		t.Errorf("refused %+v", refused)
	}
}
