package plugin

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/product"
)

type runOptions struct {
	*sharedOptions
	from, to string
	isWaited bool
	timeout  time.Duration
}

const (
	defaultRunTimeout = time.Hour
	runInterval       = 2 * time.Second
)

func newRunCommand(shared *sharedOptions) *cobra.Command {
	o := &runOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "run PRODUCT",
		Short: "Ask for one run of a data product now",
		Long: `Ask for one run of a data product now. It sets an annotation, and the operator starts the run.

With --wait the exit code is 0 when the rows are published, 3 when a check holds them, and 1 when the run failed.`,
		Example: `  kubectl clickstream product run sessions-by-day --wait
  kubectl clickstream product run sessions-by-day --from 2026-03-01 --to 2026-03-02`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return o.run(command.Context(), args[0])
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.from, "from", "", "begin of the rows to read, by the product's incremental.newDataBy: a time, or a day of UTC")
	flags.StringVar(&o.to, "to", "", "end of the rows to read; rows of that very instant are not read")
	flags.BoolVar(&o.isWaited, "wait", false, "wait for the run's end")
	flags.DurationVar(&o.timeout, "timeout", defaultRunTimeout, "how long to wait")
	return command
}

func (o *runOptions) run(ctx context.Context, name string) error {
	window, err := product.ParseWindow(o.from, o.to)
	if err != nil {
		return err
	}
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return err
	}
	object, err := runnable(ctx, access, name)
	if err != nil {
		return err
	}
	before, err := product.Of(object)
	if err != nil {
		return err
	}
	// Another text asks again: it is the time, in microseconds for those who ask twice in a second.
	asked := map[string]any{contract.AnnotationRun: time.Now().UTC().Format("20060102t150405.000000z"), contract.AnnotationRunWindow: nil}
	if window != nil {
		if cluster.Text(object.Object, contract.DataProductSpecIncrementalNewDataBy...) == "" {
			return fmt.Errorf("DataProduct %q reads all rows each time, as it has no spec.incremental.newDataBy; leave out --from and --to", name)
		}
		asked[contract.AnnotationRunWindow] = window.String()
	}
	if err := access.Annotate(ctx, cluster.DataProducts, name, asked); err != nil {
		return err
	}
	if !o.isWaited {
		printf(o.streams.Out, "a run of %s was asked for; kubectl clickstream product runs %s shows what becomes of it\n", name, name)
		return nil
	}
	return o.await(ctx, access, before, window)
}

// runnable reads a product that may be asked for runs.
func runnable(ctx context.Context, access *cluster.Access, name string) (*unstructured.Unstructured, error) {
	object, err := access.Get(ctx, cluster.DataProducts, name)
	if err != nil {
		return nil, err
	}
	if isSuspended, _, _ := unstructured.NestedBool(object.Object, contract.DataProductSpecSuspend...); isSuspended {
		return nil, fmt.Errorf("DataProduct %q is suspended, so that no run begins; set spec.suspend to false first", name)
	}
	return object, nil
}

func (o *runOptions) await(ctx context.Context, access *cluster.Access, before *product.Runs, window *product.Window) error {
	waiting := product.Waiting{
		Read: func(ctx context.Context) (*unstructured.Unstructured, error) {
			return access.Get(ctx, cluster.DataProducts, before.Name)
		},
		Before: before, Window: window, Interval: runInterval, Patience: o.timeout,
		Note: func(text string) { printf(o.streams.ErrOut, "%s\n", text) },
	}
	run, err := waiting.Wait(ctx)
	if err != nil {
		return err
	}
	printf(o.streams.Out, "%s\n", run.Describe())
	switch run.State {
	case product.Published:
		return nil
	case product.Held:
		return ErrHeld
	default:
		return ErrNegative
	}
}

type backfillOptions struct {
	*sharedOptions
	from, to    string
	concurrency int
	again       bool
}

// mostAtOnce is how many runs of a backfill the operator starts at the same time.
const mostAtOnce = 16

func newBackfillCommand(shared *sharedOptions) *cobra.Command {
	o := &backfillOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "backfill PRODUCT --from TIME --to TIME",
		Short: "Ask for a run of each period of the past that lies between two times",
		Example: `  kubectl clickstream product backfill sessions-by-day --from 2026-03-01 --to 2026-04-01 --concurrency 4
  kubectl clickstream product runs sessions-by-day`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return o.run(command.Context(), args[0])
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.from, "from", "", "begin of the first period: a time, or a day of UTC")
	flags.StringVar(&o.to, "to", "", "end of the last period")
	flags.IntVar(&o.concurrency, "concurrency", 1, fmt.Sprintf("runs at the same time, at most %d", mostAtOnce))
	flags.BoolVar(&o.again, "again", false, "run it once more where the same backfill was asked for before")
	for _, name := range []string{"from", "to"} {
		if err := command.MarkFlagRequired(name); err != nil {
			panic(err) // the flag is defined above
		}
	}
	return command
}

func (o *backfillOptions) run(ctx context.Context, name string) error {
	window, err := product.ParseWindow(o.from, o.to)
	if err != nil {
		return err
	}
	if o.concurrency < 1 || o.concurrency > mostAtOnce {
		return fmt.Errorf("--concurrency must be from 1 to %d, it is %d", mostAtOnce, o.concurrency)
	}
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return err
	}
	object, err := runnable(ctx, access, name)
	if err != nil {
		return err
	}
	if cluster.Text(object.Object, contract.DataProductSpecRefreshSchedule...) == "" {
		return fmt.Errorf("DataProduct %q has no spec.refresh.schedule, which says what the periods of a backfill are; kubectl clickstream product run %s --from %s --to %s runs the whole time at once",
			name, name, window.From, window.To)
	}
	asked := fmt.Sprintf("%s/%d", window, o.concurrency)
	if o.again {
		// Another word behind it makes it another request.
		asked += "/" + time.Now().UTC().Format("20060102T150405.000")
	}
	if object.GetAnnotations()[contract.AnnotationBackfill] == asked {
		printf(o.streams.Out, "this backfill of %s was asked for already, and is not run twice without --again; kubectl clickstream product runs %s shows its runs\n", name, name)
		return nil
	}
	if err := access.Annotate(ctx, cluster.DataProducts, name, map[string]any{contract.AnnotationBackfill: asked}); err != nil {
		return err
	}
	printf(o.streams.Out, "a backfill of %s from %s to %s was asked for; kubectl clickstream product runs %s shows its runs\n", name, window.From, window.To, name)
	return nil
}
