package planning

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatal(err)
	}
	return &unstructured.Unstructured{Object: fields}
}

func TestAFaultIsShownInItsLine(t *testing.T) {
	long := "SELECT " + strings.Repeat("a + ", 100) + "b FROM shop.events"
	cases := []struct {
		name, sql string
		fault     contract.PlanErrorsError
		want      string
	}{
		{
			"a word", "SELECT\n  visitr,\n  1", contract.PlanErrorsError{Message: "no column 'visitr'", Line: 2, Column: 3, EndLine: 2, EndColumn: 8, Suggestion: "visitor"},
			"line 2, column 3: no column 'visitr'\n  2 |   visitr,\n    |   ^^^^^^\n  did you mean \"visitor\"?\n",
		},
		{
			"behind a tab and a character of two columns", "\t'😀', x\r", contract.PlanErrorsError{Message: "no", Line: 1, Column: 8, EndLine: 1, EndColumn: 8},
			"line 1, column 8: no\n  1 | \t'😀', x\n    | \t      ^\n",
		},
		{
			"several lines", "SELECT a\nFROM b\nWHERE c", contract.PlanErrorsError{Message: "no", Line: 2, Column: 6, EndLine: 3, EndColumn: 7},
			"line 2, column 6: no\n  2 | FROM b\n    |      ^\n",
		},
		{
			"behind the end", "SELECT", contract.PlanErrorsError{Message: "no", Line: 1, Column: 7, EndLine: 1, EndColumn: 7},
			"line 1, column 7: no\n  1 | SELECT\n    |       ^\n",
		},
		{
			"a line that is not there", "SELECT", contract.PlanErrorsError{Message: "no", Line: 9, Column: 1, EndLine: 9, EndColumn: 1},
			"line 9, column 1: no\n",
		},
		{
			"in a long line", long, contract.PlanErrorsError{Message: "no", Line: 1, Column: 408, EndLine: 1, EndColumn: 408},
			"line 1, column 408: no\n  1 | …" + strings.Repeat("a + ", 15) + "b FROM shop.events\n    |  " + strings.Repeat(" ", 60) + "^\n",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			WriteFaults(&out, c.sql, []contract.PlanErrorsError{c.fault})
			if out.String() != c.want {
				t.Errorf("got\n%s\nwant\n%s", out.String(), c.want)
			}
		})
	}
}

func TestUnknownTablesAreNamedAsTheQueryWritesThem(t *testing.T) {
	faults := []contract.PlanErrorsError{
		{Message: "Column 'a' not found in any table", Line: 1, Column: 8, EndLine: 1, EndColumn: 8},
		{Message: "Object 'Orders' not found within 'shop'", Line: 2, Column: 6, EndLine: 2, EndColumn: 18},
	}
	if got := UnknownTables("SELECT a\nFROM shop.\"Orders\" AS o", faults); len(got) != 1 || got[0] != `shop."Orders"` {
		t.Errorf("got %q", got)
	}
}

func TestAFileHasManifestsOrSQL(t *testing.T) {
	const manifest = "apiVersion: openclickstream.io/v1alpha1\nkind: DataProduct\nmetadata:\n  name: NAME\nspec:\n  sql: |\n    SELECT 1 AS one\n  target: { database: shop, table: NAME }\n"
	several := "# two\nkind: ConfigMap\n---\n" + strings.ReplaceAll(manifest, "NAME", "a") + "---\n" + strings.ReplaceAll(manifest, "NAME", "b")
	cases := []struct{ name, text, targets, problem string }{
		{"several manifests", several, "shop.a shop.b", ""},
		{"JSON", `{"kind":"DataProduct","metadata":{"name":"a"},"spec":{"sql":"SELECT 1","target":{"database":"shop","table":"a"}}}`, "shop.a", ""},
		{"SQL", "SELECT 1 AS one\nFROM shop.events", "the query", ""},
		{"no product", "kind: ConfigMap\n", "", "the file has no DataProduct"},
		{"a product without SQL", "kind: DataProduct\nmetadata: {name: a}\n", "", `DataProduct "a" has no spec.sql`},
		{"a broken manifest", "kind: DataProduct\nspec: {\n", "", "reading the manifest: "},
		{"nothing", " \n", "", "the file is empty"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			definitions, err := ReadDefinitions(c.text)
			var targets []string
			for _, definition := range definitions {
				targets = append(targets, definition.Target())
			}
			isProblem := err != nil && strings.Contains(err.Error(), c.problem)
			if strings.Join(targets, " ") != c.targets || isProblem != (c.problem != "") {
				t.Errorf("got %q, %v", targets, err)
			}
		})
	}
}

