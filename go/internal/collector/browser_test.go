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
	cases := []struct{ name, origins, origin, wantOrigin, wantCredentials, wantVary string }{
		{"no origins", "", "https://a.example", "", "", ""},
		{"every origin, without credentials", "*", "https://a.example", "*", "", ""},
		{"an allowed origin", "https://a.example,https://b.example", "https://b.example", "https://b.example", "true", "Origin"},
		{"another origin", "https://a.example", "https://b.example", "", "", "Origin"},
		{"a suffix of an allowed origin", "https://a.example", "https://a.example.org", "", "", "Origin"},
		{"no origin", "https://a.example", "", "", "", "Origin"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, map[string]string{"CORS_ORIGINS": c.origins})
			for _, method := range []string{http.MethodPost, http.MethodOptions} {
				answer := u.send(t, method, eventsPath, "{}", "Origin: "+c.origin)
				got := [3]string{
					answer.Header().Get("Access-Control-Allow-Origin"), answer.Header().Get("Access-Control-Allow-Credentials"),
					answer.Header().Get("Vary"),
				}
				if want := [3]string{c.wantOrigin, c.wantCredentials, c.wantVary}; got != want {
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
