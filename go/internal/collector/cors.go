package collector

import (
	"net/http"
	"slices"
	"strings"
)

// CORS says which origins may read the answers. It never refuses an event: a browser sends the simple ones without
// asking, and whether the page may read the answer is for the browser to enforce.
type CORS struct {
	origins   []string
	isForEach bool
	// withheld are the canonical names of the headers that no script may send.
	withheld []string
}

// NewCORS allows the given origins, with credentials, or every origin, without, when they are the single entry "*".
// "https://*.example.com" is all origins below example.com.
//
// Scripts of an allowed origin may send every header that their browser asks for: nothing here is granted to a header,
// and tools that watch a page add theirs to all of its requests. Left out are those in which proxies say the client's
// address, addressHeader among them, which the collector believes.
func NewCORS(origins []string, addressHeader string) CORS {
	return CORS{
		origins: origins, isForEach: slices.Contains(origins, "*"),
		withheld: []string{forwardedForHeader, forwardedHeader, addressHeader},
	}
}

const preflightMaxAgeSeconds = "3600"

// Values of headers that all answers share; net/http only reads them.
var (
	everyOrigin   = []string{"*"}
	varyOrigin    = []string{"Origin"}
	varyPreflight = []string{"Origin, Access-Control-Request-Headers"}
	isTrue        = []string{"true"}
	exposed       = []string{"Retry-After"}
)

// allow adds the headers that let the asking origin read the answer, whatever that will be: a script that may not read
// why an answer is bad, or when to come again, sees a broken network.
func (c *CORS) allow(answer http.Header, origin string) {
	switch {
	case len(c.origins) == 0:
		return
	case c.isForEach:
		answer["Access-Control-Allow-Origin"] = everyOrigin
	default:
		answer["Vary"] = varyOrigin
		if origin == "" || !slices.ContainsFunc(c.origins, func(allowed string) bool { return isOriginOf(allowed, origin) }) {
			return
		}
		answer["Access-Control-Allow-Origin"] = []string{origin}
		answer["Access-Control-Allow-Credentials"] = isTrue
	}
	answer["Access-Control-Expose-Headers"] = exposed
}

// isOriginOf reports whether origin is allowed itself, or below the domain of "https://*.example.com".
func isOriginOf(allowed, origin string) bool {
	scheme, domain, isWildcard := strings.Cut(allowed, "*")
	if !isWildcard {
		return origin == allowed
	}
	return len(origin) > len(scheme)+len(domain) && strings.HasPrefix(origin, scheme) && strings.HasSuffix(origin, domain)
}

func isPreflight(request *http.Request) bool {
	return request.Method == http.MethodOptions && len(request.Header["Access-Control-Request-Method"]) > 0
}

// preflight answers a browser that asks before it sends with one of the methods. It comes after allow.
func (c *CORS) preflight(writer http.ResponseWriter, request *http.Request, methods string) int {
	answer := writer.Header()
	if len(answer["Access-Control-Allow-Origin"]) > 0 {
		answer.Set("Access-Control-Allow-Methods", methods)
		answer.Set("Access-Control-Allow-Headers", c.allowedHeaders(request.Header["Access-Control-Request-Headers"]))
		answer.Set("Access-Control-Max-Age", preflightMaxAgeSeconds)
		answer["Vary"] = varyPreflight
	}
	writer.WriteHeader(http.StatusNoContent)
	return http.StatusNoContent
}

// allowedHeaders returns those of the headers that a browser asks for which its script may send.
func (c *CORS) allowedHeaders(asked []string) string {
	allowed := []string{"Content-Type", "Content-Encoding"}
	for name := range strings.SplitSeq(strings.Join(asked, ","), ",") {
		name = http.CanonicalHeaderKey(strings.TrimSpace(name))
		isName := name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !isTokenRune(r) })
		if isName && !slices.Contains(c.withheld, name) && !slices.Contains(allowed, name) {
			allowed = append(allowed, name)
		}
	}
	return strings.Join(allowed, ", ")
}
