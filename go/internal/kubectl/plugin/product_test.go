package plugin

import (
	"maps"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/clustertest"
)

const productsOfShop = "/apis/openclickstream.io/v1alpha1/namespaces/shop/dataproducts"

func products(t *testing.T, objects ...string) *clustertest.Server {
	t.Helper()
	server := clustertest.New(t)
	for _, object := range objects {
		server.Put(productsOfShop, object)
	}
	return server
}

func TestTheLineageOfAProductIsShown(t *testing.T) {
	server := products(t, `{"metadata":{"name":"sessions"},"status":{"target":"shop.sessions","columns":[{"name":"site","type":"string"}],
		"lineage":[{"column":"site","inputs":[{"table":"shop.events","path":"site","uses":["direct","group"]}]}]}}`)
	got := run(t, "", inShop(server, "product", "lineage", "sessions")...)
	want := "shop.sessions\n└── site  string\n    └── shop.events  site  (direct, group)\n"
	if got.err != nil || got.out != want {
		t.Errorf("got %q, %v; want %q", got.out, got.err, want)
	}
	drawn := run(t, "", inShop(server, "product", "lineage", "sessions", "-o", "svg")...)
	if drawn.err != nil || !strings.HasPrefix(drawn.out, "<svg ") {
		t.Errorf("got %q, %v", drawn.out, drawn.err)
	}
}

func TestAProductWithoutLineageSaysWhereToLook(t *testing.T) {
	server := products(t, `{"metadata":{"name":"sessions"}}`)
	got := run(t, "", inShop(server, "product", "lineage", "sessions")...)
	if got.err == nil || !strings.Contains(got.err.Error(), "kubectl describe product sessions says why") {
		t.Errorf("got %v", got.err)
	}
}

func TestAnOutputThatDoesNotExistIsRefused(t *testing.T) {
	got := run(t, "", "product", "lineage", "sessions", "-o", "png")
	if got.err == nil || !strings.Contains(got.err.Error(), `--output must be text or svg, not "png"`) {
		t.Errorf("got %v", got.err)
	}
}

const scheduled = `{"metadata":{"name":"sessions","namespace":"shop","annotations":{"openclickstream.io/run-window":"a/b"}},
	"spec":{"refresh":{"schedule":"0 * * * *"},"incremental":{"mode":"Append","newDataBy":"event_time"}}}`

func TestARunIsAskedForByAnAnnotation(t *testing.T) {
	server := products(t, scheduled)
	asked := []map[string]any{}
	server.OnAnnotated = func(object clustertest.Object) {
		asked = append(asked, maps.Clone(object["metadata"].(clustertest.Object)["annotations"].(clustertest.Object)))
	}
	for _, args := range [][]string{{}, {"--from", "2026-03-01", "--to", "2026-03-02"}} {
		got := run(t, "", inShop(server, append([]string{"product", "run", "sessions"}, args...)...)...)
		if got.err != nil || got.out != "a run of sessions was asked for; kubectl clickstream product runs sessions shows what becomes of it\n" {
			t.Errorf("printed %q, %v", got.out, got.err)
		}
	}
	if len(asked) != 2 || asked[0]["openclickstream.io/run"] == asked[1]["openclickstream.io/run"] {
		t.Fatalf("asked for %v, want two texts that differ", asked)
	}
	if window, hasWindow := asked[0]["openclickstream.io/run-window"]; hasWindow {
		t.Errorf("the window %v of an earlier run stayed", window)
	}
	if window := asked[1]["openclickstream.io/run-window"]; window != "2026-03-01T00:00:00Z/2026-03-02T00:00:00Z" {
		t.Errorf("asked for the window %v", window)
	}
}

func TestTheExitCodeSaysWhatBecameOfARun(t *testing.T) {
	for state, want := range map[string]int{"Published": 0, "Held": 3, "Failed": 1} {
		server := products(t, scheduled)
		server.OnAnnotated = func(object clustertest.Object) {
			object["status"] = clustertest.Object{"lastRun": clustertest.Object{
				"id": "asked-1", "state": state, "rows": 3, "checks": []any{clustertest.Object{"name": "sites", "severity": "Error", "violations": 2}},
			}}
		}
		got := run(t, "", inShop(server, "product", "run", "sessions", "--wait")...)
		line := "run asked-1 " + strings.ToLower(state) + ", 3 rows; failed checks: sites (error: 2 rows)\n"
		if ExitCode(got.err) != want || got.out != line {
			t.Errorf("%s: printed %q, exit code %d, want %q and %d", state, got.out, ExitCode(got.err), line, want)
		}
	}
}

