package tree

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	var fields map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&fields); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return &unstructured.Unstructured{Object: wholeNumbers(fields).(map[string]any)}
}

// wholeNumbers makes int64 of numbers, as the Kubernetes client does.
func wholeNumbers(value any) any {
	switch v := value.(type) {
	case float64:
		return int64(v)
	case map[string]any:
		for key, inner := range v {
			v[key] = wholeNumbers(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = wholeNumbers(inner)
		}
	}
	return value
}

func written(node *Node) string {
	var out strings.Builder
	Write(&out, node, terminal.Painter{})
	return out.String()
}

const (
	wellConditions = `"conditions":[{"type":"Ready","status":"True","reason":"Succeeded"},{"type":"Reconciling","status":"False","reason":"Succeeded"},
		{"type":"Stalled","status":"False","reason":"Succeeded"},{"type":"TablesReady","status":"True","reason":"Succeeded"}]`
	waitingConditions = `"conditions":[{"type":"Ready","status":"False","reason":"KafkaUnreachable","message":"no broker"},
		{"type":"Reconciling","status":"True","reason":"KafkaUnreachable","message":"no broker"},{"type":"Stalled","status":"False","reason":"x"}]`
	stalledConditions = `"conditions":[{"type":"Ready","status":"False","reason":"ImpossibleChange","message":"drop column a by hand"},
		{"type":"Reconciling","status":"False","reason":"x"},{"type":"Stalled","status":"True","reason":"ImpossibleChange","message":"drop column a by hand"}]`
)

func TestAResourceIsShownWithItsConditions(t *testing.T) {
	cases := []struct {
		name, kind, text, want string
		state                  State
	}{
		{
			"all is well", "EventStream", `{"metadata":{"name":"raw","generation":2},"status":{"observedGeneration":2,"topicName":"t","partitions":3,` + wellConditions + `}}`,
			"✔ EventStream raw  topic t, 3 partitions\n    ✔ Ready, TablesReady\n", Well,
		},
		{
			"a cache", "QueryCluster", `{"metadata":{"name":"query"},"status":{"version":"476","activeWorkers":1,"cache":{"hitPercent":93},` + wellConditions + `}}`,
			"✔ QueryCluster query  Trino 476, 1 worker, 93 % cached\n    ✔ Ready, TablesReady\n", Well,
		},
		{
			"waiting, said once", "EventStream", `{"metadata":{"name":"raw"},"status":{` + waitingConditions + `}}`,
			"… EventStream raw\n    … Ready=False KafkaUnreachable: no broker\n", UnderWay,
		},
		{
			"stalled", "LakeTable", `{"metadata":{"name":"t"},"status":{"rows":5,` + stalledConditions + `}}`,
			"✖ LakeTable t  5 rows\n    ✖ Ready=False ImpossibleChange: drop column a by hand\n", NotWell,
		},
		{
			"not looked at", "LakeTable", `{"metadata":{"name":"t"}}`, "… LakeTable t\n", UnderWay,
		},
		{
			"changed since", "LakeTable", `{"metadata":{"name":"t","generation":3},"status":{"observedGeneration":2,` + wellConditions + `}}`,
			"… LakeTable t\n    ✔ Ready, TablesReady\n    … the operator has not looked at the last change yet\n", UnderWay,
		},
		{
			"waiting for a person", "ServingTable", `{"metadata":{"name":"profiles"},"status":{"tableName":"shop:profiles","regions":1,"durability":"FSYNC_WAL",` +
				strings.ReplaceAll(stalledConditions, "ImpossibleChange", "ApprovalRequired") + `}}`,
			"✖ ServingTable profiles  shop:profiles, 1 region, FSYNC_WAL\n    ✖ Ready=False ApprovalRequired: drop column a by hand\n", NotWell,
		},
		{
			"unknown", "LakeTable", `{"metadata":{"name":"t"},"status":{"conditions":[{"type":"Ready","status":"Unknown","reason":"CatalogUnreachable"}]}}`,
			"? LakeTable t\n    ? Ready=Unknown CatalogUnreachable\n", Unknown,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			node := Resource(c.kind, object(t, c.text))
			if got := written(node); got != c.want {
				t.Errorf("written\n%swant\n%s", got, c.want)
			}
			if node.Worst() != c.state {
				t.Errorf("state %v, want %v", node.Worst(), c.state)
			}
		})
	}
}

func TestAWorkloadIsShownWithItsPods(t *testing.T) {
	deployment := object(t, `{"metadata":{"name":"web-collector"},"spec":{"replicas":3},"status":{"readyReplicas":1,"updatedReplicas":3}}`)
	pods := []unstructured.Unstructured{
		*object(t, `{"metadata":{"name":"a"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"restartCount":2,"state":{"running":{}}}]}}`),
		*object(t, `{"metadata":{"name":"b"},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"no memory"}]}}`),
		*object(t, `{"metadata":{"name":"c","deletionTimestamp":"2026-01-05T00:00:00Z"},"status":{"phase":"Running","containerStatuses":[{"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}}}]}}`),
	}
	want := `… Deployment web-collector  1 of 3 ready
├── ✔ Pod a  Running, 2 restarts
├── … Pod b  Pending
│       ✖ Unschedulable: no memory
└── ✖ Pod c  Running, being deleted
        ✖ CrashLoopBackOff: back-off
`
	if got := written(Workload("Deployment", deployment, pods)); got != want {
		t.Errorf("written\n%swant\n%s", got, want)
	}
}

func TestAWorkloadThatRollsIsUnderWay(t *testing.T) {
	rolling := object(t, `{"metadata":{"name":"x"},"spec":{"replicas":2},"status":{"readyReplicas":2,"updatedReplicas":1}}`)
	if got, want := written(Workload("Deployment", rolling, nil)), "… Deployment x  2 of 2 ready, 1 up to date\n"; got != want {
		t.Errorf("written %q, want %q", got, want)
	}
	stopped := object(t, `{"metadata":{"name":"x"},"spec":{"replicas":0},"status":{}}`)
	if node := Workload("StatefulSet", stopped, nil); node.State != Well {
		t.Errorf("a workload that shall have no pods is %v", node.State)
	}
}

func TestATreeIsAsBadAsItsWorstPart(t *testing.T) {
	root := &Node{Title: "root"}
	root.Add(Missing("LakeTable", "t"))
	root.Children[0].Add(Unreadable("Pods", "x", errors.New("forbidden")))
	root.Add(&Node{Title: "leaf", State: NotWell})
	if root.Worst() != NotWell {
		t.Errorf("worst %v", root.Worst())
	}
	want := "✔ root\n├── … LakeTable t  does not exist yet\n│   └── ? Pods x  forbidden\n└── ✖ leaf\n"
	if got := written(root); got != want {
		t.Errorf("written\n%swant\n%s", got, want)
	}
}
