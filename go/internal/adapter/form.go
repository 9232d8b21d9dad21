package adapter

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
)

// Form returns the values of the fields of a form (application/x-www-form-urlencoded) that have the given name, unpacked
// like a body. A value that is no JSON may hold it in base64, as scripts send what they have packed. Without such a field
// there are none, nor in JSON that is only called a form, as curl -d does.
func (in *Ingestion) Form(form []byte, name string) ([][]byte, *Refusal) {
	if isLikeJSON(form) {
		return nil, nil
	}
	var values [][]byte
	for field := range bytes.SplitSeq(bytes.TrimSpace(form), []byte("&")) {
		fieldName, escaped, _ := bytes.Cut(field, []byte("="))
		if string(fieldName) != name {
			continue
		}
		// Once for the text, once for its bytes or what they are in base64.
		if !in.held.Grow(2 * int64(len(escaped))) {
			return nil, overloaded()
		}
		value, refused := in.unpackIfPacked(formValue(string(escaped)), "")
		if refused != nil {
			return nil, refused
		}
		values = append(values, value)
	}
	return values, nil
}

// formValue decodes a value of a form; what cannot be decoded stays as it is.
func formValue(escaped string) []byte {
	text, err := url.QueryUnescape(escaped)
	if err != nil {
		text = escaped
	}
	if isLikeJSON([]byte(text)) {
		return []byte(text)
	}
	// A plus that was not escaped has become a space.
	packed := strings.NewReplacer(" ", "+", "-", "+", "_", "/").Replace(strings.TrimRight(strings.TrimSpace(text), "="))
	if plain, err := base64.RawStdEncoding.DecodeString(packed); err == nil {
		return plain
	}
	return []byte(text)
}

// isLikeJSON reports whether text begins as events do, which neither names of fields nor base64 do.
func isLikeJSON(text []byte) bool {
	start := bytes.TrimSpace(jsonscan.TrimByteOrderMark(text))
	return len(start) > 0 && bytes.IndexByte([]byte(`{["`), start[0]) >= 0
}
