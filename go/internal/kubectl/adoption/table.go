package adoption

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Table is a table's metadata, as far as a manifest speaks of it.
type Table struct {
	UUID          string   `json:"table-uuid"`
	Location      string   `json:"location"`
	FormatVersion int      `json:"format-version"`
	Schemas       []schema `json:"schemas"`
	SchemaID      int      `json:"current-schema-id"`
	Specs         []spec   `json:"partition-specs"`
	SpecID        int      `json:"default-spec-id"`
	Orders        []order  `json:"sort-orders"`
	OrderID       int      `json:"default-sort-order-id"`
	// Properties are in no manifest: those that it does not name stay as they are.
	Properties map[string]string `json:"properties"`
}

type schema struct {
	ID     int     `json:"schema-id"`
	Fields []field `json:"fields"`
}

type field struct {
	ID       int             `json:"id"`
	Name     string          `json:"name"`
	Type     json.RawMessage `json:"type"`
	Required bool            `json:"required"`
	Doc      string          `json:"doc"`
}

type spec struct {
	ID     int `json:"spec-id"`
	Fields []struct {
		SourceID  int    `json:"source-id"`
		Name      string `json:"name"`
		Transform string `json:"transform"`
	} `json:"fields"`
}

type order struct {
	ID     int `json:"order-id"`
	Fields []struct {
		SourceID  int    `json:"source-id"`
		Transform string `json:"transform"`
		Direction string `json:"direction"`
		NullOrder string `json:"null-order"`
	} `json:"fields"`
}

func (t *Table) fields() []field {
	for _, candidate := range t.Schemas {
		if candidate.ID == t.SchemaID {
			return candidate.Fields
		}
	}
	return nil
}

var (
	columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	scalar     = regexp.MustCompile(`^(boolean|int|long|float|double|date|time|timestamp|timestamptz|string|uuid|binary|decimal\(\d+,\d+\)|fixed\(\d+\))$`)
	fixedSize  = regexp.MustCompile(`^fixed\[(\d+)\]$`)
)

// typeText returns a type as a manifest says it, or an error that says why it cannot.
func typeText(raw json.RawMessage) (string, error) {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		text := fixedSize.ReplaceAllString(strings.ReplaceAll(name, " ", ""), "fixed($1)")
		if !scalar.MatchString(text) {
			return "", fmt.Errorf("manifests do not know the type %s", name)
		}
		return text, nil
	}
	var nested struct {
		Type    string          `json:"type"`
		Element json.RawMessage `json:"element"`
		Key     json.RawMessage `json:"key"`
		Value   json.RawMessage `json:"value"`
		Fields  []field         `json:"fields"`
	}
	if err := json.Unmarshal(raw, &nested); err != nil {
		return "", fmt.Errorf("its type cannot be read: %w", err)
	}
	switch nested.Type {
	case "list":
		return wrapped("list", nested.Element)
	case "map":
		return wrapped("map", nested.Key, nested.Value)
	case "struct":
		return structText(nested.Fields)
	default:
		return "", fmt.Errorf("manifests do not know the type %s", nested.Type)
	}
}

func wrapped(word string, inner ...json.RawMessage) (string, error) {
	var texts []string
	for _, raw := range inner {
		text, err := typeText(raw)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	return word + "<" + strings.Join(texts, ",") + ">", nil
}

func structText(fields []field) (string, error) {
	var texts []string
	for _, inner := range fields {
		if !columnName.MatchString(inner.Name) {
			return "", fmt.Errorf("manifests cannot name its field %q", inner.Name)
		}
		text, err := typeText(inner.Type)
		if err != nil {
			return "", err
		}
		texts = append(texts, inner.Name+":"+text)
	}
	return "struct<" + strings.Join(texts, ",") + ">", nil
}
