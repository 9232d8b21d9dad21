package collector

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// formAdapter is what protocols of others look like: several paths, GET and POST, forms, answers of their own.
type formAdapter struct{}

func (formAdapter) Routes() []adapter.Route {
	return []adapter.Route{
		{Path: "/collect", Methods: []string{http.MethodGet, http.MethodPost}, Name: "form", Source: "form"},
		{Path: "/beacon", Methods: []string{http.MethodPost}, Name: "beacon", Source: "form", OnlyBrowsers: true},
	}
}

func (formAdapter) Read(into *adapter.Ingestion, request *http.Request) *adapter.Refusal {
	form := request.URL.RawQuery
	if request.Method == http.MethodPost {
		body, refused := into.ReadBody(request)
		if refused != nil {
			return refused
		}
		form = string(body)
	}
	values, err := url.ParseQuery(form)
	if err != nil {
		return &adapter.Refusal{Status: http.StatusBadRequest, Message: err.Error(), Reason: contract.FailureUnreadableBody, Kept: []byte(form)}
	}
	for _, visitor := range values["visitor"] {
		if refused := into.Add([]byte(`{"anonymous_id":"` + visitor + `"}`)); refused != nil {
			return refused
		}
	}
	return nil
}

func (formAdapter) Answer(writer http.ResponseWriter, request *http.Request, result adapter.Result) int {
	switch {
	case result.Status != http.StatusOK:
		return result.WriteJSON(writer)
	case request.Method == http.MethodGet:
		writer.Header().Set("Location", "https://a.example/")
		writer.WriteHeader(http.StatusFound)
		return http.StatusFound
	default:
		writer.WriteHeader(http.StatusNoContent)
		return http.StatusNoContent
	}
}

func TestAProtocolOfAnotherKindNeedsNothingButItsAdapter(t *testing.T) {
	cases := []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		keys                       string
		hasCookie                  bool
	}{
		{"a query", "GET", "/collect?visitor=a&visitor=b", "", nil, 302, "a b", false},
		{"a form", "POST", "/collect", "visitor=a", nil, 204, "a", false},
		{"a packed form", "POST", "/collect", gzipped("visitor=a"), []string{"Content-Encoding: gzip"}, 204, "a", false},
		{"a form of a browser", "POST", "/collect", "visitor=a", []string{"Sec-Fetch-Site: cross-site"}, 204, "a", true},
		{"a form that only browsers send", "POST", "/beacon", "visitor=a", nil, 204, "a", true},
		{"no events", "POST", "/collect", "", nil, 204, "", false},
		{"a form that cannot be read", "POST", "/collect", "%zz", nil, 400, "203.0.113.9", false},
		{"one that a browser cannot mend", "POST", "/beacon", "%zz", nil, 204, "203.0.113.9", true},
		{"more events than allowed", "POST", "/collect", strings.Repeat("visitor=a&", 4), nil, 413, "203.0.113.9", false},
		{"a body too large", "POST", "/collect", "visitor=" + strings.Repeat("a", 1000), nil, 413, "203.0.113.9", false},
		{"a method that carries no events", "GET", "/beacon", "", nil, 405, "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, map[string]string{"MAX_REQUEST_BYTES": "1000", "MAX_REQUEST_EVENTS": "3"}, formAdapter{})
			answer := u.send(t, c.method, c.target, c.body, c.headers...)
			if answer.Code != c.status {
				t.Errorf("answer %d %s, want %d", answer.Code, answer.Body, c.status)
			}
			var keys []string
			for _, record := range u.kafka.records {
				keys = append(keys, record.key)
				if record.headers["source"] != "form" {
					t.Errorf("source %q", record.headers["source"])
				}
			}
			if got := strings.Join(keys, " "); got != c.keys {
				t.Errorf("records of the keys %q, want %q", got, c.keys)
			}
			if hasCookie := answer.Header().Get("Set-Cookie") != ""; hasCookie != c.hasCookie {
				t.Errorf("a cookie is given: %t, want %t", hasCookie, c.hasCookie)
			}
		})
	}
}

func TestBrowsersMayUseTheMethodsOfTheRoute(t *testing.T) {
	u := newUnderTest(t, map[string]string{"CORS_ORIGINS": "*"}, append(Adapters(), formAdapter{})...)
	for path, want := range map[string]string{
		eventsPath: "POST, OPTIONS", pixelPath: "GET, HEAD, OPTIONS", "/collect": "GET, POST, OPTIONS", "/beacon": "POST, OPTIONS",
	} {
		answer := u.send(t, http.MethodOptions, path, "", "Origin: https://a.example")
		if got := answer.Header().Get("Access-Control-Allow-Methods"); answer.Code != 204 || got != want {
			t.Errorf("%s: answer %d, methods %q, want %q", path, answer.Code, got, want)
		}
		answer = u.send(t, http.MethodDelete, path, "")
		if got := answer.Header().Get("Allow"); answer.Code != 405 || got != want {
			t.Errorf("%s: answer %d, methods %q, want %q", path, answer.Code, got, want)
		}
	}
}

func TestRequestsAreCountedByTheNameOfTheirRoute(t *testing.T) {
	u := newUnderTest(t, nil, formAdapter{})
	u.send(t, "POST", "/beacon", "visitor=a")
	u.send(t, "GET", "/collect", "")
	u.send(t, "GET", "/nowhere", "")
	families, err := u.metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var counted []string
	for _, family := range families {
		if family.GetName() == "openclickstream_collector_requests_total" {
			for _, metric := range family.GetMetric() {
				counted = append(counted, metric.GetLabel()[0].GetValue()+" "+metric.GetLabel()[1].GetValue())
			}
		}
	}
	if got := strings.Join(counted, ", "); got != "204 beacon, 302 form, 404 other" {
		t.Errorf("counted %s", got)
	}
}

// route is an adapter of one route.
type route struct {
	formAdapter
	adapter.Route
}

func (r route) Routes() []adapter.Route { return []adapter.Route{r.Route} }

func TestRoutesThatCannotBeServedEndTheStart(t *testing.T) {
	whole := adapter.Route{Path: "/v1/x", Methods: []string{"POST"}, Name: "x", Source: "x"}
	with := func(change func(*adapter.Route)) adapter.Route {
		changed := whole
		change(&changed)
		return changed
	}
	cases := []struct {
		name  string
		route adapter.Route
		want  string
	}{
		{"a path of another adapter", with(func(r *adapter.Route) { r.Path = pixelPath }), `the path /v1/pixel.gif is taken already, it cannot be that of the route "x"`},
		{"a path of the probes", with(func(r *adapter.Route) { r.Path = "/readyz" }), `the path /readyz is taken already, it cannot be that of the route "x"`},
		{"no methods", with(func(r *adapter.Route) { r.Methods = nil }), "the route of the path /v1/x lacks its methods, name or source"},
		{"no source", with(func(r *adapter.Route) { r.Source = "" }), "the route of the path /v1/x lacks its methods, name or source"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			readiness := &fakeReadiness{}
			health, budget := NewHealth(readiness), memory.NewBudget(1)
			_, err := NewHandler(Config{Limits: Limits{RequestBytes: 1}}, Parts{
				Adapters: append(Adapters(), route{Route: c.route}), Readiness: readiness, Health: health, Budget: budget,
				Metrics: NewMetrics(budget, health.TakesEvents), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
			})
			if err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}
