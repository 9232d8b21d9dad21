package collector

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheCookieFollowsTheBrowsersWishes(t *testing.T) {
	const browser, carried = "Sec-Fetch-Site: same-origin", "Cookie: other=1; oc_id=known"
	const sameSite, noCORS, image = "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"
	cases := []struct {
		name        string
		headers     []string
		target      string
		environment map[string]string
		// wantSet is how Set-Cookie must begin, empty for none; wantID is the cookie_id header, "new" for that of Set-Cookie.
		wantSet, wantID string
	}{
		{"a new browser is given an id", []string{browser}, "", nil, "oc_id=", "new"},
		{"a browser that does not say where its page is from", []string{"Origin: http://a.example"}, "", nil, "oc_id=", ""},
		{"a page of another site", []string{"Sec-Fetch-Site: cross-site", noCORS, image}, "", nil, "oc_id=", ""},
		{"a script of the same site", []string{sameSite, "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"}, "", nil, "oc_id=", ""},
		{"a beacon, or a script that looks like one, of the same site", []string{sameSite, noCORS, "Sec-Fetch-Dest: empty"}, "", nil, "oc_id=", ""},
		{"a picture of the same site", []string{sameSite, noCORS, image}, "", nil, "oc_id=", "new"},
		{"a picture of the same site without credentials", []string{sameSite, "Sec-Fetch-Mode: cors", image}, "", nil, "oc_id=", ""},
		{"a page of another site with an id", []string{"Sec-Fetch-Site: cross-site", carried}, "", nil, "", "known"},
		{"a known browser keeps its id", []string{browser, carried}, "", nil, "", "known"},
		{"a server is given none", nil, "", nil, "", ""},
		{"a server that carries one is believed", []string{carried}, "", nil, "", "known"},
		{"do not track", []string{browser, "DNT: 1"}, "", nil, "", ""},
		{"global privacy control", []string{browser, "Sec-GPC: 1"}, "", nil, "", ""},
		{"cookie=off", []string{browser}, "?cookie=off", nil, "", ""},
		{"cookie=off beside what does not decode", []string{browser}, "?x=%&y=a;b&cookie=off", nil, "", ""},
		{"another parameter", []string{browser}, "?xcookie=off", nil, "oc_id=", "new"},
		{"an opt-out takes the id away", []string{browser, carried, "DNT: 1"}, "", nil, "oc_id=; Path=/; Max-Age=0", ""},
		{"switched off", []string{browser, carried}, "", map[string]string{"COOKIE_ENABLED": "false"}, "", ""},
		{"a cookie that is no id", []string{browser, `Cookie: oc_id=<script>`}, "", nil, "oc_id=", "new"},
		{"a cookie that is too long", []string{browser, `Cookie: oc_id=` + strings.Repeat("x", 129)}, "", nil, "oc_id=", "new"},
		{"another name", []string{browser, "Cookie: me=known"}, "", map[string]string{"COOKIE_NAME": "me"}, "", "known"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, c.environment)
			answer := u.send(t, http.MethodPost, eventsPath+c.target, "{}", c.headers...)
			set, id := answer.Header().Get("Set-Cookie"), u.kafka.records[0].headers["cookie_id"]
			if (c.wantSet == "") != (set == "") || !strings.HasPrefix(set, c.wantSet) {
				t.Errorf("Set-Cookie %q, want %q", set, c.wantSet)
			}
			if c.wantID == "new" {
				if id == "" || !strings.HasPrefix(set, "oc_id="+id+";") {
					t.Errorf("cookie_id %q is not the one of %q", id, set)
				}
			} else if id != c.wantID {
				t.Errorf("cookie_id %q, want %q", id, c.wantID)
			}
		})
	}
}

func TestTheCookieHasTheAttributesOfItsConfiguration(t *testing.T) {
	u := newUnderTest(t, map[string]string{"COOKIE_SAME_SITE": "None", "COOKIE_DOMAIN": "example.com", "COOKIE_MAX_AGE_SECONDS": "60"})
	set := u.post(t, "{}", "Origin: https://www.example.com").Header().Get("Set-Cookie")
	if !strings.HasSuffix(set, "; Path=/; Domain=example.com; Max-Age=60; HttpOnly; Secure; SameSite=None") {
		t.Errorf("Set-Cookie %q", set)
	}
}

