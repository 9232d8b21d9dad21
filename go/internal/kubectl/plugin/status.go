package plugin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/tree"
)

type statusOptions struct {
	*sharedOptions
	pipelineName string
}

func newStatusCommand(shared *sharedOptions) *cobra.Command {
	o := &statusOptions{sharedOptions: shared}
	return &cobra.Command{
		Use:   "status PIPELINE",
		Short: "Show a pipeline and everything it consists of, with conditions",
		Long: `Show a pipeline and everything it consists of, with conditions. The exit code is 1 when something is not ready.

✔ is well, … is under way, ✖ is not well, ? is not known.`,
		Example: "  kubectl clickstream status web",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			o.pipelineName = args[0]
			return o.run(command.Context())
		},
	}
}

func (o *statusOptions) run(ctx context.Context) error {
	access, pipeline, err := o.pipeline(ctx, o.pipelineName)
	if err != nil {
		return err
	}
	reader := statusReader{access: access, pipeline: pipeline}
	root := reader.read(ctx)
	tree.Write(o.streams.Out, root, terminal.NewPainter(o.streams.Out))
	if root.Worst() != tree.Well {
		return ErrNegative
	}
	return nil
}

// statusReader gathers the parts of a pipeline. A part that cannot be read is shown as such; the others still are.
type statusReader struct {
	access   *cluster.Access
	pipeline *cluster.Pipeline
}

func (r *statusReader) read(ctx context.Context) *tree.Node {
	root := tree.Resource(contract.KindClickstreamPipeline.Name, r.pipeline.Object)
	root.Add(r.resource(ctx, cluster.Platforms, contract.KindDataPlatform.Name, r.pipeline.Platform))
	root.Add(r.resource(ctx, cluster.EventStreams, contract.KindEventStream.Name, r.pipeline.RawStreamName()))
	root.Add(r.workload(ctx, cluster.Deployments, "Deployment", r.pipeline.CollectorService()))
	root.Add(r.workload(ctx, cluster.StatefulSets, "StatefulSet", r.pipeline.StreamName()))
	for _, table := range r.pipeline.LakeTableNames() {
		root.Add(r.resource(ctx, cluster.LakeTables, contract.KindLakeTable.Name, table))
	}
	profiles := ""
	if r.pipeline.KeepsProfiles() {
		profiles = r.pipeline.ProfileTableName()
		root.Add(r.resource(ctx, cluster.ServingTables, contract.KindServingTable.Name, profiles))
	}
	if r.pipeline.AnswersProfiles() {
		root.Add(r.workload(ctx, cluster.Deployments, "Deployment", r.pipeline.ProfileAPIName()))
	}
	for _, node := range r.ofPlatform(ctx, cluster.QueryClusters, contract.KindQueryCluster.Name, contract.QueryClusterSpecPlatformRefName, "") {
		root.Add(node)
	}
	for _, node := range r.ofPlatform(ctx, cluster.ServingTables, contract.KindServingTable.Name, contract.ServingTableSpecPlatformRefName, profiles) {
		root.Add(node)
	}
	return root
}

func (r *statusReader) resource(ctx context.Context, of schema.GroupVersionResource, kind, name string) *tree.Node {
	object, err := r.access.Get(ctx, of, name)
	if err != nil {
		return unreadable(kind, name, err)
	}
	return tree.Resource(kind, object)
}

func unreadable(kind, name string, err error) *tree.Node {
	if cluster.IsNotFound(err) {
		return tree.Missing(kind, name)
	}
	return tree.Unreadable(kind, name, err)
}

func (r *statusReader) workload(ctx context.Context, of schema.GroupVersionResource, kind, name string) *tree.Node {
	object, err := r.access.Get(ctx, of, name)
	if err != nil {
		return unreadable(kind, name, err)
	}
	pods, err := r.podsOf(ctx, object)
	if err != nil {
		node := tree.Workload(kind, object, nil)
		node.Add(tree.Unreadable("Pods", name, err))
		return node
	}
	return tree.Workload(kind, object, pods)
}

func (r *statusReader) podsOf(ctx context.Context, workload *unstructured.Unstructured) ([]unstructured.Unstructured, error) {
	matchLabels, _, err := unstructured.NestedStringMap(workload.Object, "spec", "selector", "matchLabels")
	if err != nil {
		return nil, fmt.Errorf("reading the selector: %w", err)
	}
	return r.access.Pods(ctx, labels.SelectorFromSet(matchLabels).String())
}

// ofPlatform are the resources of a kind that use the pipeline's platform: query clusters answer questions about its tables, serving tables have
// rows of it. One is left out: it has a place of its own. A kind that this cluster does not know has none.
func (r *statusReader) ofPlatform(ctx context.Context, of schema.GroupVersionResource, kind string, platform []string, except string) []*tree.Node {
	all, err := r.access.List(ctx, of, "")
	if cluster.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return []*tree.Node{tree.Unreadable(kind, "", err)}
	}
	var nodes []*tree.Node
	for i := range all {
		if cluster.Text(all[i].Object, platform...) == r.pipeline.Platform && all[i].GetName() != except {
			nodes = append(nodes, tree.Resource(kind, &all[i]))
		}
	}
	return nodes
}
