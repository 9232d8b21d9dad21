package plugin

import (
	"context"
	"errors"
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

// catalogOf is a platform's catalog, with the credentials of its Secret.
func (o *sharedOptions) catalogOf(ctx context.Context, access *cluster.Access, platform *cluster.Platform) (*adoption.Catalog, error) {
	at, err := o.catalogEndpoint(ctx, access, platform)
	if err != nil {
		return nil, err
	}
	client, err := withCredentials(ctx, at, platform.Catalog)
	return &adoption.Catalog{URL: at.url, Warehouse: platform.Catalog.Warehouse, Prefix: platform.Catalog.Prefix, HTTP: client}, err
}

func (o *sharedOptions) catalogEndpoint(ctx context.Context, access *cluster.Access, platform *cluster.Platform) (endpoint, error) {
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
