// Package jsonscan finds the events in a request body without decoding them: it checks that the bytes are JSON
// (exactly what encoding/json.Valid accepts, up to a nesting limit) and returns each event as a slice of the body.
package jsonscan

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// MaxDepth is how deep values may nest. Jackson, which reads the events in the stream job, stops at 1000.
const MaxDepth = 1000

// SyntaxError says where a text stops being JSON.
type SyntaxError struct {
	// Offset is the position of the offending byte in the scanned text, from 0.
	Offset int
	// Problem says what is wrong there, in a few words.
	Problem string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at byte %d", e.Problem, e.Offset)
}

// MostFields is how many members a scan can find. Each makes every Element of a Splitter larger.
const MostFields = 4

// Fields are the names of the members that a scan finds.
type Fields struct {
	names []string
	// lengths has bit n set when a name of n bytes is among them: most members of an event are passed by for their
	// length.
	lengths uint64
}

// Find returns the fields of the given names, at most MostFields of at most 63 bytes each. It panics when there are more,
// or longer ones.
func Find(names ...string) *Fields {
	fields := &Fields{names: names}
	for _, name := range names {
		if len(names) > MostFields || len(name) > 63 {
			panic(fmt.Sprintf("jsonscan: %q are more than %d names, or longer than 63 bytes", names, MostFields))
		}
		fields.lengths |= 1 << len(name)
	}
	return fields
}

// Members are the top-level string members of an object that were looked for, in the order of the names given to Find:
// the bytes between the quotes, still escaped; nil where the member is missing or not a string. The last of several
// wins, as in Jackson.
type Members [MostFields][]byte

func (f *Fields) set(into *Members, key, value []byte) {
	if f.lengths>>uint(len(key))&1 == 0 {
		return
	}
	for i, name := range f.names {
		if string(key) == name {
			into[i] = value
		}
	}
}

// Unescape returns the text of a JSON string without its quotes, so that one text written in two ways is the same.
func Unescape(escaped []byte) []byte {
	if bytes.IndexByte(escaped, '\\') < 0 {
		return escaped
	}
	var text string
	if json.Unmarshal(fmt.Appendf(nil, `"%s"`, escaped), &text) != nil {
		return escaped
	}
	return []byte(text)
}

// scanner walks over one text. Its methods take the position to read at and return the position after what they read.
type scanner struct {
	text []byte
	// lastEscape is where the last escape in a string was: a name with one must be read before it is compared.
	lastEscape int
	// members receives the fields that are string members of the outermost object; without fields nobody asks.
	fields  *Fields
	members *Members
}

// Value checks the one JSON value that starts at or after from and returns the positions where it starts and ends.
// Bytes after the value are not looked at. When fields is not nil, members is filled from the value if that is an object.
func Value(text []byte, from int, fields *Fields, members *Members) (start, end int, err error) {
	s := scanner{text: text, fields: fields, members: members}
	start = s.skipSpace(from)
	end, err = s.value(start, 0)
	return start, end, err
}

func (s *scanner) fail(at int, problem string) (int, error) {
	if at >= len(s.text) {
		return at, &SyntaxError{Offset: at, Problem: "unexpected end"}
	}
	return at, &SyntaxError{Offset: at, Problem: problem}
}