func TestTablesAreThoseOfThePlatformEachOnce(t *testing.T) {
	const columns = `"columns":[{"name":"id","type":"string","required":true}]`
	tables := &Tables{}
	for _, text := range []string{
		`{"kind":"LakeTable","spec":{"platformRef":{"name":"main"},"database":"shop","table":"events",` + columns + `}}`,
		`{"kind":"LakeTable","spec":{"platformRef":{"name":"main"},"database":"Shop","table":"Events",` + columns + `}}`,
		`{"kind":"LakeTable","spec":{"platformRef":{"name":"other"},"database":"shop","table":"orders",` + columns + `}}`,
	} {
		if err := tables.AddLakeTable(object(t, text), "main"); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{
		`{"metadata":{"name":"a"},"spec":{"platformRef":{"name":"main"},"sql":"SELECT 1","target":{"database":"shop","table":"sessions"}},"status":{` + columns + `}}`,
		`{"metadata":{"name":"b"},"spec":{"platformRef":{"name":"main"},"sql":"SELECT 1","target":{"database":"shop","table":"never_right"}}}`,
	} {
		if err := tables.AddProduct(object(t, text), "main"); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(tables.Names(), " "); got != "shop.events shop.sessions" {
		t.Errorf("the tables are %s", got)
	}
}

func TestNamedTablesAreSentThoughManyOthersAreKnown(t *testing.T) {
	tables := &Tables{}
	wide := make([]contract.PlanRequestTableColumn, 256)
	for i := range wide {
		wide[i] = contract.PlanRequestTableColumn{Name: strings.Repeat("n", 100), Type: "string"}
	}
	for _, name := range append(strings.Fields(strings.Repeat("x ", 200)), "orders") {
		tables.known = append(tables.known, contract.PlanRequestTable{Database: "shop", Table: name + "_t", Columns: wide})
	}
	chosen := tables.of("SELECT 1 FROM shop.ORDERS_T")
	size := 0
	for _, table := range chosen {
		size += sizeOf(table)
	}
	if chosen[0].Table != "orders_t" || len(chosen) < 2 || size > mostTableBytes {
		t.Errorf("%d tables of %d bytes are sent, the first is %s", len(chosen), size, chosen[0].Table)
	}
}

func TestAnAnswerWithoutAVerdictIsAnError(t *testing.T) {
	cases := []struct {
		status     int
		body, want string
	}{
		{http.StatusServiceUnavailable, `{"message":"try again"}`, "the SQL planner answers with HTTP 503: try again"},
		{http.StatusBadGateway, `<html>`, "the SQL planner answers with HTTP 502: it gave no reason"},
		{http.StatusUnprocessableEntity, `{"errors":[]}`, "answers otherwise than agreed with HTTP 422"},
		{http.StatusOK, `[]`, "answers otherwise than agreed with HTTP 200"},
	}
	for _, c := range cases {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		client := &Client{URL: server.URL, HTTP: server.Client()}
		_, err := client.Plan(t.Context(), &Definition{}, &Tables{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("HTTP %d: got %v, want %q", c.status, err, c.want)
		}
		server.Close()
	}
}

func TestWhatTheOperatorRefusesThoughTheSQLIsRightIsTold(t *testing.T) {
	plan := &contract.Plan{
		Tables: []contract.PlanTable{{Database: "shop", Table: "events"}},
		Modes:  []contract.PlanMode{{Mode: "Full", Safe: true}, {Mode: "Append", Reason: "it counts days"}},
	}
	cases := []struct{ name, spec, want string }{
		{"nothing", `{"sql":"x"}`, ""},
		{"an unsafe mode", `{"sql":"x","incremental":{"mode":"Append","newDataBy":"t"}}`, "Append is not: it counts days"},
		{"a column that is none", `{"sql":"x","incremental":{"mode":"Full","newDataBy":"t"}}`, `spec.incremental.newDataBy must be a column of a table that the SQL reads, and "t" is none`},
		{"its own table", `{"sql":"x","target":{"database":"shop","table":"events"}}`, "spec.sql reads the table that it fills"},
	}
	for _, c := range cases {
		definition, err := DefinitionOf(object(t, `{"spec":`+c.spec+`}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := Refusal(definition, plan); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
