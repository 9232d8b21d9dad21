package trino

import (
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
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(text)
	}
}

// Identifier quotes a name for SQL.
func Identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// TableName quotes "database.table" in a catalog.
func TableName(catalog, table string) string {
	database, name, _ := strings.Cut(table, ".")
	return Identifier(catalog) + "." + Identifier(database) + "." + Identifier(name)
}
