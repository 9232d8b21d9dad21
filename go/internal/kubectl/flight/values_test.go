package flight

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/trino"
)

func fieldOf(name, typeName string, kind arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: kind, Nullable: true, Metadata: arrow.NewMetadata([]string{trinoType}, []string{typeName})}
}

// Each value is what Trino's own protocol gives for it.
func TestValuesAreAsTrinoGivesThem(t *testing.T) {
	micro := &arrow.TimestampType{Unit: arrow.Microsecond}
	utc := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	zoned := arrow.StructOf(arrow.Field{Name: "instant", Type: utc, Nullable: true}, arrow.Field{Name: "zone", Type: arrow.BinaryTypes.String, Nullable: true})
	row := arrow.StructOf(fieldOf("a", "integer", arrow.PrimitiveTypes.Int32), fieldOf("b", "varchar", arrow.BinaryTypes.String))
	cases := []struct {
		typeName string
		kind     arrow.DataType
		json     string
		want     string
	}{
		{"boolean", arrow.FixedWidthTypes.Boolean, `[true]`, `true`},
		{"tinyint", arrow.PrimitiveTypes.Int8, `[-128]`, `-128`},
		{"bigint", arrow.PrimitiveTypes.Int64, `[9007199254740993]`, `9007199254740993`},
		{"double", arrow.PrimitiveTypes.Float64, `[1]`, `1.0`},
		{"double", arrow.PrimitiveTypes.Float64, `[1e10]`, `1.0E10`},
		{"double", arrow.PrimitiveTypes.Float64, `[0.00012]`, `1.2E-4`},
		{"real", arrow.PrimitiveTypes.Float32, `[0.1]`, `0.1`},
		{"decimal(38,2)", &arrow.Decimal128Type{Precision: 38, Scale: 2}, `["123456789012345678901234567890.10"]`, `"123456789012345678901234567890.10"`},
		{"varchar", arrow.BinaryTypes.String, `["ä<b>"]`, `"ä<b>"`},
		{"varbinary", arrow.BinaryTypes.Binary, `["aGk="]`, `"aGk="`},
		{"date", arrow.FixedWidthTypes.Date32, `["2026-11-29"]`, `"2026-11-29"`},
		{"time(3)", arrow.FixedWidthTypes.Time64us, `["17:00:01.123000"]`, `"17:00:01.123"`},
		{"timestamp(6)", micro, `["2026-11-29 17:00:01.123456"]`, `"2026-11-29 17:00:01.123456"`},
		{"timestamp(0)", micro, `["2026-11-29 17:00:01"]`, `"2026-11-29 17:00:01"`},
		{"timestamp(6) with time zone", utc, `["2026-11-29 17:00:01.123456Z"]`, `"2026-11-29 17:00:01.123456 UTC"`},
		{"timestamp(3) with time zone", zoned, `[{"instant":"2026-11-29 17:00:01.123Z","zone":"Europe/Berlin"}]`, `"2026-11-29 18:00:01.123 Europe/Berlin"`},
		{"timestamp(0) with time zone", zoned, `[{"instant":"2026-11-29 17:00:01Z","zone":"-05:30"}]`, `"2026-11-29 11:30:01 -05:30"`},
		{"interval day to second", arrow.FixedWidthTypes.Duration_ms, `[90061001]`, `"1 01:01:01.001"`},
		{"interval day to second", arrow.FixedWidthTypes.Duration_ms, `[-1000]`, `"-0 00:00:01.000"`},
		{"interval year to month", arrow.FixedWidthTypes.MonthDayNanoInterval, `[{"months":14,"days":0,"nanoseconds":0}]`, `"1-2"`},
		{"uuid", &arrow.FixedSizeBinaryType{ByteWidth: 16}, `["EjRWeBI0VngSNFZ4EjRWeA=="]`, `"12345678-1234-5678-1234-567812345678"`},
		{"array(integer)", arrow.ListOf(arrow.PrimitiveTypes.Int32), `[[1,null]]`, `[1,null]`},
		{"map(varchar, bigint)", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64), `[[{"key":"k","value":1}]]`, `{"k":1}`},
		{"row(a integer, b varchar)", row, `[{"a":1,"b":null}]`, `[1,null]`},
		{"bigint", arrow.PrimitiveTypes.Int64, `[null]`, `null`},
	}
	for _, c := range cases {
		t.Run(c.typeName+" "+c.want, func(t *testing.T) {
			column, _, err := array.FromJSON(memory.DefaultAllocator, c.kind, strings.NewReader(c.json))
			if err != nil {
				t.Fatal(err)
			}
			schema := arrow.NewSchema([]arrow.Field{fieldOf("x", c.typeName, c.kind)}, nil)
			rows, err := Rows(array.NewRecordBatch(schema, []arrow.Array{column}, 1))
			if err != nil {
				t.Fatal(err)
			}
			if text := textOf(t, rows[0][0]); text != c.want {
				t.Errorf("%s, want %s", text, c.want)
			}
			if got := fmt.Sprint(Columns(schema)); got != "[{x "+c.typeName+"}]" {
				t.Errorf("columns %s", got)
			}
		})
	}
}

func textOf(t *testing.T, value any) string {
	t.Helper()
	text, err := trino.JSON(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
