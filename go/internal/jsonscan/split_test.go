package jsonscan

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestSplitFindsEachEventUnchanged(t *testing.T) {
	cases := []struct {
		name   string
		layout Layout
		body   string
		want   []string
	}{
		{"one object", Detect, `{"a": 1}`, []string{`{"a": 1}`}},
		{"one object in white space", Detect, " \n{\"a\": 1}\r\n ", []string{`{"a": 1}`}},
		{"one object over several lines", Detect, "{\n\"a\":\n1\n}", []string{"{\n\"a\":\n1\n}"}},
		{"one value that is no object", Detect, `"text"`, []string{`"text"`}},
		{"an array", Detect, `[{"a":1}, {"b":[2,3]} ,4]`, []string{`{"a":1}`, `{"b":[2,3]}`, `4`}},
		{"an array in an array", Detect, `[[1,2],[]]`, []string{`[1,2]`, `[]`}},
		{"an empty array", Detect, ` [ ] `, nil},
		{"lines without being told", Detect, "{\"a\":1}\n{\"b\":2}\n\n{\"c\":3}\n", []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		{"a byte order mark before it", Detect, "\xef\xbb\xbf{\"a\":1}", []string{`{"a":1}`}},
		{"lines", Lines, "{\"a\":1}\r\n\t{\"b\":2} \n\n", []string{`{"a":1}`, `{"b":2}`}},
		{"an array as one line", Lines, "[1,2]\n", []string{`[1,2]`}},
		{"blank lines only", Lines, "\n \r\n", nil},
		{"no lines", Lines, "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			elements, err := Splitter{Layout: c.layout, Most: 1000}.Split([]byte(c.body), nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, element := range elements {
				if element.Err != nil {
					t.Errorf("%q: %v", element.Value, element.Err)
				}
				got = append(got, string(element.Value))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("events = %q, want %q", got, c.want)
			}
		})
	}
}

func TestSplitRefusesABodyThatIsNotJSONAsAWhole(t *testing.T) {
	cases := []struct{ name, body, want string }{
		{"an empty body", "", "unexpected end at byte 0"},
		{"a cut-off array", `[{"a":1},{"b"`, "unexpected end at byte 13"},
		{"an array without commas", `[1 2]`, "expected ',' or ']' after an element at byte 3"},
		{"text after an array", `[1] x`, "unexpected text after the array at byte 4"},
		{"two objects on one line", `{"a":1} {"b":2}`, "unexpected text after the value at byte 8"},
		{"a form", "a=1&b=2", "unexpected character at byte 0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			already := []Element{{Value: []byte("before")}}
			elements, err := Splitter{Layout: Detect, Most: 1000}.Split([]byte(c.body), already)
			if err == nil || err.Error() != c.want {
				t.Errorf("error = %v, want %q", err, c.want)
			}
			if len(elements) != 1 {
				t.Errorf("%d elements were left behind", len(elements)-1)
			}
		})
	}
}

func TestSplitLetsABadLineSpoilOnlyItself(t *testing.T) {
	for _, layout := range []Layout{Lines, Detect} {
		elements, err := Splitter{Layout: layout, Most: 1000}.Split([]byte("{\"a\":1}\n{\"b\":\n{\"c\":3} x\n{\"d\":4}"), nil)
		if err != nil {
			t.Fatal(err)
		}
		var bad []string
		for _, element := range elements {
			if element.Err != nil {
				bad = append(bad, string(element.Value)+" "+element.Err.Error())
			}
		}
		want := []string{`{"b": unexpected end at byte 5`, `{"c":3} x unexpected text after the value at byte 7`}
		if len(elements) != 4 || !slices.Equal(bad, want) {
			t.Errorf("%d elements, bad = %q, want %q", len(elements), bad, want)
		}
	}
}

func TestSplitStopsAtTheMostEventsAllowed(t *testing.T) {
	for body, rest := range map[string]string{"[1,2,3, 4]": "3, 4]", "1\n2\n\n 3\n4": " 3\n4"} {
		if _, err := (Splitter{Most: 4}).Split([]byte(body), nil); err != nil {
			t.Errorf("%q: %v", body, err)
		}
		elements, err := (Splitter{Most: 2}).Split([]byte(body), nil)
		var tooMany *TooManyError
		if !errors.As(err, &tooMany) || len(elements) != 2 || strings.TrimLeft(string(tooMany.Rest), " ") != strings.TrimLeft(rest, " ") {
			t.Errorf("%q: error %v with %d elements, want two and the rest %q", body, err, len(elements), rest)
		}
	}
}

func TestAnArrayThatBreaksOffIsUnreadableHoweverManyEventsItHas(t *testing.T) {
	elements, err := (Splitter{Most: 2}).Split([]byte("[1,2,3,"), nil)
	if syntax := (*SyntaxError)(nil); !errors.As(err, &syntax) || len(elements) != 0 {
		t.Errorf("error %v with %d elements", err, len(elements))
	}
}

func TestAByteOrderMarkIsNoPartOfAnEvent(t *testing.T) {
	for _, layout := range []Layout{Detect, Lines} {
		elements, err := (Splitter{Most: 9, Layout: layout}).Split([]byte("\ufeff{}\n\ufeff1\r\n\ufeff\n"), nil)
		if err != nil || len(elements) != 2 || string(elements[0].Value) != "{}" || string(elements[1].Value) != "1" || elements[1].Err != nil {
			t.Errorf("elements %q, error %v", elements, err)
		}
	}
}

func FuzzSplitLosesNothing(f *testing.F) {
	for _, seed := range []string{`[{"a":1},2]`, "{}\n{}\n", "{\"a\":1}\nbad\n", ` [ ] `, "\xef\xbb\xbf1"} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, asLines bool) {
		if len(body) >= MaxDepth {
			return
		}
		if asLines {
			checkLines(t, body)
			return
		}
		checkArray(t, body)
	})
}

// checkLines compares the elements with the non-blank lines, found in another way.
func checkLines(t *testing.T, body []byte) {
	elements, err := Splitter{Layout: Lines, Most: 1000}.Split(body, nil)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]byte
	for _, line := range bytes.Split(bytes.TrimPrefix(body, byteOrderMark), []byte("\n")) {
		if line = bytes.Trim(line, " \t\r"); len(line) > 0 {
			want = append(want, line)
		}
	}
	if len(elements) != len(want) {
		t.Fatalf("%d elements of %d lines", len(elements), len(want))
	}
	for i, element := range elements {
		if !bytes.Equal(element.Value, want[i]) || (element.Err == nil) != json.Valid(want[i]) {
			t.Errorf("line %q became %q, error %v", want[i], element.Value, element.Err)
		}
	}
}

// checkArray compares the elements with what encoding/json makes of the same array.
func checkArray(t *testing.T, body []byte) {
	elements, err := Splitter{Layout: Detect, Most: 1000}.Split(body, nil)
	var want []json.RawMessage
	if trimmed := bytes.TrimPrefix(body, byteOrderMark); json.Unmarshal(trimmed, &want) != nil || want == nil {
		return
	}
	if err != nil || len(elements) != len(want) {
		t.Fatalf("%d elements, error %v; encoding/json found %d", len(elements), err, len(want))
	}
	for i := range want {
		if !bytes.Equal(elements[i].Value, bytes.Trim(want[i], " \t\r\n")) {
			t.Errorf("element %d is %q, encoding/json found %q", i, elements[i].Value, want[i])
		}
	}
}
