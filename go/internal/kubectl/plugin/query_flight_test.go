package plugin

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// fakeGateway answers each statement with three pages in two endpoints, except those that speak of a fault.
type fakeGateway struct {
	flightsql.BaseServer
	session map[string]string
}

var pages = arrow.NewSchema([]arrow.Field{
	{Name: "page", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "views", Type: arrow.PrimitiveTypes.Int64, Nullable: true, Metadata: arrow.NewMetadata([]string{"trino:type"}, []string{"bigint"})},
}, nil)

func (g *fakeGateway) GetFlightInfoStatement(_ context.Context, query flightsql.StatementQuery, descriptor *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	if strings.Contains(query.GetQuery(), "wrong") {
		return nil, status.Error(codes.InvalidArgument, "line 1:8: Column 'wrong' cannot be resolved")
	}
	var endpoints []*flight.FlightEndpoint
	for _, part := range []string{"1", "2"} {
		ticket, err := flightsql.CreateStatementQueryTicket([]byte(part + query.GetQuery()))
		if err != nil {
			return nil, err
		}
		endpoints = append(endpoints, &flight.FlightEndpoint{Ticket: &flight.Ticket{Ticket: ticket}})
	}
	return &flight.FlightInfo{
		FlightDescriptor: descriptor, Endpoint: endpoints, Schema: flight.SerializeSchema(pages, memory.DefaultAllocator),
		AppMetadata: []byte(`{"path":"direct","reason":"a plain scan"}`),
	}, nil
}

func (g *fakeGateway) DoGetStatement(_ context.Context, ticket flightsql.StatementQueryTicket) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	chunks := make(chan flight.StreamChunk, 2)
	defer close(chunks)
	handle := string(ticket.GetStatementHandle())
	rows := `[{"page":"/","views":12},{"page":"/a\"b","views":null}]`
	if handle[0] == '2' {
		rows = `[{"page":"/last","views":3}]`
	}
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, pages, strings.NewReader(rows))
	if err != nil {
		return nil, nil, err
	}
	chunks <- flight.StreamChunk{Data: batch}
	if handle[0] == '2' && strings.Contains(handle, "broken") {
		chunks <- flight.StreamChunk{Err: status.Error(codes.Internal, "a worker is gone")}
	}
	return pages, chunks, nil
}

func (g *fakeGateway) SetSessionOptions(_ context.Context, request *flight.SetSessionOptionsRequest) (*flight.SetSessionOptionsResult, error) {
	for name, value := range request.GetSessionOptions() {
		g.session[name] = value.GetStringValue()
	}
	return &flight.SetSessionOptionsResult{}, nil
}

// Validate and IsValid are a list of users: ada, whose password is lovelace.
func (g *fakeGateway) Validate(user, password string) (string, error) {
	if user != "ada" || password != "lovelace" {
		return "", status.Error(codes.Unauthenticated, "nobody") // as the real one says it
	}
	return "the-token", nil
}

func (g *fakeGateway) IsValid(token string) (any, error) {
	if token != "the-token" {
		return nil, errors.New("no token")
	}
	return "ada", nil
}

func startGateway(t *testing.T) (*fakeGateway, string) {
	t.Helper()
	gateway := &fakeGateway{session: map[string]string{}}
	server := flight.NewServerWithMiddleware([]flight.ServerMiddleware{flight.CreateServerBasicAuthMiddleware(gateway)})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server.InitListener(listener)
	server.RegisterFlightService(flightsql.NewFlightServer(gateway))
	go func() { _ = server.Serve() }()
	t.Cleanup(server.Shutdown)
	return gateway, listener.Addr().String()
}

func asAda(t *testing.T, args ...string) []string {
	t.Helper()
	t.Setenv(passwordVariable, "lovelace")
	return append([]string{"query", "--flight-user", "ada"}, args...)
}

func TestAGatewayAnswersInEveryFormOfText(t *testing.T) {
	gateway, address := startGateway(t)
	for form, want := range map[string]string{
		"table": "page  | views\n------+------\n/     |    12\n/a\"b  |  NULL\n/last |     3\n(3 rows)\n",
		"csv":   "page,views\n/,12\n\"/a\"\"b\",\n/last,3\n",
		"json": "[\n  {\n    \"page\": \"/\",\n    \"views\": 12\n  },\n  {\n    \"page\": \"/a\\\"b\",\n    \"views\": null\n  },\n" +
			"  {\n    \"page\": \"/last\",\n    \"views\": 3\n  }\n]\n",
	} {
		got := run(t, "", asAda(t, "--flight-url", "grpc://"+address, "-o", form, "SELECT 1")...)
		if got.err != nil || got.out != want {
			t.Errorf("%s: printed %q, error %v\nwant %q", form, got.out, got.err, want)
		}
	}
	if gateway.session["zoned_timestamps"] != "struct" {
		t.Errorf("session %v", gateway.session)
	}
}