func TestOnlyAllowedOriginsReadAnswers(t *testing.T) {
	const below = "https://*.shop.example"
	cases := []struct{ name, origins, origin, wantOrigin, wantCredentials, wantVary string }{
		{"no origins", "", "https://a.example", "", "", ""},
		{"every origin, without credentials", "*", "https://a.example", "*", "", ""},
		{"an allowed origin", "https://a.example,https://b.example", "https://b.example", "https://b.example", "true", "Origin"},
		{"another origin", "https://a.example", "https://b.example", "", "", "Origin"},
		{"a suffix of an allowed origin", "https://a.example", "https://a.example.org", "", "", "Origin"},
		{"no origin", "https://a.example", "", "", "", "Origin"},
		{"below an allowed domain", below, "https://www.shop.example", "https://www.shop.example", "true", "Origin"},
		{"far below an allowed domain", below, "https://a.b.shop.example", "https://a.b.shop.example", "true", "Origin"},
		{"the domain itself, which is not below itself", below, "https://shop.example", "", "", "Origin"},
		{"a domain that only ends like it", below, "https://my-shop.example", "", "", "Origin"},
		{"another scheme", below, "http://www.shop.example", "", "", "Origin"},
		{"another port", below, "https://www.shop.example:8443", "", "", "Origin"},
		{"a port of its own", below + ":8443", "https://www.shop.example:8443", "https://www.shop.example:8443", "true", "Origin"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, map[string]string{"CORS_ORIGINS": c.origins})
			for _, method := range []string{http.MethodPost, http.MethodOptions} {
				answer := u.send(t, method, eventsPath, "{}", "Origin: "+c.origin)
				got := [3]string{
					answer.Header().Get("Access-Control-Allow-Origin"), answer.Header().Get("Access-Control-Allow-Credentials"),
					strings.TrimSuffix(answer.Header().Get("Vary"), ", Access-Control-Request-Headers"),
				}
				want := [3]string{c.wantOrigin, c.wantCredentials, c.wantVary}
				if method == http.MethodOptions && c.wantOrigin == "*" {
					want[2] = "Origin"
				}
				if got != want {
					t.Errorf("%s: headers %q, want %q", method, got, want)
				}
				allows := answer.Header().Get("Access-Control-Allow-Methods") != ""
				if isPreflight := method == http.MethodOptions; allows != (isPreflight && c.wantOrigin != "") {
					t.Errorf("%s: Access-Control-Allow-Methods is %v", method, allows)
				}
			}
		})
	}
}

func TestScriptsOfAllowedOriginsMaySendTheHeadersTheyAskFor(t *testing.T) {
	const always = "Content-Type, Content-Encoding"
	cases := []struct{ name, origins, asked, want string }{
		{"none", "https://a.example", "", always},
		{"those that are always allowed", "https://a.example", "content-type,content-encoding", always},
		{"those of a tool that watches the page", "https://a.example", "content-type, newrelic,traceparent, x-b3-traceid", always + ", Newrelic, Traceparent, X-B3-Traceid"},
		{"for every origin", "*", "sentry-trace,baggage", always + ", Sentry-Trace, Baggage"},
		{"another origin", "https://b.example", "traceparent", ""},
		{"those that say the client's address", "https://a.example", "x-forwarded-for,forwarded,cf-connecting-ip,x-a", always + ", X-A"},
		{"what is no name of a header", "https://a.example", "x-a, <b>, , *c d", always + ", X-A"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, map[string]string{"CORS_ORIGINS": c.origins, "CLIENT_ADDRESS_HEADER": "CF-Connecting-IP"})
			answer := u.send(t, http.MethodOptions, eventsPath, "", "Origin: https://a.example", "Access-Control-Request-Method: POST",
				"Access-Control-Request-Headers: "+c.asked)
			if got := answer.Header().Get("Access-Control-Allow-Headers"); got != c.want {
				t.Errorf("allowed %q, want %q", got, c.want)
			}
			if vary := answer.Header().Get("Vary"); c.want != "" && vary != "Origin, Access-Control-Request-Headers" {
				t.Errorf("Vary %q", vary)
			}
		})
	}
}

