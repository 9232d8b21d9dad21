package jsonscan

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestValueAcceptsExactlyWhatEncodingJSONAccepts(t *testing.T) {
	texts := []string{
		`{}`, `[]`, `null`, `true`, `false`, `0`, `-0`, `1.5e+10`, `"a\u00e9\n"`, `{"a":[1,{"b":null}]}`, ` { "a" : 1 , "b" : [ ] } `,
		``, ` `, `{`, `}`, `[`, `[1`, `[1,]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `01`, `1.`, `.5`, `-`, `1e`, `1e+`, `+1`, `tru`, `nul`,
		`"`, `"\`, `"\x"`, `"\u12g4"`, `"\u123`, "\"\x01\"", "\"\xff\"", `"a" "b"`, `{"a":1}}`, `[1 2]`, `{"a" 1}`, "\u00a0{}", `{"a":1 "b":2}`, `-a`, `tRue`,
	}
	for _, text := range texts {
		if got, want := isValid([]byte(text)), json.Valid([]byte(text)); got != want {
			t.Errorf("%q: valid = %v, encoding/json says %v", text, got, want)
		}
	}
}

func isValid(text []byte) bool {
	_, end, err := Value(text, 0, nil, nil)
	s := scanner{text: text}
	return err == nil && s.skipSpace(end) == len(text)
}

func TestValueNamesTheProblemAndWhereItIs(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"a text that ends early", `{"a":`, "unexpected end at byte 5"},
		{"a text that ends in a string", `{"a":"b`, "unexpected end at byte 7"},
		{"a missing comma", `{"a":1 "b":2}`, "expected ',' or '}' after a member at byte 7"},
		{"a bare word", `{"a":yes}`, "unexpected character at byte 5"},
		{"a control character", "{\"a\":\"\n\"}", "control character in a string at byte 6"},
		{"too many brackets", strings.Repeat("[", MaxDepth+1), "nested too deeply at byte 1000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Value([]byte(c.text), 0, nil, nil)
			if err == nil || err.Error() != c.want {
				t.Errorf("error = %v, want %q", err, c.want)
			}
		})
	}
}

func TestValueAcceptsTheDeepestNestingAllowed(t *testing.T) {
	text := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	if !isValid([]byte(text)) {
		t.Error("nesting of MaxDepth was refused")
	}
}

func TestValueFindsTheMembersThatAreLookedFor(t *testing.T) {
	cases := []struct {
		name, text                string
		anonymousID, line, fromIP string
	}{
		{"all three", `{"anonymous_id":"a","line":"1.2.3.4 - -","ip":"5.6.7.8"}`, "a", "1.2.3.4 - -", "5.6.7.8"},
		{"the last of two", `{"anonymous_id":"a","anonymous_id":"b"}`, "b", "", ""},
		{"not a number", `{"anonymous_id":7}`, "", "", ""},
		{"not one inside another object", `{"properties":{"anonymous_id":"a"}}`, "", "", ""},
		{"not one inside an array", `[{"anonymous_id":"a"}]`, "", "", ""},
		{"no other of the same length", `{"anonymousxid":"a","pi":"5.6.7.8"}`, "", "", ""},
		{"none of a long name", `{"` + strings.Repeat("x", 66) + `":"a"}`, "", "", ""},
		{"one whose name has escapes", `{"\u0061nonymous\u005fid":"a"}`, "a", "", ""},
		{"no other name with escapes", `{"\"line\"":"x","l\\ine":"x","ip":"\n"}`, "", "", `\n`},
		{"the last of two names for one", `{"line":"x","\u006cine":"y"}`, "", "y", ""},
		{"not one that is a value", `{"a":"line","b":"\"line\":\"x\""}`, "", "", ""},
		{"still escaped", `{"anonymous_id":"a\u0041"}`, `a\u0041`, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var members Members
			if _, _, err := Value([]byte(c.text), 0, sampleFields, &members); err != nil {
				t.Fatal(err)
			}
			got := [3]string{string(members[0]), string(members[1]), string(members[2])}
			if want := [3]string{c.anonymousID, c.line, c.fromIP}; got != want {
				t.Errorf("members = %q, want %q", got, want)
			}
		})
	}
}

var sampleFields = Find("anonymous_id", "line", "ip")

func TestMoreFieldsThanAScanCanFindAreAMistakeOfTheProgram(t *testing.T) {
	for _, names := range [][]string{{"a", "b", "c", "d", "e"}, {strings.Repeat("x", 64)}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Find(%q) did not panic", names)
				}
			}()
			Find(names...)
		}()
	}
}

func FuzzValueAgreesWithEncodingJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e-3,"x\u00e9",null,true]}`, `[{},[]]`, `"\ud800"`, `-0.0E+1`, `{"a":`, "\xef\xbb\xbf{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) >= MaxDepth {
			return // encoding/json allows deeper nesting than we do
		}
		if got, want := isValid(text), json.Valid(text); got != want {
			t.Errorf("%q: valid = %v, encoding/json says %v", text, got, want)
		}
	})
}

var sample = []byte(`{"event_id":"4f0c6c1e-2b1f-4c8e-9d0a-1f2e3d4c5b6a","event_type":"page_view","timestamp":"2026-11-01T10:00:00.123Z",` +
	`"anonymous_id":"u-1234567890","page_url":"https://shop.example.com/products/42?utm_source=news&utm_medium=email",` +
	`"page_title":"Product 42","referrer":"https://www.google.com/","properties":{"price":12.5,"currency":"EUR"}}`)

func BenchmarkValue(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	var members Members
	for b.Loop() {
		if _, _, err := Value(sample, 0, sampleFields, &members); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodingJSONValid(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		if !json.Valid(sample) {
			b.Fatal("not valid")
		}
	}
}
