package jsonscan

import (
	"bytes"
	"errors"
)

// Layout says how a body holds its events.
type Layout int

const (
	// Detect takes one value, an array of events, or one value a line, whichever the body is.
	Detect Layout = iota
	// Lines takes one value a line (NDJSON), and a bad line spoils only itself.
	Lines
)

// Element is one event of a body: a slice of the body, unchanged, without the white space around it.
type Element struct {
	Value   []byte
	Members Members
	// Err is set in Lines layout, and by One, when this line or text is not JSON; Value is then all of it.
	Err error
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// TooManyError says that a body holds more events than Splitter.Most.
type TooManyError struct {
	// Rest is what comes after them, of a body that can be read to its end.
	Rest []byte
}

func (*TooManyError) Error() string { return "too many events in one body" }

// Splitter finds the events of bodies.
type Splitter struct {
	Layout Layout
	// Most is how many events a body may hold.
	Most int
	// Fields are found in each event; nil for none.
	Fields *Fields
}

// Split appends the events of body to into and returns it. An error means that the body as a whole cannot be read;
// nothing is appended then. Only a TooManyError comes with the events before the limit. An empty array and a body of blank
// lines hold no events and are no error.
func (p Splitter) Split(body []byte, into []Element) ([]Element, error) {
	kept := len(into)
	elements, err := p.split(TrimByteOrderMark(body), into)
	var tooMany *TooManyError
	if err != nil && !errors.As(err, &tooMany) {
		return elements[:kept], err
	}
	return elements, err
}

// TrimByteOrderMark returns text without the mark that some editors begin UTF-8 with.
func TrimByteOrderMark(text []byte) []byte { return bytes.TrimPrefix(text, byteOrderMark) }

func (p Splitter) split(body []byte, into []Element) ([]Element, error) {
	if p.Layout == Lines {
		return p.splitLines(body, into)
	}
	s := scanner{text: body}
	at := s.skipSpace(0)
	if at < len(body) && body[at] == '[' {
		return p.splitArray(body, at, into)
	}
	into, first := grow(into)
	start, end, err := Value(body, at, p.Fields, &first.Members)
	if err != nil {
		return into, err
	}
	first.Value = body[start:end]
	rest := s.skipSpace(end)
	if rest == len(body) {
		return into, nil
	}
	if bytes.IndexByte(body[end:rest], '\n') < 0 {
		return into, &SyntaxError{Offset: rest, Problem: "unexpected text after the value"}
	}
	return p.splitLines(body[rest:], into)
}

func (p Splitter) splitLines(body []byte, into []Element) ([]Element, error) {
	for len(body) > 0 {
		line, rest := body, body
		if newline := bytes.IndexByte(body, '\n'); newline >= 0 {
			line, body = body[:newline], body[newline+1:]
		} else {
			body = nil
		}
		// Files that were put together have a mark where each of them began.
		if line = bytes.Trim(TrimByteOrderMark(line), " \t\r"); len(line) == 0 {
			continue
		}
		if len(into) >= p.Most {
			return into, &TooManyError{Rest: rest}
		}
		var element *Element
		into, element = grow(into)
		element.read(line, p.Fields)
	}
	return into, nil
}

// grow appends an empty element and returns it in its place, which costs no memory of its own.
func grow(into []Element) ([]Element, *Element) {
	into = append(into, Element{})
	return into, &into[len(into)-1]
}

// One returns a text that should be one JSON value as an element; Err says why it is none. White space around it counts as
// part of it.
func One(text []byte, fields *Fields) Element {
	element := Element{}
	element.read(text, fields)
	return element
}

func (e *Element) read(text []byte, fields *Fields) {
	e.Value = text
	_, end, err := Value(text, 0, fields, &e.Members)
	if err == nil && end < len(text) {
		err = &SyntaxError{Offset: end, Problem: "unexpected text after the value"}
	}
	e.Err = err
}

// splitArray checks the whole body before the caller may use any element: a cut-off array is one unreadable body, so
// that sending it again does not store its first half twice under new ids.
func (p Splitter) splitArray(body []byte, open int, into []Element) ([]Element, error) {
	s := scanner{text: body}
	at := s.skipSpace(open + 1)
	closed := at < len(body) && body[at] == ']'
	var tooMany *TooManyError
	for !closed {
		end := at
		var err error
		if len(into) < p.Most {
			var element *Element
			into, element = grow(into)
			var start int
			start, end, err = Value(body, at, p.Fields, &element.Members)
			element.Value = body[start:end]
		} else {
			if tooMany == nil {
				tooMany = &TooManyError{Rest: body[at:]}
			}
			_, end, err = Value(body, at, nil, nil)
		}
		if err != nil {
			return into, err
		}
		at = s.skipSpace(end)
		if at >= len(body) || (body[at] != ',' && body[at] != ']') {
			_, err = s.fail(at, "expected ',' or ']' after an element")
			return into, err
		}
		if closed = body[at] == ']'; !closed {
			at++
		}
	}
	if rest := s.skipSpace(at + 1); rest < len(body) {
		return into, &SyntaxError{Offset: rest, Problem: "unexpected text after the array"}
	}
	if tooMany != nil {
		return into, tooMany
	}
	return into, nil
}
