package plugin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/clustertest"
)

// fakePlanner finds SQL with the word "visitr" wrong, and SQL with "nowhere" to name an unknown table.
func fakePlanner(t *testing.T) (planner *httptest.Server, asked *[]contract.PlanRequest) {
	t.Helper()
	asked = new([]contract.PlanRequest)
	planner = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request contract.PlanRequest
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil || r.URL.Path != "/v1/plan" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		*asked = append(*asked, request)
		switch {
		case strings.Contains(request.SQL, "visitr"):
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"errors":[{"message":"Column 'visitr' not found in any table","line":1,"column":8,"endLine":1,"endColumn":13,"near":"SELECT visitr","suggestion":"visitor"}]}`)
		case strings.Contains(request.SQL, "nowhere"):
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"errors":[{"message":"Object 'nowhere' not found within 'shop'","line":1,"column":15,"endLine":1,"endColumn":26,"near":"shop.nowhere"}]}`)
		default:
			_, _ = io.WriteString(w, `{"columns":[{"name":"day","type":"date","required":false},{"name":"visitors","type":"long","required":true}],
				"tables":[{"database":"shop","table":"events","columns":["event_time","visitor"]}],
				"lineage":[{"column":"day","inputs":[{"database":"shop","table":"events","path":"event_time","use":"direct"},{"database":"shop","table":"events","path":"event_time","use":"group"}]},
					{"column":"visitors","inputs":[{"database":"shop","table":"events","path":"visitor","use":"direct"}]}],
				"deterministic":true,"modes":[{"mode":"Full","safe":true},{"mode":"Append","safe":false,"reason":"days are counted"}],
				"spark":"SELECT `+"`day`"+`","trino":"SELECT \"day\"","planHash":"1"}`)
		}
	}))
	t.Cleanup(planner.Close)
	return planner, asked
}

// withPlanner is a cluster with a table, and with the planner where the operator's manifests put it.
func withPlanner(t *testing.T, products ...string) (server *clustertest.Server, asked *[]contract.PlanRequest) {
	t.Helper()
	planner, asked := fakePlanner(t)
	server = clustertest.New(t)
	server.AddKind(productsOfShop)
	for _, text := range products {
		server.Put(productsOfShop, text)
	}
	server.Put("/apis/openclickstream.io/v1alpha1/namespaces/shop/laketables", `{"metadata":{"name":"events"},"spec":{"platformRef":{"name":"main"},
		"database":"shop","table":"events","columns":[{"name":"visitor","type":"string"},{"name":"event_time","type":"timestamptz","required":true}]}}`)
	const core = "/api/v1/namespaces/openclickstream-system/"
	server.Put(core+"services", `{"metadata":{"name":"open-clickstream-sql-planner"},"spec":{"selector":{"app":"planner"},"ports":[{"name":"http","port":8080}]}}`)
	server.Put(core+"pods", `{"metadata":{"name":"planner-0","labels":{"app":"planner"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}}`)
	server.Forward("planner-0", "8080", strings.TrimPrefix(planner.URL, "http://"))
	return server, asked
}

const sessionsProduct = `{"kind":"DataProduct","metadata":{"name":"sessions"},"spec":{"platformRef":{"name":"main"},"sql":"SELECT right","refresh":{"timeZone":"Europe/Berlin"},
	"target":{"database":"shop","table":"sessions","partitionBy":[{"column":"day","transform":"day"}]}}}`

func TestAProductIsExplained(t *testing.T) {
	server, asked := withPlanner(t, sessionsProduct)
	got := run(t, "", inShop(server, "product", "explain", "sessions")...)
	want := `shop.sessions: 2 columns from shop.events

column   | type | value
---------+------+---------------
day      | date | may be missing
visitors | long | in every row

Inputs:
  shop.events: event_time, visitor

Lineage:
shop.sessions
├── day  date
│   └── shop.events  event_time  (direct, group)
└── visitors  long
    └── shop.events  visitor  (direct)

Runs:
  the same input rows always give the same output rows
  ✔ Full is safe
  ✖ Append is not safe: days are counted

Spark:
` + "SELECT `day`" + `

Trino:
SELECT "day"
`
	if got.err != nil || got.out != want || got.errOut != "" {
		t.Errorf("printed\n%s%s%v\nwant\n%s", got.out, got.errOut, got.err, want)
	}
	text, err := json.Marshal((*asked)[0])
	sent := `{"sql":"SELECT right","timeZone":"Europe/Berlin","catalog":{"trino":"lake"},"tables":[{"database":"shop","table":"events","columns":[` +
		`{"name":"visitor","type":"string","required":false},{"name":"event_time","type":"timestamptz","required":true}]}],` +
		`"incremental":{"mode":"Full","partitionBy":[{"column":"day","transform":"day"}]}}`
	if err != nil || string(text) != sent {
		t.Errorf("asked\n%s\nwant\n%s", text, sent)
	}
}

