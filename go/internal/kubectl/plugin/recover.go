package plugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/adoption"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/recovery"
)

type recoverOptions struct {
	*sharedOptions
	isAgreed, isDryRun, isForced bool
	wait                         time.Duration
}

func newRecoverCommand(shared *sharedOptions) *cobra.Command {
	o := &recoverOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "recover PIPELINE",
		Short: "Mend a pipeline whose table was dropped, or whose checkpoint is lost or another's",
		Long: `Mend a pipeline whose table was dropped, or whose checkpoint is lost or another's.

Shows what is wrong and what will be done, asks, and does it: the operator makes tables that are gone anew and starts the stream
job on a new checkpoint. The job reads from Kafka what a table lost, or goes on where the tables end, and stores no record twice.`,
		Example: `  kubectl clickstream recover web --dry-run
  kubectl clickstream recover web`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return o.run(command.Context(), args[0])
		},
	}
	flags := command.Flags()
	flags.BoolVar(&o.isAgreed, "yes", false, "do it without asking")
	flags.BoolVar(&o.isDryRun, "dry-run", false, "only show what would be done")
	flags.BoolVar(&o.isForced, "force", false, "begin on a new checkpoint though nothing is found wrong, as after records that Kafka deleted before they were read")
	flags.DurationVar(&o.wait, "wait", defaultRecoveryWait, "how long to wait until the operator has done it")
	o.addInternalFlag(command)
	o.addCatalogFlag(command)
	return command
}

const (
	defaultRecoveryWait = 3 * time.Minute
	recoveryInterval    = time.Second
)

func (o *recoverOptions) run(ctx context.Context, name string) error {
	access, pipeline, err := o.pipeline(ctx, name)
	if err != nil {
		return err
	}
	if asked := pipeline.Object.GetAnnotations()[contract.AnnotationRecover]; asked != "" && asked != recoveredBy(pipeline.Object) {
		printf(o.streams.Out, "recovery %s was asked for already\n", asked)
		return o.await(ctx, access, name, asked)
	}
	situation, err := o.look(ctx, access, pipeline)
	if err != nil {
		return err
	}
	plan := recovery.PlanFor(*situation)
	if len(plan.Faults) == 0 && !o.isForced {
		printf(o.streams.Out, "the tables of pipeline %s are those that its job writes, and the job says nothing against its checkpoint; there is nothing to recover\n", name)
		return nil
	}
	id := time.Now().UTC().Format("20060102t150405z")
	printf(o.streams.Out, "%s", plan.Describe(id))
	if o.isDryRun {
		return nil
	}
	if isAgreed, err := o.ask(); err != nil || !isAgreed {
		return err
	}
	if err := access.Annotate(ctx, cluster.Pipelines, name, map[string]any{contract.AnnotationRecover: id}); err != nil {
		return err
	}
	return o.await(ctx, access, name, id)
}

// look reads what the catalog, the collector and the operator know.
func (o *recoverOptions) look(ctx context.Context, access *cluster.Access, pipeline *cluster.Pipeline) (*recovery.Situation, error) {
	collector, err := o.collectorInternal(access, pipeline)
	if err != nil {
		return nil, err
	}
	b := books{collector: collector}
	situation := &recovery.Situation{Pipeline: pipeline.Name, Namespace: pipeline.Namespace, Refusal: refusalOf(pipeline.Object)}
	if situation.Topic, err = b.readReceived(ctx); err != nil {
		return nil, err
	}
	topicID := ""
	if stream, err := access.Get(ctx, cluster.EventStreams, pipeline.RawStreamName()); err == nil {
		topicID = cluster.Text(stream.Object, contract.EventStreamStatusTopicID...)
	}
	platform, err := access.Platform(ctx, pipeline.Platform)
	if err != nil {
		return nil, err
	}
	catalog, err := o.catalogOf(ctx, access, platform)
	if err != nil {
		return nil, err
	}
	for i, table := range tablesOf(pipeline) {
		if err := requireNoOtherName(ctx, access, pipeline.LakeTableNames()[i], table.Name); err != nil {
			return nil, err
		}
		if err := readTable(ctx, catalog, topicID, &table); err != nil {
			return nil, err
		}
		situation.Tables = append(situation.Tables, table)
	}
	return situation, nil
}

