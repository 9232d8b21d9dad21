package trino

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// coordinator answers requests, by method and path, with texts one after the other.
func coordinator(t *testing.T, answers map[string][]string) (*Client, *[]string) {
	t.Helper()
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		key := r.Method + " " + r.URL.Path
		seen = append(seen, strings.TrimSpace(key+" "+string(body)))
		if len(answers[key]) == 0 {
			http.Error(w, "nothing here", http.StatusNotFound)
			return
		}
		next := answers[key][0]
		answers[key] = answers[key][1:]
		if next == "busy" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, next)
	}))
	t.Cleanup(server.Close)
	return &Client{URL: server.URL + "/", HTTP: server.Client(), User: "somebody"}, &seen
}

func TestAQueryFollowsItsPagesToTheEnd(t *testing.T) {
	// Trino names itself by an address that may not be the one we reach it under.
	client, seen := coordinator(t, map[string][]string{
		"POST /v1/statement": {`{"nextUri":"http://trino.internal:8080/v1/statement/queued/1?x=1"}`},
		"GET /v1/statement/queued/1": {
			"busy",
			`{"nextUri":"http://trino.internal:8080/v1/statement/executing/2","columns":[{"name":"n","type":"bigint"}],"data":[[9007199254740993]]}`,
		},
		"GET /v1/statement/executing/2": {`{"columns":[{"name":"n","type":"bigint"}],"data":[[2],[null]]}`},
	})
	result, err := client.Query(context.Background(), "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(result.Columns, result.Rows); got != "[{n bigint}] [[9007199254740993] [2] [<nil>]]" {
		t.Errorf("result %s", got)
	}
	if (*seen)[0] != "POST /v1/statement SELECT 1" || len(*seen) != 4 {
		t.Errorf("requests %q", *seen)
	}
}

func TestARefusedQuerySaysWhy(t *testing.T) {
	client, _ := coordinator(t, map[string][]string{
		"POST /v1/statement": {`{"error":{"message":"line 1:8: Column 'x' cannot be resolved","errorName":"COLUMN_NOT_FOUND"}}`},
	})
	_, err := client.Query(context.Background(), "SELECT x")
	var refused *QueryError
	if !errors.As(err, &refused) || err.Error() != "Trino refuses the query: line 1:8: Column 'x' cannot be resolved (COLUMN_NOT_FOUND)" {
		t.Errorf("error %v", err)
	}
}

func TestSomethingThatIsNotTrinoIsCalledSo(t *testing.T) {
	client, _ := coordinator(t, nil)
	if _, err := client.Query(context.Background(), "SELECT 1"); err == nil || err.Error() != "Trino answers 404 Not Found: nothing here" {
		t.Errorf("error %v", err)
	}
}

func TestAnAbandonedQueryIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancelled := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			_, _ = io.WriteString(w, `{"nextUri":"http://x/v1/statement/1"}`)
		case http.MethodGet:
			cancel()
			<-r.Context().Done()
		case http.MethodDelete:
			close(cancelled)
		}
	}))
	defer server.Close()
	client := &Client{URL: server.URL, HTTP: server.Client()}
	if _, err := client.Query(ctx, "SELECT 1"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	select {
	case <-cancelled:
	case <-time.After(5 * time.Second):
		t.Error("Trino goes on with a query that nobody waits for")
	}
}

func TestValuesBecomeText(t *testing.T) {
	cases := map[string]any{
		"NULL": nil, "text": "text", "1.50": json.Number("1.50"), "true": true, `["a",1]`: []any{"a", json.Number("1")}, `{"k":"v"}`: map[string]any{"k": "v"},
		`["<a> & b"]`: []any{"<a> & b"},
	}
	for want, value := range cases {
		if got := Text(value, "NULL"); got != want {
			t.Errorf("%v became %q, want %q", value, got, want)
		}
	}
}

func TestNumbersAreKnownByTheirType(t *testing.T) {
	for name, want := range map[string]bool{"bigint": true, "decimal(10,2)": true, "double": true, "varchar(5)": false, "timestamp(3)": false} {
		if got := (&Column{Type: name}).IsNumeric(); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestNamesAreQuoted(t *testing.T) {
	if got := TableName("lake", `my-db.a"b`); got != `"lake"."my-db"."a""b"` {
		t.Errorf("name %s", got)
	}
}
