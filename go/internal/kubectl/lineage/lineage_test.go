package lineage

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const sessions = `{"status":{"target":"shop.sessions",
	"columns":[{"name":"day","type":"date"},{"name":"visitors","type":"long"}],
	"lineage":[
		{"column":"day","inputs":[{"table":"shop.events","path":"event_time","uses":["direct","group"]}]},
		{"column":"visitors","inputs":[{"table":"shop.events","path":"properties[a<b]","uses":["direct"]},{"table":"shop.bots","path":"id","uses":["filter"]}]}]}}`

func lineageOf(t *testing.T, text string) *Lineage {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	l, isKnown := Of(&unstructured.Unstructured{Object: object})
	if !isKnown {
		t.Fatal("there is no lineage")
	}
	return l
}

func TestLineageIsWrittenAsATree(t *testing.T) {
	var out strings.Builder
	lineageOf(t, sessions).WriteText(&out)
	want := `shop.sessions
├── day  date
│   └── shop.events  event_time  (direct, group)
└── visitors  long
    ├── shop.events  properties[a<b]  (direct)
    └── shop.bots  id  (filter)
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestWhatTheStatusLeavesOutIsTold(t *testing.T) {
	var out strings.Builder
	lineageOf(t, `{"status":{"target":"a.b","lineage":[],"lineageOmitted":7}}`).WriteText(&out)
	if want := "a.b\n7 more input columns are left out\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestSQLThatWasNeverRightHasNoLineage(t *testing.T) {
	if _, isKnown := Of(&unstructured.Unstructured{Object: map[string]any{"status": map[string]any{"target": "a.b"}}}); isKnown {
		t.Error("a lineage was made up")
	}
}

func TestTheDrawingIsXMLWithALineForEachOrigin(t *testing.T) {
	var out strings.Builder
	lineageOf(t, sessions).WriteSVG(&out)
	elements, texts := map[string]int{}, []string{}
	decoder := xml.NewDecoder(strings.NewReader(out.String()))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
		switch token := token.(type) {
		case xml.StartElement:
			elements[token.Name.Local]++
		case xml.CharData:
			texts = append(texts, strings.TrimSpace(string(token)))
		}
	}
	if elements["path"] != 3 || elements["rect"] != 3 {
		t.Errorf("%d lines and %d tables, want 3 and 3", elements["path"], elements["rect"])
	}
	if !strings.Contains(strings.Join(texts, "\n"), "properties[a<b]") {
		t.Errorf("a path is missing in %q", texts)
	}
}