func tablesOf(pipeline *cluster.Pipeline) []recovery.Table {
	known := func(field []string) string { return cluster.Text(pipeline.Object.Object, field...) }
	return []recovery.Table{
		{Name: pipeline.Tables.Events, KnownUUID: known(contract.ClickstreamPipelineStatusTableIdsEvents)},
		{Name: pipeline.Tables.FailedEvents, KnownUUID: known(contract.ClickstreamPipelineStatusTableIdsFailedEvents)},
		{Name: pipeline.Tables.DuplicateEvents, KnownUUID: known(contract.ClickstreamPipelineStatusTableIdsDuplicateEvents)},
	}
}

// requireNoOtherName fails where a table has only another name: its rows are not lost.
func requireNoOtherName(ctx context.Context, access *cluster.Access, resource, table string) error {
	object, err := access.Get(ctx, cluster.LakeTables, resource)
	if cluster.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if now := cluster.Text(object.Object, contract.LakeTableStatusRenamedTo...); now != "" {
		return fmt.Errorf("table %s was renamed to %s, and has its rows there; give it its name back instead of recovering the pipeline", table, now)
	}
	return nil
}

func readTable(ctx context.Context, catalog *adoption.Catalog, topicID string, table *recovery.Table) error {
	database, name, _ := strings.Cut(table.Name, ".")
	found, err := catalog.Load(ctx, database, name)
	var noTable *adoption.NoTableError
	if errors.As(err, &noTable) {
		return nil
	}
	if err != nil {
		return err
	}
	table.UUID = found.UUID
	if table.Next, err = recovery.NextOffsets(found.Properties, topicID); err != nil {
		return fmt.Errorf("table %s: %w", table.Name, err)
	}
	return nil
}

// refusalOf is what the operator says that the stream job says of its checkpoint.
func refusalOf(pipeline *unstructured.Unstructured) string {
	for _, condition := range cluster.Conditions(pipeline.Object) {
		if slices.Contains([]string{"CheckpointLost", "CheckpointForeign"}, condition.Reason) {
			// What comes last is to call this command.
			message, _, _ := strings.Cut(condition.Message, `; "kubectl clickstream recover`)
			return strings.TrimPrefix(message, "Processing: ")
		}
	}
	return ""
}

func recoveredBy(pipeline *unstructured.Unstructured) string {
	return cluster.Text(pipeline.Object, contract.ClickstreamPipelineStatusRecoveryID...)
}

func (o *recoverOptions) ask() (bool, error) {
	if o.isAgreed {
		return true, nil
	}
	printf(o.streams.Out, "Do it? [y/N] ")
	answer, err := bufio.NewReader(o.streams.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("reading the answer: %w", err)
	}
	isAgreed := slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer)))
	if !isAgreed {
		printf(o.streams.Out, "nothing was done\n")
	}
	return isAgreed, nil
}

// await waits until the operator has told the stream job to begin.
func (o *recoverOptions) await(ctx context.Context, access *cluster.Access, name, id string) error {
	deadline := time.Now().Add(o.wait)
	for {
		pipeline, err := access.Get(ctx, cluster.Pipelines, name)
		if err != nil {
			return err
		}
		if recoveredBy(pipeline) == id {
			printf(o.streams.Out, "recovery %s: the stream job begins anew; account %s --wait tells when all is stored\n", id, name)
			return nil
		}
		if time.Now().Add(recoveryInterval).After(deadline) {
			return fmt.Errorf("the operator has not carried recovery %s out within %v; kubectl clickstream status %s says what it waits for", id, o.wait, name)
		}
		select {
		case <-time.After(recoveryInterval):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
