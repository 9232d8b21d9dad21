package pixel

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// valueOf returns a parameter's value as its member has it: a whole number of a timestamp that is one, and text of
// everything else. It is not readable when the stream job would refuse the event for it; an empty one says nothing.
func valueOf(member, value string) (readable any, isReadable bool) {
	switch member {
	case contract.MemberTimestamp:
		if number, err := strconv.ParseInt(value, 10, 64); err == nil {
			return number, isTime(value)
		}
		return value, isTime(value)
	case contract.MemberEventID, contract.MemberEventType:
		return value, value != "" && len(utf16.Encode([]rune(value))) <= contract.IDCharacters
	default:
		return value, value != ""
	}
}

// numberForm is a number of which seconds, milliseconds, microseconds or nanoseconds since 1970 the stream job makes a
// time: at least 10^8 and less than 10^20.
var numberForm = regexp.MustCompile(`^\+?0*[1-9]\d{8,19}(\.\d+)?$`)

// timeForm is RFC 3339, with a space in place of the T, without seconds and with an offset without a colon as well.
var timeForm = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:[Zz]|([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)$`)

// isTime reports whether the stream job reads the text as a time; contracts/vectors/time-forms.json has cases.
func isTime(text string) bool {
	if numberForm.MatchString(text) {
		return true
	}
	parts := timeForm.FindStringSubmatch(text)
	if parts == nil {
		return false
	}
	orElse := func(part, otherwise string) string {
		if part == "" {
			return otherwise
		}
		return part
	}
	second := orElse(parts[3], "00")
	if second == "60" { // a leap second counts as the one before
		second = "59"
	}
	instant, err := time.Parse(time.RFC3339, parts[1]+"T"+parts[2]+":"+second+orElse(parts[4], "+00")+":"+orElse(parts[5], "00"))
	return err == nil && instant.UTC().Year() >= 1 && instant.UTC().Year() <= 9999
}

// unescape decodes a part of a query and leaves as it was sent what is no text once decoded: a "%" that begins nothing,
// and bytes that are not UTF-8, as pages in older encodings send them.
func unescape(escaped string) string {
	if !strings.ContainsAny(escaped, "%+") && utf8.ValidString(escaped) {
		return escaped
	}
	bytes := make([]byte, 0, len(escaped))
	// sent holds where in the query each of the bytes begins, and where the last one ends.
	sent := make([]int, 0, len(escaped)+1)
	for at := 0; at < len(escaped); {
		sent = append(sent, at)
		code, err := uint64(0), strconv.ErrSyntax
		if escaped[at] == '%' && at+3 <= len(escaped) {
			code, err = strconv.ParseUint(escaped[at+1:at+3], 16, 8)
		}
		switch {
		case err == nil:
			bytes = append(bytes, byte(code))
			at += 3
		case escaped[at] == '+':
			bytes = append(bytes, ' ')
			at++
		default:
			bytes = append(bytes, escaped[at])
			at++
		}
	}
	sent = append(sent, len(escaped))
	return textOf(bytes, func(i int) string { return escaped[sent[i]:sent[i+1]] })
}

// textOf returns bytes as text; those that are none become what sent returns for them.
func textOf(bytes []byte, sent func(i int) string) string {
	var text strings.Builder
	for at := 0; at < len(bytes); {
		r, size := utf8.DecodeRune(bytes[at:])
		switch as := sent(at); {
		case r != utf8.RuneError || size > 1:
			text.WriteRune(r)
		case len(as) == 1: // a byte that was not even escaped
			text.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(bytes[at]), 16)))
		default:
			text.WriteString(as)
		}
		at += size
	}
	return text.String()
}
