package trino

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// IsNumeric reports whether the values of the column are numbers.
func (c *Column) IsNumeric() bool {
	name, _, _ := strings.Cut(c.Type, "(")
	switch name {
	case "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal":
		return true
	default:
		return false
	}
}

// Text returns a value as a person writes it; null is what NULL is shown as.
func Text(value any, null string) string {
	switch v := value.(type) {
	case nil:
		return null
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	default:
		text, err := JSON(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(text)
	}
}

// JSON returns a value as JSON, with <, > and & as they are: what is printed here is on no web page.
func JSON(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// Object writes the columns of a row as one JSON object in their order.
type Object struct {
	Columns []Column
	Row     []any
}

// MarshalJSON implements json.Marshaler.
func (o Object) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, value := range o.Row {
		name, err := JSON(o.Columns[i].Name)
		if err != nil {
			return nil, err
		}
		member, err := JSON(value)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(append(text, name...), ':'), member...)
	}
	return append(text, '}'), nil
}

// Identifier quotes a name for SQL.
func Identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// TableName quotes "database.table" in a catalog.
func TableName(catalog, table string) string {
	database, name, _ := strings.Cut(table, ".")
	return Identifier(catalog) + "." + Identifier(database) + "." + Identifier(name)
}