func TestWrongSQLIsShownWithItsPlace(t *testing.T) {
	server, _ := withPlanner(t)
	got := run(t, "SELECT visitr FROM shop.events", inShop(server, "product", "explain", "-f", "-")...)
	want := "the SQL of the query is wrong\nline 1, column 8: Column 'visitr' not found in any table\n" +
		"  1 | SELECT visitr FROM shop.events\n    |        ^^^^^^\n  did you mean \"visitor\"?\n"
	if ExitCode(got.err) != 2 || got.errOut != want || got.out != "" {
		t.Errorf("printed %q %q, %v; want %q", got.out, got.errOut, got.err, want)
	}
	asJSON := run(t, "SELECT visitr FROM shop.events", inShop(server, "product", "explain", "-f", "-", "-o", "json")...)
	if ExitCode(asJSON.err) != 2 || !strings.Contains(asJSON.out, `"suggestion": "visitor"`) {
		t.Errorf("printed %q, %v", asJSON.out, asJSON.err)
	}
}

func TestAnUnknownTableIsCalledUnknownHere(t *testing.T) {
	server, _ := withPlanner(t)
	got := run(t, "SELECT 1 FROM shop.nowhere", inShop(server, "product", "explain", "-f", "-")...)
	if ExitCode(got.err) != 2 || !strings.Contains(got.errOut, `table shop.nowhere is unknown here: no LakeTable or DataProduct of namespace "shop" says its columns (they say those of shop.events)`) {
		t.Errorf("printed %q, %v", got.errOut, got.err)
	}
}

func TestOneDialectIsPrintedAlone(t *testing.T) {
	server, _ := withPlanner(t, sessionsProduct)
	for dialect, want := range map[string]string{"spark": "SELECT `day`\n", "trino": "SELECT \"day\"\n"} {
		if got := run(t, "", inShop(server, "product", "explain", "sessions", "--dialect", dialect)...); got.err != nil || got.out != want {
			t.Errorf("%s: printed %q, %v", dialect, got.out, got.err)
		}
	}
}

func TestAProductOfTheFileReadsTheOneBeforeIt(t *testing.T) {
	server, asked := withPlanner(t)
	second := strings.NewReplacer("sessions", "visitors", "SELECT right", "SELECT day FROM shop.sessions").Replace(sessionsProduct)
	got := run(t, sessionsProduct+"\n"+second, inShop(server, "product", "explain", "-f", "-")...)
	if got.err != nil || len(*asked) != 2 || len((*asked)[1].Tables) != 2 || (*asked)[1].Tables[0].Table != "sessions" || (*asked)[1].Tables[0].Columns[0].Name != "day" {
		t.Errorf("asked %+v, %v", *asked, got.err)
	}
}

func TestAProductThatTheOperatorWillRefuseIsToldSo(t *testing.T) {
	server, _ := withPlanner(t)
	unsafe := strings.Replace(sessionsProduct, `"target"`, `"incremental":{"mode":"Append","newDataBy":"event_time"},"target"`, 1)
	got := run(t, unsafe, inShop(server, "product", "explain", "-f", "-")...)
	if ExitCode(got.err) != 1 || !strings.Contains(got.errOut, "shop.sessions: the operator will refuse it: spec.incremental.mode must be one that is safe for this SQL, and Append is not: days are counted") {
		t.Errorf("printed %q, %v", got.errOut, got.err)
	}
}

func TestThePlannerIsNamedWhereItIsNotFound(t *testing.T) {
	server, _ := withPlanner(t, sessionsProduct)
	server.AddKind("/api/v1/namespaces/elsewhere/services")
	got := run(t, "", inShop(server, "product", "explain", "sessions", "--operator-namespace", "elsewhere")...)
	if ExitCode(got.err) != 1 || !strings.Contains(got.err.Error(), `the planner was looked for in namespace "elsewhere"; --operator-namespace names another one`) {
		t.Errorf("got %v", got.err)
	}
}

func TestWhatToExplainMustBeSaid(t *testing.T) {
	for want, args := range map[string][]string{
		"say what to explain":                              {},
		`--dialect must be spark or trino, not "mysql"`:    {"a", "--dialect", "mysql"},
		`--output must be text, json or yaml, not "table"`: {"a", "-o", "table"},
	} {
		if got := run(t, "", append([]string{"product", "explain"}, args...)...); got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("%v: got %v, want %q", args, got.err, want)
		}
	}
}

func TestThePlannerIsWhereTheManifestsPutIt(t *testing.T) {
	text, err := os.ReadFile("../../../../manifests/operator/sql-planner.yaml")
	service := "kind: Service\nmetadata:\n  name: " + plannerService + "\n  namespace: " + defaultOperatorNamespace + "\n"
	if err != nil || !strings.Contains(string(text), service) {
		t.Errorf("no %q in\n%s%v", service, text, err)
	}
}
