package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/adoption"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
)

type adoptOptions struct {
	*sharedOptions
	platform, catalogURL string
	database, table      string
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
	command.Flags().StringVar(&o.catalogURL, "catalog-url", "",
		"address of the catalog; by default the platform's, reached through the API server when it is a Service of the cluster")
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

func (o *adoptOptions) catalogOf(ctx context.Context, access *cluster.Access, platform *cluster.Platform) (*adoption.Catalog, error) {
	at, err := o.catalogEndpoint(ctx, access, platform)
	if err != nil {
		return nil, err
	}
	client, err := withCredentials(ctx, at, platform.Catalog)
	return &adoption.Catalog{URL: at.url, Warehouse: platform.Catalog.Warehouse, Prefix: platform.Catalog.Prefix, HTTP: client}, err
}

func (o *adoptOptions) catalogEndpoint(ctx context.Context, access *cluster.Access, platform *cluster.Platform) (endpoint, error) {
	if o.catalogURL != "" {
		return direct("catalog-url", o.catalogURL)
	}
	client, err := access.ClientFor(ctx, platform.Catalog.URI)
	return endpoint{url: platform.Catalog.URI, client: client}, err
}

// withCredentials adds what the platform's Secret holds for its catalog: a token, or OAuth2 client credentials.
func withCredentials(ctx context.Context, at endpoint, catalog cluster.Catalog) (*http.Client, error) {
	over := context.WithValue(ctx, oauth2.HTTPClient, at.client)
	switch {
	case catalog.Secret == nil:
		return at.client, nil
	case catalog.Secret[catalog.TokenKey] != "":
		token := &oauth2.Token{AccessToken: strings.TrimSpace(catalog.Secret[catalog.TokenKey])}
		return oauth2.NewClient(over, oauth2.StaticTokenSource(token)), nil
	case catalog.Secret["clientId"] == "":
		return nil, errors.New("the Secret of the platform's catalog holds neither a token nor a clientId")
	}
	config := clientcredentials.Config{
		ClientID: catalog.Secret["clientId"], ClientSecret: catalog.Secret["clientSecret"], AuthStyle: oauth2.AuthStyleInParams,
		TokenURL: catalog.Secret["oauth2ServerUri"], Scopes: []string{"catalog"},
	}
	if config.TokenURL == "" {
		config.TokenURL = strings.TrimRight(at.url, "/") + "/v1/oauth/tokens"
	}
	if scope := catalog.Secret["scope"]; scope != "" {
		config.Scopes = []string{scope}
	}
	return config.Client(over), nil
}