func TestScriptsReadEveryAnswer(t *testing.T) {
	limits := map[string]string{"CORS_ORIGINS": "https://a.example", "MAX_EVENT_BYTES": "1000", "MAX_REQUEST_BYTES": "2000"}
	cases := []struct {
		name, method, path, body, problem string
		status                            int
	}{
		{"stored", http.MethodPost, eventsPath, "{}", "", 200},
		{"a path that is wrong", http.MethodPost, "/v1/event", "{}", "", 404},
		{"a method that is wrong", http.MethodGet, eventsPath, "", "", 405},
		{"an empty body", http.MethodPost, eventsPath, "", "", 400},
		{"not JSON, which is kept", http.MethodPost, eventsPath, "{", "", 200},
		{"Kafka away", http.MethodPost, eventsPath, "{}", "Kafka is away", 503},
		{"Kafka away from a pixel", http.MethodGet, pixelPath, "", "Kafka is away", 503},
		{"a pixel", http.MethodGet, pixelPath, "", "", 200},
		{"health", http.MethodGet, "/healthz", "", "", 200},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, limits)
			u.readiness.problem = c.problem
			answer := u.send(t, c.method, c.path, c.body, "Origin: https://a.example")
			if answer.Code != c.status {
				t.Errorf("answer %d, want %d", answer.Code, c.status)
			}
			if got := answer.Header().Get("Access-Control-Allow-Origin"); got != "https://a.example" {
				t.Errorf("the answer is for the origin %q", got)
			}
			if got := answer.Header().Get("Access-Control-Expose-Headers"); got != "Retry-After" {
				t.Errorf("scripts may read the headers %q", got)
			}
		})
	}
}

func TestAScriptLearnsThatItsPathIsWrong(t *testing.T) {
	u := newUnderTest(t, map[string]string{"CORS_ORIGINS": "*"})
	answer := u.send(t, http.MethodOptions, "/events", "", "Origin: https://a.example", "Access-Control-Request-Method: POST")
	if methods := answer.Header().Get("Access-Control-Allow-Methods"); answer.Code != 204 || methods != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("a browser that asks is answered %d, methods %q", answer.Code, methods)
	}
}

func TestAnEventOfAnotherOriginIsTakenAllTheSame(t *testing.T) {
	u := newUnderTest(t, map[string]string{"CORS_ORIGINS": "https://a.example"})
	if answer := u.post(t, "{}", "Origin: https://b.example"); answer.Code != 200 || len(u.kafka.records) != 1 {
		t.Errorf("answer %d, %d records", answer.Code, len(u.kafka.records))
	}
}

func TestThePixelStoresItsEventAndIsAPicture(t *testing.T) {
	u := newUnderTest(t, nil)
	answer := u.send(t, http.MethodGet, pixelPath+"?e=click", "")
	if answer.Code != 200 || answer.Header().Get("Content-Type") != "image/gif" || answer.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("answer %d %v", answer.Code, answer.Header())
	}
	if body := answer.Body.String(); !strings.HasPrefix(body, "GIF89a") || len(body) != 43 {
		t.Errorf("picture %q", body)
	}
	if record := u.kafka.records[0]; record.value != `{"event_type":"click"}` || record.headers["source"] != "pixel" {
		t.Errorf("stored %s of %q", record.value, record.headers["source"])
	}
}

func TestThePixelAnswersHEADLikeGET(t *testing.T) {
	u := newUnderTest(t, nil)
	got, head := u.send(t, http.MethodGet, pixelPath, ""), u.send(t, http.MethodHead, pixelPath, "")
	for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control"} {
		if head.Header().Get(name) != got.Header().Get(name) {
			t.Errorf("%s %q, for GET %q", name, head.Header().Get(name), got.Header().Get(name))
		}
	}
	if head.Code != got.Code || len(u.kafka.records) != 2 {
		t.Errorf("answer %d and %d records", head.Code, len(u.kafka.records))
	}
}

func TestThePixelGivesAnID(t *testing.T) {
	u := newUnderTest(t, nil)
	answer := u.send(t, http.MethodGet, pixelPath, "")
	if set := answer.Header().Get("Set-Cookie"); !strings.HasPrefix(set, "oc_id=") || u.kafka.records[0].headers["cookie_id"] != "" {
		t.Errorf("Set-Cookie %q, stored %v", set, u.kafka.records[0].headers)
	}
	if answer = u.send(t, http.MethodGet, pixelPath+"?cookie=off", ""); answer.Header().Get("Set-Cookie") != "" {
		t.Error("an id was given though the page asked for none")
	}
}

// A browser that never keeps the cookie must not become a new visitor with each event.
func TestABrowserThatTakesNoCookieIsOneVisitor(t *testing.T) {
	u := newUnderTest(t, map[string]string{"CORS_ORIGINS": "*"})
	for range 2 {
		u.post(t, "{}", "Origin: https://other.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors")
	}
	for _, record := range u.kafka.records {
		if record.headers["cookie_id"] != "" || record.key != "203.0.113.9" {
			t.Errorf("stored %+v", record)
		}
	}
}
