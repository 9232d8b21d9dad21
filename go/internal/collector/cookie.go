package collector

import (
	"net/http"
	"strings"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/header"
	"github.com/open-clickstream/open-clickstream/go/internal/uid"
)

// longestCookieID bounds what a request can claim as its anonymous id.
const longestCookieID = 128

// identity is what the cookie has to do with one request.
type identity struct {
	// id is the anonymous id that is recorded; empty when the browser has none, does not want one or may not keep it.
	id string
	// setCookie is a Set-Cookie header to answer with; empty for none.
	setCookie string
}

// identify reads the anonymous id of a request and gives a browser that has none a new one. A request that asks not to
// be recognised (DNT: 1, Sec-GPC: 1 or ?cookie=off) is not, and a cookie that it carries is taken away.
func (c *Cookie) identify(request *http.Request, isFromBrowser bool, now time.Time) identity {
	if !c.Enabled {
		return identity{}
	}
	carried := c.carriedID(request)
	switch {
	case isOptedOut(request) && carried != "":
		return identity{setCookie: c.format("", -1)}
	case isOptedOut(request):
		return identity{}
	case carried != "" || !isFromBrowser:
		return identity{id: carried}
	}
	given := uid.V7(now)
	who := identity{setCookie: c.format(given, int(c.MaxAge/time.Second))}
	if keepsCookies(request.Header) {
		who.id = given
	}
	return who
}

// keepsCookies reports whether the browser will bring back the id that it is given now. An id that never comes back would
// make a new visitor of each event, so every other browser's id counts from the first request that carries it. Browsers
// say where a page is from only to servers that they reach securely, as the cookie asks. Scripts and beacons of the same
// site are left out, since nothing tells those that take cookies from those that take none.
func keepsCookies(sent http.Header) bool {
	switch header.First(sent, "Sec-Fetch-Site") {
	case "same-origin":
		return true
	case "same-site":
		return header.First(sent, "Sec-Fetch-Dest") == "image" && header.First(sent, "Sec-Fetch-Mode") == "no-cors"
	default:
		return false
	}
}

func isOptedOut(request *http.Request) bool {
	if header.First(request.Header, "Dnt") == "1" || header.First(request.Header, "Sec-Gpc") == "1" {
		return true
	}
	query := request.URL.RawQuery
	return strings.Contains(query, "cookie=off") && request.URL.Query().Get("cookie") == "off"
}

func (c *Cookie) carriedID(request *http.Request) string {
	if len(request.Header["Cookie"]) == 0 {
		return ""
	}
	for _, cookie := range request.CookiesNamed(c.Name) {
		if isCookieID(cookie.Value) {
			return cookie.Value
		}
	}
	return ""
}

func isCookieID(value string) bool {
	if value == "" || len(value) > longestCookieID {
		return false
	}
	return !strings.ContainsFunc(value, func(r rune) bool { return !isTokenRune(r) && r != ':' && r != '=' && r != '/' })
}

func (c *Cookie) format(value string, maxAgeSeconds int) string {
	cookie := http.Cookie{
		Name: c.Name, Value: value, Path: "/", Domain: c.Domain, MaxAge: maxAgeSeconds,
		Secure: true, HttpOnly: true, SameSite: c.SameSite,
	}
	return cookie.String()
}
