package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/clustertest"
)

// fakeTrino answers every statement with the rows that fit it.
func fakeTrino(t *testing.T, answers map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sql, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		for part, answer := range answers {
			if strings.Contains(string(sql), part) {
				_, _ = io.WriteString(w, answer)
				return
			}
		}
		_, _ = fmt.Fprintf(w, `{"error":{"message":"no answer for %q","errorName":"TEST"}}`, sql)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestQueryPrintsEachForm(t *testing.T) {
	trino := fakeTrino(t, map[string]string{
		"SELECT 1": `{"columns":[{"name":"page","type":"varchar"},{"name":"views","type":"bigint"}],"data":[["/",12],["/a\"b",null]]}`,
	})
	for form, want := range map[string]string{
		"table": "page | views\n-----+------\n/    |    12\n/a\"b |  NULL\n(2 rows)\n",
		"csv":   "page,views\n/,12\n\"/a\"\"b\",\n",
		"json":  "[\n  {\n    \"page\": \"/\",\n    \"views\": 12\n  },\n  {\n    \"page\": \"/a\\\"b\",\n    \"views\": null\n  }\n]\n",
	} {
		if got := run(t, "SELECT 1;\n", "query", "--trino-url", trino.URL, "-o", form, "-"); got.err != nil || got.out != want {
			t.Errorf("%s: printed %q, error %v\nwant %q", form, got.out, got.err, want)
		}
	}
}

func TestQueryPrintsJSONAsItIs(t *testing.T) {
	trino := fakeTrino(t, map[string]string{
		"SELECT 1": `{"columns":[{"name":"z","type":"varchar"},{"name":"a","type":"map"}],"data":[["<b> & c",{"k":"x>y"}]]}`,
		"SELECT 2": `{"columns":[{"name":"id","type":"bigint"},{"name":"id","type":"bigint"}],"data":[[1,2]]}`,
		"SELECT 3": `{"columns":[{"name":"id","type":"bigint"}]}`,
	})
	want := "[\n  {\n    \"z\": \"<b> & c\",\n    \"a\": {\n      \"k\": \"x>y\"\n    }\n  }\n]\n"
	if got := run(t, "", "query", "--trino-url", trino.URL, "-o", "json", "SELECT 1"); got.err != nil || got.out != want {
		t.Errorf("printed %s, error %v\nwant %s", got.out, got.err, want)
	}
	problem := `two columns are called "id", which a JSON object cannot hold; give one another name with AS, or use --output csv`
	if got := run(t, "", "query", "--trino-url", trino.URL, "-o", "json", "SELECT 2"); got.err == nil || got.err.Error() != problem || got.out != "" {
		t.Errorf("printed %s, error %v", got.out, got.err)
	}
	if got := run(t, "", "query", "--trino-url", trino.URL, "-o", "csv", "SELECT 2"); got.err != nil || got.out != "id,id\n1,2\n" {
		t.Errorf("printed %s, error %v", got.out, got.err)
	}
	if got := run(t, "", "query", "--trino-url", trino.URL, "-o", "json", "SELECT 3"); got.err != nil || got.out != "[]\n" {
		t.Errorf("printed %s, error %v", got.out, got.err)
	}
}

// Trino cuts times to milliseconds for clients that do not say that they know others.
func TestTimesAreAsTheyAreInEveryForm(t *testing.T) {
	trino := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		typeName, value := "timestamp with time zone", "2026-11-29 17:00:01.123 UTC"
		if strings.Contains(r.Header.Get("X-Trino-Client-Capabilities"), "PARAMETRIC_DATETIME") {
			typeName, value = "timestamp(6) with time zone", "2026-11-29 17:00:01.123456 UTC"
		}
		_, _ = fmt.Fprintf(w, `{"columns":[{"name":"t","type":%q}],"data":[[%q]]}`, typeName, value)
	}))
	defer trino.Close()
	for form, want := range map[string]string{
		"table": "2026-11-29 17:00:01.123456 UTC", "json": `"t":"2026-11-29 17:00:01.123456 UTC"`, "csv": "t\n2026-11-29 17:00:01.123456 UTC\n",
	} {
		got := run(t, "", "query", "--trino-url", trino.URL, "-o", form, "SELECT t")
		if printed := strings.ReplaceAll(got.out, `": "`, `":"`); got.err != nil || !strings.Contains(printed, want) {
			t.Errorf("%s: printed %q, error %v", form, got.out, got.err)
		}
	}
}

