package collector

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
)

// endpoint is a route with the adapter that it belongs to.
type endpoint struct {
	adapter.Route
	adapter adapter.Adapter
	// allowed are the methods as HTTP lists them, OPTIONS included.
	allowed string
}

// healthPaths are answered by Health.
var healthPaths = []string{"/healthz", "/readyz"}

// newEndpoints returns the endpoints by their paths; those of healthPaths are nil. It fails when two routes have one path.
func newEndpoints(adapters []adapter.Adapter) (map[string]*endpoint, error) {
	endpoints := map[string]*endpoint{}
	for _, path := range healthPaths {
		endpoints[path] = nil
	}
	for _, speaks := range adapters {
		for _, route := range speaks.Routes() {
			if _, isTaken := endpoints[route.Path]; isTaken {
				return nil, fmt.Errorf("the path %s is taken already, it cannot be that of the route %q", route.Path, route.Name)
			}
			if len(route.Methods) == 0 || route.Name == "" || route.Source == "" {
				return nil, fmt.Errorf("the route of the path %s lacks its methods, name or source", route.Path)
			}
			allowed := strings.Join(append(slices.Clone(route.Methods), http.MethodOptions), ", ")
			endpoints[route.Path] = &endpoint{Route: route, adapter: speaks, allowed: allowed}
		}
	}
	return endpoints, nil
}
