package collector

import "net/http"

const retryAfterSeconds = "2"

// Values of headers that all answers share; net/http only reads them.
var (
	jsonContent = []string{"application/json"}
	noStore     = []string{"no-store"}
	retryAfter  = []string{retryAfterSeconds}
	closed      = []string{"close"}
)

// prepare adds the headers that the answers of all protocols share, and settles the status. A browser whose events are
// kept gets 200: its scripts would send again and again what they cannot correct.
func (o *outcome) prepare(headers http.Header, isFromBrowser bool) {
	if o.setCookie != "" {
		headers["Set-Cookie"] = []string{o.setCookie}
	}
	if o.closes {
		headers["Connection"] = closed
	}
	if o.Status == http.StatusServiceUnavailable {
		headers["Retry-After"] = retryAfter
	}
	if isFromBrowser && o.IsKept() {
		o.Status = http.StatusOK
	}
}
