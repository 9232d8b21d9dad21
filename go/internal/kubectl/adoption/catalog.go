// Package adoption reads a table of an Iceberg REST catalog and prints the LakeTable that changes nothing about it.
package adoption

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Catalog is an Iceberg REST catalog.
type Catalog struct {
	// URL is its address, without /v1.
	URL string
	// Warehouse is the one to ask for, and Prefix the path element after /v1/; both may be empty.
	Warehouse, Prefix string
	// HTTP sends requests with the catalog's credentials.
	HTTP *http.Client
}

const longestAnswer = 64 << 20

// Load reads a table as it is now.
func (c *Catalog) Load(ctx context.Context, database, table string) (*Table, error) {
	prefix, err := c.prefix(ctx)
	if err != nil {
		return nil, err
	}
	path := []string{"v1", prefix, "namespaces", url.PathEscape(database), "tables", url.PathEscape(table)}
	if prefix == "" {
		path = append(path[:1], path[2:]...)
	}
	var answer struct {
		Metadata Table `json:"metadata"`
	}
	err = c.get(ctx, strings.Join(path, "/")+"?snapshots=refs", &answer)
	if errors.Is(err, errNotFound) {
		return nil, &NoTableError{Database: database, Table: table}
	}
	return &answer.Metadata, err
}

// NoTableError says that a catalog does not have a table.
type NoTableError struct{ Database, Table string }

func (e *NoTableError) Error() string {
	return fmt.Sprintf("the catalog has no table %q in database %q", e.Table, e.Database)
}

// prefix is what the catalog insists on, else what is given, else what the catalog suggests.
func (c *Catalog) prefix(ctx context.Context) (string, error) {
	query := ""
	if c.Warehouse != "" {
		query = "?" + url.Values{"warehouse": {c.Warehouse}}.Encode()
	}
	var config struct {
		Defaults  map[string]string `json:"defaults"`
		Overrides map[string]string `json:"overrides"`
	}
	if err := c.get(ctx, "v1/config"+query, &config); err != nil {
		return "", err
	}
	for _, prefix := range []string{config.Overrides["prefix"], c.Prefix, config.Defaults["prefix"]} {
		if prefix != "" {
			return prefix, nil
		}
	}
	return "", nil
}

var errNotFound = errors.New("not found")

func (c *Catalog) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.URL, "/")+"/"+path, nil)
	if err != nil {
		return err
	}
	answer, err := c.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("asking the catalog: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // nothing was written
	body, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer))
	switch {
	case err != nil:
		return fmt.Errorf("asking the catalog: %w", err)
	case answer.StatusCode == http.StatusNotFound:
		return errNotFound
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("the catalog at %s answered %s", c.URL, answer.Status)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("the catalog at %s does not speak the Iceberg REST protocol: %w", c.URL, err)
	}
	return nil
}
