package cluster

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Platform is what the commands need to know of a DataPlatform.
type Platform struct {
	Name    string
	Catalog Catalog
}

// Catalog is a platform's Iceberg REST catalog.
type Catalog struct {
	URI, Warehouse, Prefix string
	// Token is the bearer token; empty where there is none.
	Token string
	// Client asks for tokens; nil where there is none.
	Client *Client
}

// Client is an OAuth2 client of a catalog. ServerURI is empty for the catalog's own address.
type Client struct{ ID, Secret, ServerURI, Scope string }

// Platform reads the platform of this name, or else the only one of the namespace.
func (a *Access) Platform(ctx context.Context, name string) (*Platform, error) {
	if name == "" {
		platforms, err := a.List(ctx, Platforms, "")
		if err != nil {
			return nil, err
		}
		if len(platforms) != 1 {
			return nil, fmt.Errorf("namespace %q has %d DataPlatforms; name one with --platform", a.Namespace, len(platforms))
		}
		name = platforms[0].GetName()
	}
	object, err := a.Get(ctx, Platforms, name)
	if err != nil {
		return nil, err
	}
	text := func(path ...string) string {
		return Text(object.Object, append([]string{"spec", "catalog"}, path...)...)
	}
	catalog := Catalog{URI: text("uri"), Warehouse: text("warehouse"), Prefix: text("prefix")}
	// value is what a key of a Secret holds, where the spec names the Secret.
	value := func(fallback string, reference ...string) string {
		name := text(append(reference[:len(reference)-1:len(reference)-1], "name")...)
		if name == "" || err != nil {
			return ""
		}
		key := text(reference...)
		if key == "" {
			key = fallback
		}
		var held string
		held, err = a.secretValue(ctx, name, key)
		return held
	}
	catalog.Token = value("token", "credentialsSecretRef", "tokenKey")
	if text("oauth2", "secretRef", "name") != "" {
		catalog.Client = &Client{
			ID:        value("clientId", "oauth2", "secretRef", "clientIdKey"),
			Secret:    value("clientSecret", "oauth2", "secretRef", "clientSecretKey"),
			ServerURI: text("oauth2", "serverUri"), Scope: text("oauth2", "scope"),
		}
	}
	return &Platform{Name: name, Catalog: catalog}, err
}

func (a *Access) secretValue(ctx context.Context, name, key string) (string, error) {
	secret, err := a.core.Secrets(a.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("reading Secret %q: %w", name, err)
	}
	value := strings.TrimSpace(string(secret.Data[key]))
	if value == "" {
		return "", fmt.Errorf("the Secret %q of the platform's catalog has no key %q", name, key)
	}
	return value, nil
}

// ClientFor returns a client for an address as pods of the namespace see it: through the API server when a Service of the cluster has this
// name, else directly.
func (a *Access) ClientFor(ctx context.Context, address string) (*http.Client, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	name, rest, _ := strings.Cut(parsed.Hostname(), ".")
	namespace, suffix, _ := strings.Cut(rest, ".")
	isServiceName := net.ParseIP(parsed.Hostname()) == nil && (suffix == "" || suffix == "svc" || strings.HasPrefix(suffix, "svc."))
	if !isServiceName {
		return http.DefaultClient, nil
	}
	there := a
	if namespace != "" {
		there = a.In(namespace)
	}
	port := parsed.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[parsed.Scheme]
	}
	if port == "" {
		port = "80"
	}
	_, err = a.core.Services(there.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
		return http.DefaultClient, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading Service %q: %w", name, err)
	}
	return there.HTTPClient(Service{Name: name, Port: port}), nil
}
