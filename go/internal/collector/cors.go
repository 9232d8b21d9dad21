package collector

import (
	"net/http"
	"slices"

	"github.com/open-clickstream/open-clickstream/go/internal/header"
)

// CORS says which origins may read the answers. It never refuses an event: a browser sends the simple ones without
// asking, and whether the page may read the answer is for the browser to enforce.
type CORS struct {
	origins   []string
	isForEach bool
}

// NewCORS allows the given origins, with credentials, or every origin, without, when they are the single entry "*".
func NewCORS(origins []string) CORS {
	return CORS{origins: origins, isForEach: slices.Contains(origins, "*")}
}

const preflightMaxAgeSeconds = "3600"

// allow adds the headers that let the asking origin read the answer and reports whether it may.
func (c *CORS) allow(answer http.Header, origin string) bool {
	switch {
	case len(c.origins) == 0:
		return false
	case c.isForEach:
		answer["Access-Control-Allow-Origin"] = []string{"*"}
		return true
	}
	answer["Vary"] = []string{"Origin"}
	if origin == "" || !slices.Contains(c.origins, origin) {
		return false
	}
	answer["Access-Control-Allow-Origin"] = []string{origin}
	answer["Access-Control-Allow-Credentials"] = []string{"true"}
	return true
}

// preflight answers a browser that asks before it sends with one of the methods.
func (c *CORS) preflight(writer http.ResponseWriter, request *http.Request, methods string) {
	answer := writer.Header()
	if c.allow(answer, header.First(request.Header, "Origin")) {
		answer.Set("Access-Control-Allow-Methods", methods)
		answer.Set("Access-Control-Allow-Headers", "Content-Type, Content-Encoding")
		answer.Set("Access-Control-Max-Age", preflightMaxAgeSeconds)
	}
	writer.WriteHeader(http.StatusNoContent)
}
