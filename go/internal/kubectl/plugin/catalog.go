package plugin

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/adoption"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
)

func (o *sharedOptions) addCatalogFlag(command *cobra.Command) {
	command.Flags().StringVar(&o.catalogURL, "catalog-url", "",
		"address of the catalog; by default the platform's, reached through the API server when it is a Service of the cluster")
}

// catalogOf is a platform's catalog, with the platform's credentials.
func (o *sharedOptions) catalogOf(ctx context.Context, access *cluster.Access, platform *cluster.Platform) (*adoption.Catalog, error) {
	at, err := o.catalogEndpoint(ctx, access, platform)
	if err != nil {
		return nil, err
	}
	client := withCredentials(ctx, at, platform.Catalog)
	return &adoption.Catalog{URL: at.url, Warehouse: platform.Catalog.Warehouse, Prefix: platform.Catalog.Prefix, HTTP: client}, nil
}

func (o *sharedOptions) catalogEndpoint(ctx context.Context, access *cluster.Access, platform *cluster.Platform) (endpoint, error) {
	if o.catalogURL != "" {
		return direct("catalog-url", o.catalogURL)
	}
	client, err := access.ClientFor(ctx, platform.Catalog.URI)
	return endpoint{url: platform.Catalog.URI, client: client}, err
}

// withCredentials adds what the platform has for its catalog: a token, or an OAuth2 client.
func withCredentials(ctx context.Context, at endpoint, catalog cluster.Catalog) *http.Client {
	over := context.WithValue(ctx, oauth2.HTTPClient, at.client)
	if catalog.Token != "" {
		return oauth2.NewClient(over, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: catalog.Token}))
	}
	if catalog.Client == nil {
		return at.client
	}
	config := clientcredentials.Config{
		ClientID: catalog.Client.ID, ClientSecret: catalog.Client.Secret, AuthStyle: oauth2.AuthStyleInParams,
		TokenURL: catalog.Client.ServerURI, Scopes: []string{"catalog"},
	}
	if config.TokenURL == "" {
		config.TokenURL = strings.TrimRight(at.url, "/") + "/v1/oauth/tokens"
	}
	if scope := catalog.Client.Scope; scope != "" {
		config.Scopes = []string{scope}
	}
	return config.Client(over)
}