// shop is a cluster with a pipeline whose collector and Trino are reached as a user reaches them.
func shop(t *testing.T, collector *fakeCollector, trino *httptest.Server) *clustertest.Server {
	t.Helper()
	const group, core, apps = "/apis/openclickstream.io/v1alpha1/namespaces/shop/", "/api/v1/namespaces/shop/", "/apis/apps/v1/namespaces/shop/"
	const ready = `"status":{"conditions":[{"type":"Ready","status":"True","reason":"Succeeded"}]}`
	server := clustertest.New(t)
	server.Put(group+"clickstreampipelines", `{"metadata":{"name":"web"},"spec":{"platformRef":{"name":"local"}},`+ready+`}`)
	server.Put(group+"dataplatforms", `{"metadata":{"name":"local"},`+ready+`}`)
	server.Put(group+"eventstreams", `{"metadata":{"name":"web-raw"},`+ready+`}`)
	server.Put(group+"queryclusters", `{"metadata":{"name":"query"},"spec":{"platformRef":{"name":"local"}},`+ready+`}`)
	server.Put(group+"servingtables", `{"metadata":{"name":"profiles"},"spec":{"platformRef":{"name":"local"}},`+ready+`}`)
	for _, table := range []string{"web-events", "web-failed-events", "web-duplicate-events"} {
		server.Put(group+"laketables", `{"metadata":{"name":"`+table+`"},`+ready+`}`)
	}
	server.Put(core+"services", `{"metadata":{"name":"web-collector-internal"},"spec":{"selector":{"app":"web-collector"},"ports":[{"name":"internal","port":9090}]}}`)
	for name, port := range map[string]string{"web-collector": "8080", "query": "8080"} {
		server.Put(core+"services", `{"metadata":{"name":"`+name+`"},"spec":{"selector":{"app":"`+name+`"},"ports":[{"name":"http","port":80,"targetPort":`+port+`}]}}`)
		server.Put(core+"pods", `{"metadata":{"name":"`+name+`-0","labels":{"app":"`+name+`"}},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`)
	}
	server.Put(core+"pods", `{"metadata":{"name":"web-stream-0","labels":{"app":"web-stream"}},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`)
	server.Put(apps+"deployments", `{"metadata":{"name":"web-collector"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web-collector"}}},"status":{"readyReplicas":1,"updatedReplicas":1}}`)
	server.Put(apps+"statefulsets", `{"metadata":{"name":"web-stream"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web-stream"}}},"status":{"readyReplicas":1,"updatedReplicas":1}}`)
	server.Forward("web-collector-0", "8080", strings.TrimPrefix(collector.URL, "http://"))
	server.Forward("web-collector-0", "9090", strings.TrimPrefix(collector.URL, "http://"))
	server.Forward("query-0", "8080", strings.TrimPrefix(trino.URL, "http://"))
	return server
}

func inShop(server *clustertest.Server, args ...string) []string {
	return append(args, "--server", server.URL, "--namespace", "shop", "--kubeconfig", "")
}

