package plugin

import (
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/clustertest"
)

const productsOfShop = "/apis/openclickstream.io/v1alpha1/namespaces/shop/dataproducts"

func products(t *testing.T, objects ...string) *clustertest.Server {
	t.Helper()
	server := clustertest.New(t)
	for _, object := range objects {
		server.Put(productsOfShop, object)
	}
	return server
}

func TestTheLineageOfAProductIsShown(t *testing.T) {
	server := products(t, `{"metadata":{"name":"sessions"},"status":{"target":"shop.sessions","columns":[{"name":"site","type":"string"}],
		"lineage":[{"column":"site","inputs":[{"table":"shop.events","path":"site","uses":["direct","group"]}]}]}}`)
	got := run(t, "", inShop(server, "product", "lineage", "sessions")...)
	want := "shop.sessions\n└── site  string\n    └── shop.events  site  (direct, group)\n"
	if got.err != nil || got.out != want {
		t.Errorf("got %q, %v; want %q", got.out, got.err, want)
	}
	drawn := run(t, "", inShop(server, "product", "lineage", "sessions", "-o", "svg")...)
	if drawn.err != nil || !strings.HasPrefix(drawn.out, "<svg ") {
		t.Errorf("got %q, %v", drawn.out, drawn.err)
	}
}

func TestAProductWithoutLineageSaysWhereToLook(t *testing.T) {
	server := products(t, `{"metadata":{"name":"sessions"}}`)
	got := run(t, "", inShop(server, "product", "lineage", "sessions")...)
	if got.err == nil || !strings.Contains(got.err.Error(), "kubectl describe product sessions says why") {
		t.Errorf("got %v", got.err)
	}
}

func TestAnOutputThatDoesNotExistIsRefused(t *testing.T) {
	got := run(t, "", "product", "lineage", "sessions", "-o", "png")
	if got.err == nil || !strings.Contains(got.err.Error(), `--output must be text or svg, not "png"`) {
		t.Errorf("got %v", got.err)
	}
}
