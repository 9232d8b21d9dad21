package plugin

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/adoption"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
)

type adoptOptions struct {
	*sharedOptions
	platform        string
	database, table string
}

func newAdoptCommand(shared *sharedOptions) *cobra.Command {
	command := &cobra.Command{
		Use:   "adopt",
		Short: "Print manifests for what is there already",
	}
	command.AddCommand(newAdoptTableCommand(shared))
	return command
}

func newAdoptTableCommand(shared *sharedOptions) *cobra.Command {
	o := &adoptOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "table DATABASE.TABLE",
		Short: "Print the LakeTable of a table that another engine made; applying it changes nothing",
		Example: `  kubectl clickstream adopt table shop.orders > orders.yaml
  kubectl apply -f orders.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if err := o.complete(args[0]); err != nil {
				return err
			}
			return o.run(command.Context())
		},
	}
	command.Flags().StringVar(&o.platform, "platform", "", "DataPlatform whose catalog has the table; by default the only one of the namespace")
	o.addCatalogFlag(command)
	return command
}

func (o *adoptOptions) complete(name string) error {
	database, table, isPair := strings.Cut(name, ".")
	if !isPair || database == "" || table == "" || strings.Contains(table, ".") {
		return fmt.Errorf("the table must be given as DATABASE.TABLE, not %q", name)
	}
	o.database, o.table = database, table
	return nil
}

func (o *adoptOptions) run(ctx context.Context) error {
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return err
	}
	platform, err := access.Platform(ctx, o.platform)
	if err != nil {
		return err
	}
	catalog, err := o.catalogOf(ctx, access, platform)
	if err != nil {
		return err
	}
	table, err := catalog.Load(ctx, o.database, o.table)
	if err != nil {
		return err
	}
	text, err := adoption.Manifest(adoption.Address{Platform: platform.Name, Database: o.database, Table: o.table}, table)
	if err != nil {
		return err
	}
	printf(o.streams.Out, "%s", text)
	return nil
}
