package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/clustertest"
)

const adopted = `{"metadata":{"table-uuid":"u-1","current-schema-id":0,"schemas":[{"schema-id":0,"fields":[{"id":1,"name":"Id","type":"long","required":true}]}]}}`

// fakeCatalog has one table, and gives it to who has the credentials only.
func fakeCatalog(t *testing.T, authorization string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/iceberg/v1/oauth/tokens":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"of `+r.FormValue("client_id")+` for `+r.FormValue("scope")+`","token_type":"bearer"}`)
		case r.Header.Get("Authorization") != authorization:
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/iceberg/v1/config":
			_, _ = io.WriteString(w, `{"overrides":{"prefix":"main"},"defaults":{"prefix":"other"}}`)
		case r.URL.Path == "/iceberg/v1/main/namespaces/shop/tables/orders":
			_, _ = io.WriteString(w, adopted)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

const byToken = `"credentialsSecretRef":{"name":"catalog"}`

// lake is a cluster with a platform whose catalog is a Service of another namespace.
func lake(t *testing.T, catalog *httptest.Server, credentials, secret string) *clustertest.Server {
	t.Helper()
	server := clustertest.New(t)
	server.Put("/apis/openclickstream.io/v1alpha1/namespaces/shop/dataplatforms",
		`{"metadata":{"name":"main"},"spec":{"catalog":{"uri":"http://catalog.engines.svc:19120/iceberg",`+credentials+`}}}`)
	server.Put("/api/v1/namespaces/shop/secrets", `{"metadata":{"name":"catalog"},"data":{`+secret+`}}`)
	server.Put("/api/v1/namespaces/engines/services", `{"metadata":{"name":"catalog"},"spec":{"selector":{"app":"catalog"},"ports":[{"name":"rest","port":19120}]}}`)
	server.Put("/api/v1/namespaces/engines/pods", `{"metadata":{"name":"catalog-0","labels":{"app":"catalog"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}}`)
	server.Forward("catalog-0", "19120", strings.TrimPrefix(catalog.URL, "http://"))
	return server
}

func TestAdoptPrintsTheTableThroughTheAPIServer(t *testing.T) {
	for name, c := range map[string]struct{ credentials, secret, authorization string }{
		"a token":  {byToken, `"token":"c2VjcmV0Cg=="`, "Bearer secret"},
		"a client": {`"oauth2":{"secretRef":{"name":"catalog","clientIdKey":"user"}}`, `"user":"bWU=","clientSecret":"eA=="`, "Bearer of me for catalog"},
	} {
		server := lake(t, fakeCatalog(t, c.authorization), c.credentials, c.secret)
		got := run(t, "", inShop(server, "adopt", "table", "shop.orders")...)
		if got.err != nil || !strings.Contains(got.out, "    - { name: Id, type: long, required: true }\n") || !strings.Contains(got.out, "platformRef: { name: main }") {
			t.Errorf("%s: printed\n%s%v", name, got.out, got.err)
		}
		got = run(t, "", inShop(server, "adopt", "table", "shop.none")...)
		if got.err == nil || got.err.Error() != `the catalog has no table "none" in database "shop"` {
			t.Errorf("%s: error %v", name, got.err)
		}
	}
}

func TestAdoptSaysWhatIsWrong(t *testing.T) {
	server := lake(t, fakeCatalog(t, "Bearer other"), byToken, `"token":"c2VjcmV0"`)
	for args, want := range map[string]string{
		"orders":      `the table must be given as DATABASE.TABLE, not "orders"`,
		"shop.orders": "the catalog at http://catalog.engines.svc:19120/iceberg answered 401 Unauthorized",
	} {
		got := run(t, "", inShop(server, "adopt", "table", args)...)
		if got.err == nil || got.err.Error() != want || got.out != "" {
			t.Errorf("%s: printed %q, error %v", args, got.out, got.err)
		}
	}
}