func TestAGatewayAnswersInArrowAndParquet(t *testing.T) {
	_, address := startGateway(t)
	got := run(t, "", asAda(t, "--flight-url", "grpc://"+address, "-o", "arrow", "SELECT 1")...)
	if got.err != nil {
		t.Fatal(got.err)
	}
	reader, err := ipc.NewReader(strings.NewReader(got.out))
	if err != nil {
		t.Fatal(err)
	}
	var rows int64
	for reader.Next() {
		rows += reader.RecordBatch().NumRows()
	}
	if reader.Err() != nil || rows != 3 || !reader.Schema().Equal(pages) {
		t.Errorf("%d rows, error %v, schema %v", rows, reader.Err(), reader.Schema())
	}
	target := filepath.Join(t.TempDir(), "pages.parquet")
	if got := run(t, "", asAda(t, "--flight-url", "grpc://"+address, "-o", "parquet", "--file", target, "SELECT 1")...); got.err != nil || got.out != "" {
		t.Fatalf("printed %q, error %v", got.out, got.err)
	}
	content, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	parquet, err := file.NewParquetReader(bytes.NewReader(content))
	if err != nil || parquet.NumRows() != 3 {
		t.Errorf("error %v", err)
	}
}

func TestWhatGoesWrongWithAGatewayIsSaid(t *testing.T) {
	_, address := startGateway(t)
	target := filepath.Join(t.TempDir(), "pages.csv")
	for _, c := range []struct {
		sql, password, want string
		code                int
	}{
		{"SELECT wrong", "lovelace", "the query is refused: line 1:8: Column 'wrong' cannot be resolved", 2},
		{"SELECT broken", "lovelace", "asking the Flight SQL gateway: a worker is gone", 1},
		{"SELECT 1", "byron", "the Flight SQL gateway does not take this user and password; see --flight-user", 1},
	} {
		t.Setenv(passwordVariable, c.password)
		got := run(t, "", "query", "--flight-user", "ada", "--flight-url", "grpc://"+address, "-o", "csv", "-f", target, c.sql)
		if got.err == nil || got.err.Error() != c.want || ExitCode(got.err) != c.code {
			t.Errorf("%s: error %v, code %d\nwant %s", c.sql, got.err, ExitCode(got.err), c.want)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(target)); err != nil || len(left) > 0 {
		t.Errorf("left %v, error %v", left, err)
	}
}

func TestAQueryClusterIsAskedThroughItsGateway(t *testing.T) {
	_, address := startGateway(t)
	trino := fakeTrino(t, map[string]string{"SELECT 1": `{"columns":[{"name":"n","type":"bigint"}],"data":[[1]]}`})
	server := shop(t, newFakeCollector(t), trino)
	const group, core = "/apis/openclickstream.io/v1alpha1/namespaces/shop/", "/api/v1/namespaces/shop/"
	put := func(ready string) {
		server.Put(group+"queryclusters", `{"metadata":{"name":"query"},"spec":{"platformRef":{"name":"local"},"flight":{"users":{"secretRef":{"name":"f"}}}},
			"status":{"flight":{"endpoint":"grpc://query-flight.shop.svc:32010","replicas":1,"readyReplicas":`+ready+`}}}`)
	}
	put("1")
	server.Put(core+"services", `{"metadata":{"name":"query-flight"},"spec":{"selector":{"app":"query-flight"},"ports":[{"name":"flight","port":32010,"targetPort":32010}]}}`)
	server.Put(core+"pods", `{"metadata":{"name":"query-flight-0","labels":{"app":"query-flight"}},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`)
	server.Forward("query-flight-0", "32010", address)
	want := "page,views\n/,12\n\"/a\"\"b\",\n/last,3\n"
	if got := run(t, "", inShop(server, asAda(t, "web", "-o", "csv", "SELECT 1")...)...); got.err != nil || got.out != want {
		t.Errorf("printed %q, error %v", got.out, got.err)
	}
	for _, c := range []struct {
		ready, want string
		args        []string
	}{
		{"1", `the gateway of QueryCluster "query" asks for a user; give --flight-user`, []string{"query", "web", "SELECT 1"}},
		{"0", `no pod of the gateway of QueryCluster "query" is ready; its condition FlightReady says why`, asAda(t, "web", "SELECT 1")},
	} {
		put(c.ready)
		got := run(t, "", inShop(server, append(c.args, "-o", "csv")...)...)
		if got.err != nil || got.out != "n\n1\n" || got.errOut != "asking Trino: "+c.want+"\n" {
			t.Errorf("printed %q and %q, error %v", got.out, got.errOut, got.err)
		}
		got = run(t, "", inShop(server, append(c.args, "-o", "arrow")...)...)
		if got.err == nil || got.err.Error() != "--output arrow needs a Flight SQL gateway, and "+c.want {
			t.Errorf("error %v", got.err)
		}
	}
}