func (s *scanner) skipSpace(at int) int {
	for at < len(s.text) && isSpace(s.text[at]) {
		at++
	}
	return at
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (s *scanner) value(at, depth int) (int, error) {
	if at >= len(s.text) {
		return s.fail(at, "")
	}
	switch s.text[at] {
	case '{':
		return s.object(at, depth)
	case '[':
		return s.array(at, depth)
	case '"':
		return s.str(at)
	case 't':
		return s.literal(at, "true")
	case 'f':
		return s.literal(at, "false")
	case 'n':
		return s.literal(at, "null")
	default:
		return s.number(at)
	}
}

func (s *scanner) object(at, depth int) (int, error) {
	if depth >= MaxDepth {
		return s.fail(at, "nested too deeply")
	}
	at = s.skipSpace(at + 1)
	if at < len(s.text) && s.text[at] == '}' {
		return at + 1, nil
	}
	for {
		next, err := s.member(at, depth)
		if err != nil {
			return next, err
		}
		at = s.skipSpace(next)
		if at >= len(s.text) || (s.text[at] != ',' && s.text[at] != '}') {
			return s.fail(at, "expected ',' or '}' after a member")
		}
		if s.text[at] == '}' {
			return at + 1, nil
		}
		at = s.skipSpace(at + 1)
	}
}

func (s *scanner) member(at, depth int) (int, error) {
	if at >= len(s.text) || s.text[at] != '"' {
		return s.fail(at, "expected a member name in quotes")
	}
	keyEnd, err := s.str(at)
	if err != nil {
		return keyEnd, err
	}
	colon := s.skipSpace(keyEnd)
	if colon >= len(s.text) || s.text[colon] != ':' {
		return s.fail(colon, "expected ':' after a member name")
	}
	hasEscape := s.lastEscape > at
	valueStart := s.skipSpace(colon + 1)
	valueEnd, err := s.value(valueStart, depth+1)
	if err == nil && depth == 0 && s.fields != nil && s.text[valueStart] == '"' {
		name, value := s.text[at+1:keyEnd-1], s.text[valueStart+1:valueEnd-1]
		if hasEscape {
			name = Unescape(name)
		}
		s.fields.set(s.members, name, value)
	}
	return valueEnd, err
}

func (s *scanner) array(at, depth int) (int, error) {
	if depth >= MaxDepth {
		return s.fail(at, "nested too deeply")
	}
	at = s.skipSpace(at + 1)
	if at < len(s.text) && s.text[at] == ']' {
		return at + 1, nil
	}
	for {
		next, err := s.value(at, depth+1)
		if err != nil {
			return next, err
		}
		at = s.skipSpace(next)
		if at >= len(s.text) || (s.text[at] != ',' && s.text[at] != ']') {
			return s.fail(at, "expected ',' or ']' after an element")
		}
		if s.text[at] == ']' {
			return at + 1, nil
		}
		at = s.skipSpace(at + 1)
	}
}

func (s *scanner) literal(at int, word string) (int, error) {
	for i := range len(word) {
		if at+i >= len(s.text) || s.text[at+i] != word[i] {
			return s.fail(at+i, "expected the word "+word)
		}
	}
	return at + len(word), nil
}

// plain marks the bytes that a string may hold as they are: all but the quote, the backslash and control characters.
var plain = func() (table [256]bool) {
	for c := 0x20; c < 256; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

func (s *scanner) str(at int) (int, error) {
	at++
	for at < len(s.text) {
		c := s.text[at]
		switch {
		case plain[c]:
			at++
		case c == '"':
			return at + 1, nil
		case c == '\\':
			next, err := s.escape(at)
			if err != nil {
				return next, err
			}
			at = next
		default:
			return s.fail(at, "control character in a string")
		}
	}
	return s.fail(at, "")
}

func (s *scanner) escape(at int) (int, error) {
	s.lastEscape = at
	if at+1 >= len(s.text) {
		return s.fail(at+1, "")
	}
	switch s.text[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 2, nil
	case 'u':
		for i := at + 2; i < at+6; i++ {
			if i >= len(s.text) || !isHex(s.text[i]) {
				return s.fail(i, "expected four hexadecimal digits after \\u")
			}
		}
		return at + 6, nil
	default:
		return s.fail(at+1, "unknown escape in a string")
	}
}

func isHex(c byte) bool {
	return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')
}

func (s *scanner) number(at int) (int, error) {
	if s.text[at] == '-' {
		at++
	}
	if at >= len(s.text) || !isDigit(s.text[at]) {
		return s.fail(at, "unexpected character")
	}
	if s.text[at] == '0' {
		at++
	} else {
		at = s.skipDigits(at)
	}
	if at < len(s.text) && s.text[at] == '.' {
		if at++; at >= len(s.text) || !isDigit(s.text[at]) {
			return s.fail(at, "expected a digit after the decimal point")
		}
		at = s.skipDigits(at)
	}
	return s.exponent(at)
}

func (s *scanner) exponent(at int) (int, error) {
	if at >= len(s.text) || (s.text[at] != 'e' && s.text[at] != 'E') {
		return at, nil
	}
	at++
	if at < len(s.text) && (s.text[at] == '+' || s.text[at] == '-') {
		at++
	}
	if at >= len(s.text) || !isDigit(s.text[at]) {
		return s.fail(at, "expected a digit in the exponent")
	}
	return s.skipDigits(at), nil
}

func (s *scanner) skipDigits(at int) int {
	for at < len(s.text) && isDigit(s.text[at]) {
		at++
	}
	return at
}