func TestStatusShowsTheWholePipeline(t *testing.T) {
	server := shop(t, newFakeCollector(t), fakeTrino(t, nil))
	got := run(t, "", inShop(server, "status", "web")...)
	want := `✔ ClickstreamPipeline web
│   ✔ Ready
├── ✔ DataPlatform local
│       ✔ Ready
├── ✔ EventStream web-raw
│       ✔ Ready
├── ✔ Deployment web-collector  1 of 1 ready
│   └── ✔ Pod web-collector-0  Running
├── ✔ StatefulSet web-stream  1 of 1 ready
│   └── ✔ Pod web-stream-0  Running
├── ✔ LakeTable web-events
│       ✔ Ready
├── ✔ LakeTable web-failed-events
│       ✔ Ready
├── ✔ LakeTable web-duplicate-events
│       ✔ Ready
├── ✔ QueryCluster query
│       ✔ Ready
└── ✔ ServingTable profiles
        ✔ Ready
`
	if got.err != nil || got.out != want {
		t.Errorf("printed\n%s%v\nwant\n%s", got.out, got.err, want)
	}
	server.Remove("/apis/openclickstream.io/v1alpha1/namespaces/shop/laketables", "web-events")
	got = run(t, "", inShop(server, "status", "web")...)
	if !errors.Is(got.err, ErrNegative) || !strings.Contains(got.out, "├── … LakeTable web-events  does not exist yet\n") {
		t.Errorf("printed\n%s%v", got.out, got.err)
	}
}

func TestStatusShowsTheTableOfProfiles(t *testing.T) {
	const group = "/apis/openclickstream.io/v1alpha1/namespaces/shop/"
	const conditions = `"conditions":[{"type":"Ready","status":"True","reason":"Succeeded"}]`
	server := shop(t, newFakeCollector(t), fakeTrino(t, nil))
	server.Remove(group+"clickstreampipelines", "web")
	server.Put(group+"clickstreampipelines", `{"metadata":{"name":"web"},"spec":{"platformRef":{"name":"local"}},`+
		`"status":{"profiles":{"table":"shop:web-profiles","lag":3,"apiUrl":"http://web-profile-api.shop.svc:8080"},`+conditions+`}}`)
	server.Put(group+"servingtables", `{"metadata":{"name":"web-profiles"},"status":{"tableName":"shop:web-profiles","regions":4,`+conditions+`}}`)
	server.Put("/apis/apps/v1/namespaces/shop/deployments", `{"metadata":{"name":"web-profile-api"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web-profile-api"}}},"status":{"readyReplicas":1,"updatedReplicas":1}}`)
	got := run(t, "", inShop(server, "status", "web")...)
	if got.err != nil || !strings.Contains(got.out, "✔ ClickstreamPipeline web  profiles 3 behind\n") ||
		!strings.Contains(got.out, "├── ✔ ServingTable web-profiles  shop:web-profiles, 4 regions\n") ||
		!strings.Contains(got.out, "├── ✔ Deployment web-profile-api") {
		t.Errorf("printed\n%s%v", got.out, got.err)
	}
}

func TestSendTellsARefusalAtOnce(t *testing.T) {
	const core = "/api/v1/namespaces/shop/"
	for name, change := range map[string]func(*clustertest.Server){
		`reading Service "web-collector": you cannot use`:         func(s *clustertest.Server) { s.Refuse(core + "services") },
		`listing the pods of Service "web-collector": you`:        func(s *clustertest.Server) { s.Refuse(core + "pods") },
		`of pod "web-collector-0": you cannot use`:                func(s *clustertest.Server) { s.Refuse(core + "pods/web-collector-0/portforward") },
		`there is no Service "web-collector" in namespace "shop"`: func(s *clustertest.Server) { s.Remove(core+"services", "web-collector") },
	} {
		collector := newFakeCollector(t)
		server := shop(t, collector, fakeTrino(t, nil))
		change(server)
		got := run(t, "", inShop(server, "send", "web", `{"a":1}`)...)
		if got.err == nil || !strings.Contains(got.err.Error(), name) || strings.Contains(got.errOut, "trying again") {
			t.Errorf("%s: printed %q, error %v", name, got.errOut, got.err)
		}
	}
}

func TestSendGoesThroughTheAPIServer(t *testing.T) {
	collector := newFakeCollector(t)
	got := run(t, "", inShop(shop(t, collector, fakeTrino(t, nil)), "send", "web", `{"a":1}`)...)
	if got.err != nil || got.out != "accepted 1, failed 0\n" || len(collector.bodies) != 1 {
		t.Errorf("printed %q, error %v, sent %q", got.out, got.err, collector.bodies)
	}
}

