package collector

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// endpoint is a route with the adapter that it belongs to.
type endpoint struct {
	adapter.Route
	adapter adapter.Adapter
	// allowed are the methods as HTTP lists them, OPTIONS included.
	allowed string
}

// healthPaths are answered by Health.
var healthPaths = []string{contract.PathHealthz, contract.PathReadyz}

// newEndpoints returns the endpoints of all routes. It fails when two of them have one path.
func newEndpoints(adapters []adapter.Adapter) ([]*endpoint, error) {
	var endpoints []*endpoint
	taken := slices.Clone(healthPaths)
	for _, speaks := range adapters {
		for _, route := range speaks.Routes() {
			if slices.Contains(taken, route.Path) {
				return nil, fmt.Errorf("the path %s is taken already, it cannot be that of the route %q", route.Path, route.Name)
			}
			if len(route.Methods) == 0 || route.Name == "" || route.Source == "" {
				return nil, fmt.Errorf("the route of the path %s lacks its methods, name or source", route.Path)
			}
			allowed := strings.Join(append(slices.Clone(route.Methods), http.MethodOptions), ", ")
			endpoints = append(endpoints, &endpoint{Route: route, adapter: speaks, allowed: allowed})
			taken = append(taken, route.Path)
		}
	}
	return endpoints, nil
}
