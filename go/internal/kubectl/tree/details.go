package tree

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

// detail is a field of a status that is worth a place beside the title.
type detail struct {
	format string
	path   []string
	// one is the format of the number 1, where it differs.
	one string
}

var details = map[string][]detail{
	contract.KindClickstreamPipeline.Name: {
		{"batch %v", contract.ClickstreamPipelineStatusJobLastCommittedBatch, ""}, {"lag %v", contract.ClickstreamPipelineStatusJobLag, ""},
		{"%v conflicts", contract.ClickstreamPipelineStatusJobConflicts, "%v conflict"},
		{"%v rows/s", contract.ClickstreamPipelineStatusJobProcessedRowsPerSecond, ""},
		{"profiles %v behind", contract.ClickstreamPipelineStatusProfilesLag, ""},
	},
	contract.KindEventStream.Name: {
		{"topic %v", contract.EventStreamStatusTopicName, ""}, {"%v partitions", contract.EventStreamStatusPartitions, "%v partition"},
	},
	contract.KindLakeTable.Name: {
		{"%v", contract.LakeTableSpecDatabase, ""}, {"%v rows", contract.LakeTableStatusRows, "%v row"},
		{"%v files", contract.LakeTableStatusDataFiles, "%v file"},
	},
	contract.KindServingTable.Name: {
		{"%v", contract.ServingTableStatusTableName, ""}, {"%v regions", contract.ServingTableStatusRegions, "%v region"},
		{"%v", contract.ServingTableStatusDurability, ""},
	},
	contract.KindQueryCluster.Name: {
		{"Trino %v", contract.QueryClusterStatusVersion, ""}, {"%v workers", contract.QueryClusterStatusActiveWorkers, "%v worker"},
		{"%v %% cached", contract.QueryClusterStatusCacheHitPercent, ""},
	},
}

func detailOf(kind string, object map[string]any) string {
	var parts []string
	for _, d := range details[kind] {
		value, isSet, err := unstructured.NestedFieldNoCopy(object, d.path...)
		if err != nil || !isSet {
			continue
		}
		format := d.format
		if d.one != "" && fmt.Sprint(value) == "1" {
			format = d.one
		}
		parts = append(parts, fmt.Sprintf(format, value))
	}
	return strings.Join(parts, ", ")
}

// Workload makes a node of a Deployment or StatefulSet and its pods.
func Workload(kind string, object *unstructured.Unstructured, pods []unstructured.Unstructured) *Node {
	wanted := number(object.Object, "spec", "replicas")
	ready := number(object.Object, "status", "readyReplicas")
	updated := number(object.Object, "status", "updatedReplicas")
	node := &Node{Title: kind + " " + object.GetName(), Detail: fmt.Sprintf("%d of %d ready", ready, wanted)}
	switch {
	case ready < wanted:
		node.State = UnderWay
	case updated < wanted || isOutdated(object):
		node.State, node.Detail = UnderWay, node.Detail+fmt.Sprintf(", %d up to date", updated)
	}
	for i := range pods {
		node.Add(pod(&pods[i]))
	}
	return node
}

func number(object map[string]any, path ...string) int64 {
	value, _, err := unstructured.NestedInt64(object, path...)
	if err != nil {
		return 0
	}
	return value
}

func pod(object *unstructured.Unstructured) *Node {
	phase := cluster.Text(object.Object, "status", "phase")
	node := &Node{Title: "Pod " + object.GetName(), State: UnderWay, Detail: phase}
	for _, condition := range cluster.Conditions(object.Object) {
		if condition.Type == "Ready" && condition.Status == "True" {
			node.State = Well
		}
		if condition.Type == "PodScheduled" && condition.Status == "False" {
			node.Lines = append(node.Lines, Line{NotWell, condition.Reason + ": " + condition.Message})
		}
	}
	if phase == "Failed" {
		node.State = NotWell
	}
	if object.GetDeletionTimestamp() != nil {
		node.Detail += ", being deleted"
	}
	addContainers(node, object.Object)
	return node
}

// addContainers tells of restarts and of what keeps a container from running.
func addContainers(node *Node, object map[string]any) {
	statuses, _, err := unstructured.NestedSlice(object, "status", "containerStatuses")
	if err != nil {
		return
	}
	for _, item := range statuses {
		status, isMap := item.(map[string]any)
		if !isMap {
			continue
		}
		if restarts := number(status, "restartCount"); restarts > 0 {
			node.Detail += ", " + terminal.Count(restarts, "restart", "restarts")
		}
		if reason := cluster.Text(status, "state", "waiting", "reason"); reason != "" && reason != "ContainerCreating" && reason != "PodInitializing" {
			node.State = NotWell
			node.Lines = append(node.Lines, Line{NotWell, strings.TrimSuffix(reason+": "+cluster.Text(status, "state", "waiting", "message"), ": ")})
		}
	}
}
