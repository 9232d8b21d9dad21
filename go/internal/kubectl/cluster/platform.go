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
	// Secret holds the values of its Secret, and is nil when it has none; TokenKey is the key of the bearer token.
	Secret   map[string]string
	TokenKey string
}

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
	catalog := Catalog{URI: text("uri"), Warehouse: text("warehouse"), Prefix: text("prefix"), TokenKey: text("credentialsSecretRef", "tokenKey")}
	if catalog.TokenKey == "" {
		catalog.TokenKey = "token"
	}
	if secret := text("credentialsSecretRef", "name"); secret != "" {
		catalog.Secret, err = a.secret(ctx, secret)
	}
	return &Platform{Name: name, Catalog: catalog}, err
}

func (a *Access) secret(ctx context.Context, name string) (map[string]string, error) {
	secret, err := a.core.Secrets(a.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading Secret %q: %w", name, err)
	}
	values := map[string]string{}
	for key, value := range secret.Data {
		values[key] = string(value)
	}
	return values, nil
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
	there := *a
	if namespace != "" {
		there.Namespace = namespace
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
