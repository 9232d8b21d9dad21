package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/clustertest"
)

const pipelinesOfShop = "/apis/openclickstream.io/v1alpha1/namespaces/shop/clickstreampipelines"

// tablesWith is a catalog that has these tables of a pipeline, by name, and no other.
func tablesWith(t *testing.T, tables map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, isTable := strings.CutPrefix(r.URL.Path, "/v1/namespaces/shop/tables/")
		metadata, isThere := tables[name]
		switch {
		case r.URL.Path == "/v1/config":
			_, _ = io.WriteString(w, `{}`)
		case isTable && isThere:
			_, _ = io.WriteString(w, `{"metadata":`+metadata+`}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func metadata(uuid, next string) string {
	return `{"table-uuid":"` + uuid + `","properties":{"openclickstream.topic-id":"topic-1","openclickstream.next-offsets":"` + strings.ReplaceAll(next, `"`, `\"`) + `"}}`
}

// broken is a cluster with a pipeline whose job wrote tables e1, f1 and d1, with these conditions.
func broken(t *testing.T, catalog *httptest.Server, conditions string) *clustertest.Server {
	t.Helper()
	collector := newFakeCollector(t)
	collector.accounting = `{"topic":"shop.web-raw","received":700,"partitions":[{"partition":0,"start":0,"end":500},{"partition":1,"start":120,"end":200}]}`
	server := shop(t, collector, fakeTrino(t, nil))
	const group = "/apis/openclickstream.io/v1alpha1/namespaces/shop/"
	server.Put(pipelinesOfShop, `{"metadata":{"name":"web"},"spec":{"platformRef":{"name":"local"}},"status":{
		"tableIds":{"events":"e1","failedEvents":"f1","duplicateEvents":"d1"},"conditions":[`+conditions+`]}}`)
	server.Put(group+"dataplatforms", `{"metadata":{"name":"local"},"spec":{"catalog":{"uri":"`+catalog.URL+`"}}}`)
	server.Put(group+"eventstreams", `{"metadata":{"name":"web-raw"},"status":{"topicId":"topic-1"}}`)
	server.OnAnnotated = func(pipeline clustertest.Object) {
		annotations := pipeline["metadata"].(clustertest.Object)["annotations"].(clustertest.Object)
		pipeline["status"].(clustertest.Object)["recovery"] = clustertest.Object{"id": annotations["openclickstream.io/recover"]}
	}
	return server
}

// withoutID replaces the time that names a recovery.
func withoutID(text string) string {
	_, rest, _ := strings.Cut(text, "\nRecovery ")
	id, _, _ := strings.Cut(rest, "\n")
	return strings.ReplaceAll(text, id, "ID")
}

const lostEvents = `Pipeline web of namespace shop
  ✖ table shop.web_events is gone from the catalog
Recovery ID
  - makes table shop.web_events anew, empty
  - leaves every row of shop.web_failed_events, shop.web_duplicate_events where it is; what they hold is not stored twice
  - starts the stream job on a new checkpoint, checkpoints/shop/web/recovery-ID; the old one stays
  - reads topic shop.web-raw again, all that Kafka still has
      partition 0 from offset 0 on: 500 records
      partition 1 from offset 120 on: 80 records
        ✖ offsets 0 to 119 are no longer in Kafka: what the lost table held of them cannot be had again
It deletes nothing. The job forgets which events it has seen: one that comes again counts as new, unless its first record is among those read now.
Rows that were deleted on purpose come back where Kafka still has their records: delete them again afterwards.
`

func TestRecoverShowsWhatItDoesAsksAndDoesIt(t *testing.T) {
	catalog := tablesWith(t, map[string]string{"web_failed_events": metadata("f1", `{"0":480}`), "web_duplicate_events": metadata("d1", `{"0":470}`)})
	for name, c := range map[string]struct {
		input string
		args  []string
		rest  string
		done  bool
	}{
		"dry run": {"", []string{"--dry-run"}, "", false},
		"no":      {"n\n", nil, "Do it? [y/N] nothing was done\n", false},
		"nothing": {"", nil, "Do it? [y/N] nothing was done\n", false},
		"yes":     {"y\n", nil, "Do it? [y/N] recovery ID: the stream job begins anew; account web --wait tells when all is stored\n", true},
		"unasked": {"", []string{"--yes"}, "recovery ID: the stream job begins anew; account web --wait tells when all is stored\n", true},
	} {
		isDone := false
		server := broken(t, catalog, "")
		carryOut := server.OnAnnotated
		server.OnAnnotated = func(pipeline clustertest.Object) { isDone = true; carryOut(pipeline) }
		got := run(t, c.input, inShop(server, append([]string{"recover", "web"}, c.args...)...)...)
		if got.err != nil || withoutID(got.out) != lostEvents+c.rest || isDone != c.done {
			t.Errorf("%s: printed\n%s%v\nwant\n%s", name, withoutID(got.out), got.err, lostEvents+c.rest)
		}
	}
}

func TestRecoverTellsEachFault(t *testing.T) {
	const events, failed, duplicates = "web_events", "web_failed_events", "web_duplicate_events"
	whole := map[string]string{events: metadata("e1", `{"0":490,"1":100}`), failed: metadata("f1", `{"0":480}`), duplicates: metadata("d1", "{}")}
	replaced := map[string]string{events: whole[events], failed: metadata("f2", "{}"), duplicates: whole[duplicates]}
	const refusal = `{"type":"ProcessingReady","status":"False","reason":"CheckpointForeign","message":"it is of another topic; \"kubectl clickstream recover web -n shop\" shows"}`
	for name, c := range map[string]struct {
		tables           map[string]string
		conditions, args string
		want             []string
	}{
		"a table made anew": {replaced, "", "--dry-run", []string{
			"✖ table shop.web_failed_events is another one now (uuid f2, was f1), without the rows of before\n",
			"goes on with table shop.web_failed_events as it is now\n", "partition 0 from offset 0 on: 500 records\n",
		}},
		"a checkpoint": {whole, refusal, "--dry-run", []string{
			"✖ the stream job says: it is of another topic\n", "leaves every row of shop.web_events, shop.web_failed_events, shop.web_duplicate_events",
			"on from where the tables end\n", "partition 0 from offset 490 on: 10 records\n",
			"partition 1 from offset 120 on: 80 records\n", "✖ offsets 100 to 119 are no longer in Kafka: what was not read of them cannot be had again\n",
		}},
		"nothing":            {whole, "", "--yes", []string{"there is nothing to recover\n"}},
		"nothing, but asked": {whole, "", "--force", []string{"partition 0 from offset 490 on: 10 records\n", "nothing was done\n"}},
	} {
		got := run(t, "", inShop(broken(t, tablesWith(t, c.tables), c.conditions), "recover", "web", c.args)...)
		for _, want := range c.want {
			if got.err != nil || !strings.Contains(got.out, want) {
				t.Errorf("%s: printed\n%s%v\nwant %q", name, got.out, got.err, want)
			}
		}
	}
}

func TestRecoverWaitsForOneThatWasAskedFor(t *testing.T) {
	server := broken(t, tablesWith(t, nil), "")
	server.Put(pipelinesOfShop, `{"metadata":{"name":"web","annotations":{"openclickstream.io/recover":"a1"}},"spec":{"platformRef":{"name":"local"}}}`)
	got := run(t, "", inShop(server, "recover", "web", "--wait", "1ms")...)
	if got.err == nil || got.err.Error() != "the operator has not carried recovery a1 out within 1ms; kubectl clickstream status web says what it waits for" {
		t.Errorf("printed %q, error %v", got.out, got.err)
	}
}

func TestRecoverLeavesARenamedTable(t *testing.T) {
	server := broken(t, tablesWith(t, nil), "")
	server.Put("/apis/openclickstream.io/v1alpha1/namespaces/shop/laketables", `{"metadata":{"name":"web-events"},"status":{"renamedTo":"shop.kept"}}`)
	got := run(t, "", inShop(server, "recover", "web", "--yes")...)
	if got.err == nil || !strings.HasPrefix(got.err.Error(), "table shop.web_events was renamed to shop.kept, and has its rows there") {
		t.Errorf("printed %q, error %v", got.out, got.err)
	}
}