const countColumns = `{"columns":[{"name":"stored","type":"bigint"},{"name":"failed","type":"bigint"},{"name":"duplicate","type":"bigint"},` +
	`{"name":"a","type":"varchar"},{"name":"b","type":"varchar"},{"name":"c","type":"varchar"}],"data":`

func vanished(offset int) string {
	return fmt.Sprintf("  no table has a row of partition 0 offset %d; the stream job stores nothing behind a gap: "+
		"rows were deleted from the tables by other means than the product's, or Kafka deleted the records before they were read\n", offset)
}

func TestAccountAddsUp(t *testing.T) {
	cases := []struct {
		name, received, counts, rows, gaps string
		args                               []string
		out                                string
		isNegative                         bool
	}{
		{"balanced", "10", "[[7,1,2,null,null,null]]", "[[0,10,10,10,9]]", "", nil, "received 10 = stored 7 + failed 1 + duplicate 2\n", false},
		{"waiting", "10", "[[4,1,2,null,null,null]]", "[[0,7,7,7,6]]", "", nil, "received 10 ≠ stored 4 + failed 1 + duplicate 2, 3 waiting\n", true},
		{"waiting is allowed", "10", "[[4,1,2,null,null,null]]", "[[0,7,7,7,6]]", "", []string{"--allow-lag"}, "received 10 ≠ stored 4 + failed 1 + duplicate 2, 3 waiting\n", false},
		{
			"something is lost", "10", "[[6,1,2,null,null,null]]", "[[0,9,9,9,9]]", "[[0,4,4]]", []string{"--wait", "1ms"},
			"received 10 ≠ stored 6 + failed 1 + duplicate 2, 1 waiting\n  partition 0: 1 record before offset 9 is in no table, though later ones are\n" + vanished(4), true,
		},
		{
			"something is lost and lag is allowed", "10", "[[5,1,2,null,null,null]]", "[[0,8,8,8,8]]", "[[0,3,3]]", []string{"--allow-lag"},
			"received 10 ≠ stored 5 + failed 1 + duplicate 2, 2 waiting\n  partition 0: 1 record before offset 8 is in no table, though later ones are\n" + vanished(3), true,
		},
		{
			"as much is stored twice as is lost", "10", "[[7,1,2,null,null,null]]", "[[0,10,9,9,9]]", "[[0,5,5]]", nil,
			"received 10 = stored 7 + failed 1 + duplicate 2, but not the same records:\n" +
				"  partition 0: 1 record is in the tables more than once, which is a fault of the stream job\n" +
				"  partition 0: 1 record before offset 9 is in no table, though later ones are\n" + vanished(5), true,
		},
		{
			"some were erased", "10", `[[4,1,2,"0:1-2",null,"0:7"]]`, "[[0,7,7,7,9]]", "", nil,
			"received 10 = stored 4 + failed 1 + duplicate 2 + erased 3\n", false,
		},
		{
			"some were erased and others vanished", "10", `[[4,1,2,"0:1-2",null,null]]`, "[[0,7,7,7,9]]", "[[0,7,7]]", []string{"--allow-lag"},
			"received 10 ≠ stored 4 + failed 1 + duplicate 2 + erased 2, 1 waiting\n  partition 0: 1 record before offset 9 is in no table, though later ones are\n" + vanished(7), true,
		},
		{
			"something is stored twice", "10", "[[8,1,2,null,null,null]]", "[[0,11,10,10,9]]", "[]", []string{"--allow-lag"},
			"received 10 ≠ stored 8 + failed 1 + duplicate 2\n  partition 0: 1 record is in the tables more than once, which is a fault of the stream job\n", true,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // what is wrong is looked at for two seconds
			collector := newFakeCollector(t)
			collector.accounting = `{"topic":"raw","received":` + c.received + `,"partitions":[{"partition":0,"start":0,"end":` + c.received + `}]}`
			trino := fakeTrino(t, map[string]string{
				`count(*) FROM "lake"."shop"."web_events") AS stored`: countColumns + c.counts + "}",
				"UNION ALL":        `{"columns":[{"name":"p","type":"integer"}],"data":` + c.rows + "}",
				"max(last_offset)": `{"columns":[{"name":"p","type":"integer"}],"data":` + c.gaps + "}",
			})
			got := run(t, "", inShop(shop(t, collector, trino), append([]string{"account", "web"}, c.args...)...)...)
			if got.out != c.out || errors.Is(got.err, ErrNegative) != c.isNegative || (got.err != nil && !c.isNegative) {
				t.Errorf("printed %q %q, error %v\nwant %q", got.out, got.errOut, got.err, c.out)
			}
			var account map[string]any
			asJSON := run(t, "", inShop(shop(t, collector, trino), append([]string{"account", "web", "-o", "json"}, c.args...)...)...)
			if err := json.Unmarshal([]byte(asJSON.out), &account); err != nil || account["pipeline"] != "web" || errors.Is(asJSON.err, ErrNegative) != c.isNegative {
				t.Errorf("printed %q, error %v", asJSON.out, asJSON.err)
			}
		})
	}
}

