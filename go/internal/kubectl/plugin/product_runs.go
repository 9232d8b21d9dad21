package plugin

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/product"
)

type runsOptions struct {
	*sharedOptions
	output string
}

func newRunsCommand(shared *sharedOptions) *cobra.Command {
	o := &runsOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:     "runs PRODUCT",
		Short:   "Show the last runs of a data product, and the times that its table lacks",
		Example: "  kubectl clickstream product runs sessions-by-day",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return o.run(command.Context(), args[0])
		},
	}
	command.Flags().StringVarP(&o.output, "output", "o", "table", "form of the answer: table, json or yaml")
	return command
}

var runsWriters = map[string]func(io.Writer, *product.Runs) error{
	"table": func(out io.Writer, runs *product.Runs) error { return runs.WriteText(out) },
	"json":  writeJSON[*product.Runs], "yaml": writeYAML[*product.Runs],
}

func (o *runsOptions) run(ctx context.Context, name string) error {
	write, isKnown := runsWriters[o.output]
	if !isKnown {
		return fmt.Errorf("--output must be table, json or yaml, not %q", o.output)
	}
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return err
	}
	object, err := access.Get(ctx, cluster.DataProducts, name)
	if err != nil {
		return err
	}
	runs, err := product.Of(object)
	if err != nil {
		return err
	}
	return write(o.streams.Out, runs)
}