func TestAWindowOfAProductThatReadsAllRowsIsRefused(t *testing.T) {
	server := products(t, `{"metadata":{"name":"sessions"},"spec":{"refresh":{"onUpdate":{}}}}`)
	window := []string{"--from", "2026-03-01", "--to", "2026-03-02"}
	for verb, want := range map[string]string{
		"run":      "has no spec.incremental.newDataBy; leave out --from and --to",
		"backfill": "has no spec.refresh.schedule, which says what the periods of a backfill are",
	} {
		got := run(t, "", inShop(server, append([]string{"product", verb, "sessions"}, window...)...)...)
		if got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("%s: got %v, want %q", verb, got.err, want)
		}
	}
}

func TestASuspendedProductIsNotAskedToRun(t *testing.T) {
	server := products(t, strings.Replace(scheduled, `"spec":{`, `"spec":{"suspend":true,`, 1))
	server.OnAnnotated = func(clustertest.Object) { t.Error("it was asked") }
	for _, verb := range []string{"run", "backfill"} {
		got := run(t, "", inShop(server, "product", verb, "sessions", "--from", "2026-03-01", "--to", "2026-03-02")...)
		if got.err == nil || got.err.Error() != `DataProduct "sessions" is suspended, so that no run begins; set spec.suspend to false first` {
			t.Errorf("%s: got %v", verb, got.err)
		}
	}
}

func TestABackfillIsAskedForOnce(t *testing.T) {
	server := products(t, scheduled)
	asked := []any{}
	server.OnAnnotated = func(object clustertest.Object) {
		asked = append(asked, object["metadata"].(clustertest.Object)["annotations"].(clustertest.Object)["openclickstream.io/backfill"])
	}
	args := inShop(server, "product", "backfill", "sessions", "--from", "2026-03-01", "--to", "2026-04-01", "--concurrency", "4")
	first, second := run(t, "", args...), run(t, "", args...)
	if first.err != nil || !strings.HasPrefix(first.out, "a backfill of sessions from 2026-03-01T00:00:00Z to 2026-04-01T00:00:00Z was asked for") {
		t.Errorf("printed %q, %v", first.out, first.err)
	}
	if second.err != nil || !strings.HasPrefix(second.out, "this backfill of sessions was asked for already") {
		t.Errorf("printed %q, %v", second.out, second.err)
	}
	if len(asked) != 1 || asked[0] != "2026-03-01T00:00:00Z/2026-04-01T00:00:00Z/4" {
		t.Errorf("asked for %v", asked)
	}
	if again := run(t, "", append(args, "--again")...); again.err != nil || len(asked) != 2 ||
		!strings.HasPrefix(asked[1].(string), "2026-03-01T00:00:00Z/2026-04-01T00:00:00Z/4/2") {
		t.Errorf("asked for %v, printed %q, %v", asked, again.out, again.err)
	}
	tooMany := run(t, "", append(args, "--concurrency", "17")...)
	if tooMany.err == nil || tooMany.err.Error() != "--concurrency must be from 1 to 16, it is 17" {
		t.Errorf("got %v", tooMany.err)
	}
}

func TestRunsAreShownInEachForm(t *testing.T) {
	server := products(t, `{"metadata":{"name":"sessions","namespace":"shop"},"status":{"lastRun":{"id":"r1","state":"Running"}}}`)
	for form, want := range map[string]string{
		"table": "r1  | Running | all    |      |         |       | \n",
		"json":  "  \"runs\": [\n    {\n      \"id\": \"r1\",\n      \"state\": \"Running\"\n    }\n  ],\n  \"missing\": []\n",
		"yaml":  "runs:\n- id: r1\n  state: Running\n",
	} {
		got := run(t, "", inShop(server, "product", "runs", "sessions", "-o", form)...)
		if got.err != nil || !strings.Contains(got.out, want) {
			t.Errorf("%s: printed %q, %v; want %q", form, got.out, got.err, want)
		}
	}
}