func TestAccountFindsTheCollectorOfALongName(t *testing.T) {
	// The operator's own name for it, as in contracts/vectors/names.json: the pipeline's part is cut and has a hash.
	const pipeline, internalService = "shop-of-a-very-long-name-in-the-north-eu", "shop-of-a-very-long-name-0a99cc06-collector-internal"
	collector := newFakeCollector(t)
	collector.accounting = `{"topic":"raw","received":10,"partitions":[{"partition":0,"start":0,"end":10}]}`
	trino := fakeTrino(t, map[string]string{
		`count(*) FROM "lake"."shop"."shop_of_a_very_long_name_in_the_north_eu_events") AS stored`: countColumns + "[[7,1,2,null,null,null]]}",
		"UNION ALL": `{"columns":[{"name":"p","type":"integer"}],"data":[[0,10,10,10,9]]}`,
	})
	server := shop(t, collector, trino)
	server.Put("/apis/openclickstream.io/v1alpha1/namespaces/shop/clickstreampipelines", `{"metadata":{"name":"`+pipeline+`"},"spec":{"platformRef":{"name":"local"}}}`)
	server.Put("/api/v1/namespaces/shop/services", `{"metadata":{"name":"`+internalService+`"},"spec":{"selector":{"app":"web-collector"},"ports":[{"name":"internal","port":9090}]}}`)
	got := run(t, "", inShop(server, "account", pipeline)...)
	if want := "received 10 = stored 7 + failed 1 + duplicate 2\n"; got.err != nil || got.out != want {
		t.Errorf("printed %q %q, error %v\nwant %q", got.out, got.errOut, got.err, want)
	}
}

func TestABatchThatIsHalfVisibleIsNoLoss(t *testing.T) {
	collector := newFakeCollector(t)
	collector.accounting = `{"topic":"raw","received":10,"partitions":[{"partition":0,"start":0,"end":10}]}`
	looks := []string{"[[0,9,9,9,9]]", "[[0,10,10,10,9]]"}
	trino := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sql, err := io.ReadAll(r.Body)
		if err != nil || strings.Contains(string(sql), "AS stored") {
			_, _ = io.WriteString(w, countColumns+"[[7,1,2,null,null,null]]}")
			return
		}
		_, _ = io.WriteString(w, `{"columns":[{"name":"p","type":"integer"}],"data":`+looks[0]+"}")
		looks = looks[1:]
	}))
	defer trino.Close()
	got := run(t, "", inShop(shop(t, collector, trino), "account", "web")...)
	if got.err != nil || got.out != "received 10 = stored 7 + failed 1 + duplicate 2\n" || len(looks) > 0 {
		t.Errorf("printed %q %q, error %v, looks left %q", got.out, got.errOut, got.err, looks)
	}
}
