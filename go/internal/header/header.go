// Package header reads the headers of requests.
package header

import "net/http"

// First returns the first value of a header, given by its canonical name, without the work that http.Header.Get does.
func First(header http.Header, canonicalName string) string {
	if values := header[canonicalName]; len(values) > 0 {
		return values[0]
	}
	return ""
}
