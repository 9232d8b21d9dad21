package io.openclickstream.flight.types;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.flight.types.TrinoType.Kind;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The types of Trino")
class TypeTextTest {
    private static final ArrowTypes ARROW = new ArrowTypes(ZonedTimestamps.UTC);

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(delimiter = '|', value = {
        "boolean | Bool", "tinyint | Int(8, true)", "smallint | Int(16, true)", "integer | Int(32, true)", "bigint | Int(64, true)",
        "real | FloatingPoint(SINGLE)", "double | FloatingPoint(DOUBLE)", "decimal(10,2) | Decimal(10, 2, 128)", "decimal(38,0) | Decimal(38, 0, 128)",
        "varchar | Utf8", "varchar(5) | Utf8", "char(3) | Utf8", "varbinary | Binary", "json | Utf8", "ipaddress | Utf8", "uuid | FixedSizeBinary(16)",
        "date | Date(DAY)", "time(0) | Time(MICROSECOND, 64)", "time(9) | Time(NANOSECOND, 64)", "time(3) with time zone | Utf8",
        "timestamp | Timestamp(MICROSECOND, null)", "timestamp(6) | Timestamp(MICROSECOND, null)", "timestamp(7) | Timestamp(NANOSECOND, null)",
        "timestamp(3) with time zone | Timestamp(MICROSECOND, UTC)", "interval year to month | Interval(MONTH_DAY_NANO)",
        "interval day to second | Duration(MILLISECOND)", "unknown | Null", "array(bigint) | List", "map(varchar,bigint) | Map(false)",
        "row(bigint) | Struct"
    })
    void forms(String text, String arrow) {
        assertEquals(arrow, ARROW.field("c", TypeText.parse(text)).getType().toString());
    }

    @Test
    @DisplayName("are read at every depth, with names of fields in quotes, in the clear, or without")
    void nested() {
        TrinoType type = TypeText.parse("row(\"a \"\"b\" timestamp(6) with time zone, c array(map(varchar(3), row(date date, interval day to second))), decimal(5,1))");
        assertEquals(List.of("a \"b", "c", ""), type.fieldNames());
        assertEquals(Kind.TIMESTAMP_ZONED, type.element(0).kind());
        TrinoType row = type.element(1).element(0).element(1);
        assertEquals(List.of("date", ""), row.fieldNames());
        assertEquals(List.of(Kind.DATE, Kind.INTERVAL_DAY_SECOND), row.elements().stream().map(TrinoType::kind).toList());
        assertEquals(List.of(5, 1), type.element(2).numbers());
        Field field = ARROW.field("c", type);
        assertEquals(List.of("a \"b", "c", "field2"), field.getChildren().stream().map(Field::getName).toList());
        assertEquals("row(date date, interval day to second)",
            field.getChildren().get(1).getChildren().get(0).getChildren().get(0).getChildren().get(1).getMetadata().get(ArrowTypes.TRINO_TYPE));
    }

    @ParameterizedTest(name = "{0} is refused by its name")
    @ValueSource(strings = {"HyperLogLog", "qdigest(bigint)", "timestamp(12)", "time(10)", "timestamp(10) with time zone", "array(geometry)",
        "row(\"x\" tdigest)", "map(array(bigint), bigint)", "map(varbinary, bigint)", "array(", "array(bigint", "row()", "array(bigint,bigint)", "decimal(,)", ""})
    void refused(String text) {
        String message = assertThrows(UnsupportedTypeException.class, () -> ARROW.field("c", TypeText.parse(text))).getMessage();
        assertTrue(message.contains("\""), message);
    }

    @Test
    @DisplayName("keep the zone of each value in a struct when the session asks for it")
    void struct() {
        Field field = new ArrowTypes(ZonedTimestamps.STRUCT).field("c", TypeText.parse("timestamp(6) with time zone"));
        assertEquals("[instant: Timestamp(MICROSECOND, UTC), zone: Utf8]", field.getChildren().toString());
    }
}
