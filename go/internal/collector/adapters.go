package collector

import (
	"github.com/open-clickstream/open-clickstream/go/internal/adapter"
	"github.com/open-clickstream/open-clickstream/go/internal/adapter/native"
	"github.com/open-clickstream/open-clickstream/go/internal/adapter/pixel"
)

// Adapters are the protocols that the collector speaks.
func Adapters() []adapter.Adapter {
	return []adapter.Adapter{native.Adapter{}, pixel.Adapter{}}
}
