// Package trino asks a Trino cluster over its HTTP protocol.
package trino

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client asks one cluster.
type Client struct {
	// URL is the coordinator's address.
	URL  string
	HTTP *http.Client
	User string
}

// Column is a column of a result; Type is Trino's name of its type.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Result is a whole result. Values are nil, bool, json.Number, string, []any or map[string]any.
type Result struct {
	Columns []Column
	Rows    [][]any
}

// QueryError is Trino's own word that a statement is wrong or cannot be done.
type QueryError struct {
	Message string `json:"message"`
	Name    string `json:"errorName"`
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("Trino refuses the query: %s (%s)", e.Message, e.Name)
}

// page is one answer of the protocol.
type page struct {
	NextURI string      `json:"nextUri"`
	Columns []Column    `json:"columns"`
	Data    [][]any     `json:"data"`
	Error   *QueryError `json:"error"`
}

const (
	retryPause = 100 * time.Millisecond
	retries    = 50
	maxPage    = 256 << 20
)

// Query runs one statement to its end.
func (c *Client) Query(ctx context.Context, sql string) (*Result, error) {
	next, err := c.ask(ctx, http.MethodPost, "/v1/statement", sql)
	if err != nil {
		return nil, err
	}
	result := &Result{}
	for {
		if next.Error != nil {
			return nil, next.Error
		}
		if len(next.Columns) > 0 {
			result.Columns = next.Columns
		}
		result.Rows = append(result.Rows, next.Data...)
		if next.NextURI == "" {
			return result, nil
		}
		path, err := pathOf(next.NextURI)
		if err != nil {
			return nil, err
		}
		if next, err = c.ask(ctx, http.MethodGet, path, ""); err != nil {
			c.cancel(path)
			return nil, err
		}
	}
}

// pathOf drops the host of an address that Trino gives: it is the one that Trino sees itself under.
func pathOf(address string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("Trino gave a next address that is none: %w", err)
	}
	return parsed.RequestURI(), nil
}

// cancel tells Trino that nobody waits for the statement any longer.
func (c *Client) cancel(path string) {
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	request, err := c.request(ctx, http.MethodDelete, path, "")
	if err != nil {
		return
	}
	if response, err := c.HTTP.Do(request); err == nil {
		_ = response.Body.Close() // the answer says nothing
	}
}

func (c *Client) request(ctx context.Context, method, path, body string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Trino-User", c.User)
	request.Header.Set("X-Trino-Source", "kubectl-clickstream")
	// Without it Trino cuts times to milliseconds, for clients that know no others.
	request.Header.Set("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME")
	return request, nil
}

var errBusy = errors.New("Trino does not answer")

// ask makes one request, and again while Trino says that it is too busy to answer.
func (c *Client) ask(ctx context.Context, method, path, body string) (*page, error) {
	for try := 1; ; try++ {
		answer, err := c.askOnce(ctx, method, path, body)
		if !errors.Is(err, errBusy) || try == retries {
			return answer, err
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *Client) askOnce(ctx context.Context, method, path, body string) (*page, error) {
	request, err := c.request(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	response, err := c.HTTP.Do(request)
	if err != nil && method == http.MethodGet && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: %w", errBusy, err) // a page can be asked for twice, a statement cannot
	}
	if err != nil {
		return nil, fmt.Errorf("asking Trino: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // only read from
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return nil, fmt.Errorf("%w, it answers %s", errBusy, response.Status)
	default:
		text, _ := io.ReadAll(io.LimitReader(response.Body, 300)) // the status is the message, the text an extra
		return nil, fmt.Errorf("Trino answers %s: %s", response.Status, strings.TrimSpace(string(text)))
	}
	decoder := json.NewDecoder(io.LimitReader(response.Body, maxPage))
	decoder.UseNumber()
	var answer page
	if err := decoder.Decode(&answer); err != nil {
		return nil, fmt.Errorf("reading Trino's answer: %w", err)
	}
	return &answer, nil
}
