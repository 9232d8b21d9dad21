package plugin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/lineage"
)

// newProductCommand groups what is about data products.
func newProductCommand(shared *sharedOptions) *cobra.Command {
	command := &cobra.Command{Use: "product", Short: "Run data products and look at them"}
	command.AddCommand(newRunCommand(shared), newRunsCommand(shared), newBackfillCommand(shared), newExplainCommand(shared), newLineageCommand(shared))
	return command
}

type lineageOptions struct {
	*sharedOptions
	output string
}

func newLineageCommand(shared *sharedOptions) *cobra.Command {
	o := &lineageOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "lineage PRODUCT",
		Short: "Show which input columns each column of a data product comes from",
		Long: `Show which input columns each column of a data product comes from, as the operator last found its SQL to be right.

direct is the value itself; filter, join, group, order and window only decide about rows.`,
		Example: `  kubectl clickstream product lineage sessions-by-day
  kubectl clickstream product lineage sessions-by-day -o svg > lineage.svg`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return o.run(command.Context(), args[0])
		},
	}
	command.Flags().StringVarP(&o.output, "output", "o", "text", "text or svg")
	return command
}

func (o *lineageOptions) run(ctx context.Context, name string) error {
	if o.output != "text" && o.output != "svg" {
		return fmt.Errorf("--output must be text or svg, not %q", o.output)
	}
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return err
	}
	product, err := access.Get(ctx, cluster.DataProducts, name)
	if err != nil {
		return err
	}
	found, isKnown := lineage.Of(product)
	if !isKnown {
		return fmt.Errorf("the SQL of DataProduct %q was never found right, so it has no lineage; kubectl describe product %s says why", name, name)
	}
	if o.output == "svg" {
		found.WriteSVG(o.streams.Out)
	} else {
		found.WriteText(o.streams.Out)
	}
	return nil
}
