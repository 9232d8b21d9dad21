package flight

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/trino"
)

// trinoType is the key in a field's metadata under which the gateway gives the type as Trino writes it.
const trinoType = "trino:type"

// Columns returns the columns of a result as Trino names them.
func Columns(schema *arrow.Schema) []trino.Column {
	columns := make([]trino.Column, schema.NumFields())
	for i, field := range schema.Fields() {
		columns[i] = trino.Column{Name: field.Name, Type: typeOf(field)}
	}
	return columns
}

// typeOf falls back to Arrow's name of the type, for a gateway that gives none.
func typeOf(field arrow.Field) string {
	if name, isGiven := field.Metadata.GetValue(trinoType); isGiven {
		return name
	}
	return field.Type.String()
}

// Rows returns the rows of a batch as Trino's own protocol gives them: numbers as json.Number, decimals, times and whatever JSON does not
// know as text, an array and a row as []any, a map as map[string]any. So an answer looks the same whichever way it came.
func Rows(batch arrow.RecordBatch) ([][]any, error) {
	rows := make([][]any, batch.NumRows())
	for r := range rows {
		rows[r] = make([]any, batch.NumCols())
	}
	for c := range int(batch.NumCols()) {
		field, column := batch.Schema().Field(c), batch.Column(c)
		for r := range rows {
			value, err := valueOf(field, column, r)
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", field.Name, err)
			}
			rows[r][c] = value
		}
	}
	return rows, nil
}

func valueOf(field arrow.Field, column arrow.Array, row int) (any, error) {
	if column.IsNull(row) {
		return nil, nil
	}
	switch values := column.(type) {
	case *array.Null:
		return nil, nil
	case *array.Boolean:
		return values.Value(row), nil
	case *array.Int8:
		return whole(int64(values.Value(row))), nil
	case *array.Int16:
		return whole(int64(values.Value(row))), nil
	case *array.Int32:
		return whole(int64(values.Value(row))), nil
	case *array.Int64:
		return whole(values.Value(row)), nil
	case *array.Float32:
		return floating(float64(values.Value(row)), 32), nil
	case *array.Float64:
		return floating(values.Value(row), 64), nil
	case *array.Decimal128:
		return values.Value(row).ToString(values.DataType().(*arrow.Decimal128Type).Scale), nil
	case *array.String:
		return strings.Clone(values.Value(row)), nil
	case *array.Binary:
		return base64.StdEncoding.EncodeToString(values.Value(row)), nil
	case *array.FixedSizeBinary:
		return uuidText(values.Value(row))
	case array.ExtensionArray:
		return valueOf(arrow.Field{Type: values.Storage().DataType(), Metadata: field.Metadata}, values.Storage(), row)
	case *array.Date32, *array.Time64, *array.Timestamp, *array.Duration, *array.MonthDayNanoInterval:
		return timeText(field, column, row)
	default:
		return nested(field, column, row)
	}
}

func nested(field arrow.Field, column arrow.Array, row int) (any, error) {
	switch values := column.(type) {
	case *array.Map: // before the list that it is made of
		return mapOf(values, row)
	case *array.List:
		first, end := values.ValueOffsets(row)
		element := values.DataType().(*arrow.ListType).ElemField()
		items := []any{}
		for at := int(first); at < int(end); at++ {
			value, err := valueOf(element, values.ListValues(), at)
			if err != nil {
				return nil, err
			}
			items = append(items, value)
		}
		return items, nil
	case *array.Struct:
		if strings.HasPrefix(typeOf(field), "timestamp") {
			return zonedText(field, values, row)
		}
		items := []any{}
		for i, inner := range values.DataType().(*arrow.StructType).Fields() {
			value, err := valueOf(inner, values.Field(i), row)
			if err != nil {
				return nil, err
			}
			items = append(items, value)
		}
		return items, nil
	default:
		return nil, fmt.Errorf("the type %s has no text here; cast it to varchar", column.DataType())
	}
}

func mapOf(values *array.Map, row int) (any, error) {
	first, end := values.ValueOffsets(row)
	kind := values.DataType().(*arrow.MapType)
	entries := map[string]any{}
	for at := int(first); at < int(end); at++ {
		key, err := valueOf(kind.KeyField(), values.Keys(), at)
		if err != nil {
			return nil, err
		}
		value, err := valueOf(kind.ItemField(), values.Items(), at)
		if err != nil {
			return nil, err
		}
		entries[trino.Text(key, "null")] = value
	}
	return entries, nil
}

func whole(value int64) json.Number { return json.Number(strconv.FormatInt(value, 10)) }

// floating writes a number as Trino does, which is Java's way. JSON knows no infinity, so that Trino gives those as texts.
func floating(value float64, bits int) any {
	switch {
	case math.IsNaN(value):
		return "NaN"
	case math.IsInf(value, 1):
		return "Infinity"
	case math.IsInf(value, -1):
		return "-Infinity"
	}
	if magnitude := math.Abs(value); value == 0 || magnitude >= 1e-3 && magnitude < 1e7 {
		text := strconv.FormatFloat(value, 'f', -1, bits)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return json.Number(text)
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'e', -1, bits), "e")
	if !strings.Contains(digits, ".") {
		digits += ".0"
	}
	power, err := strconv.Atoi(exponent)
	if err != nil {
		return json.Number(digits + "E" + exponent)
	}
	return json.Number(digits + "E" + strconv.Itoa(power))
}

func uuidText(bytes []byte) (any, error) {
	if len(bytes) != 16 {
		return base64.StdEncoding.EncodeToString(bytes), nil
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", bytes[:4], bytes[4:6], bytes[6:8], bytes[8:10], bytes[10:]), nil
}
