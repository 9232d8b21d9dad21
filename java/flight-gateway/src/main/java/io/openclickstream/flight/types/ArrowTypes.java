package io.openclickstream.flight.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/** The form of each of Trino's types in Arrow. A type without one is refused by its name; nothing is cut. */
public final class ArrowTypes {
    /** Key in a field's metadata: the type as Trino writes it. */
    public static final String TRINO_TYPE = "trino:type";
    private static final String EXTENSION_NAME = "ARROW:extension:name";
    private static final String EXTENSION_METADATA = "ARROW:extension:metadata";
    private static final int DECIMAL_BITS = 128;
    private static final int UUID_BYTES = 16;

    private final ZonedTimestamps zoned;

    public ArrowTypes(ZonedTimestamps zoned) {
        this.zoned = zoned;
    }

    /** The field of a column. Throws when the type, or one in it, has no form. */
    public Field field(String name, TrinoType type) {
        return new Field(name, nullable(type, name), children(type, name));
    }

    private FieldType nullable(TrinoType type, String column) {
        return new FieldType(true, arrowType(type, column), null, metadata(type));
    }

    private static Map<String, String> metadata(TrinoType type) {
        return switch (type.kind()) {
            case UUID -> Map.of(TRINO_TYPE, type.text(), EXTENSION_NAME, "arrow.uuid", EXTENSION_METADATA, "");
            case JSON -> Map.of(TRINO_TYPE, type.text(), EXTENSION_NAME, "arrow.json", EXTENSION_METADATA, "");
            default -> Map.of(TRINO_TYPE, type.text());
        };
    }

    private ArrowType arrowType(TrinoType type, String column) {
        return switch (type.kind()) {
            case UNKNOWN -> ArrowType.Null.INSTANCE;
            case BOOLEAN -> ArrowType.Bool.INSTANCE;
            case TINYINT -> new ArrowType.Int(8, true);
            case SMALLINT -> new ArrowType.Int(16, true);
            case INTEGER -> new ArrowType.Int(32, true);
            case BIGINT -> new ArrowType.Int(64, true);
            case REAL -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case DECIMAL -> new ArrowType.Decimal(type.numbers().get(0), type.numbers().size() > 1 ? type.numbers().get(1) : 0, DECIMAL_BITS);
            // Arrow knows no time with a zone, which is nothing but its text anyway.
            case VARCHAR, CHAR, JSON, IPADDRESS, TIME_ZONED -> ArrowType.Utf8.INSTANCE;
            case VARBINARY -> ArrowType.Binary.INSTANCE;
            case DATE -> new ArrowType.Date(DateUnit.DAY);
            case TIME -> new ArrowType.Time(unit(type, column), 64);
            case TIMESTAMP -> new ArrowType.Timestamp(unit(type, column), null);
            case TIMESTAMP_ZONED -> zoned == ZonedTimestamps.STRUCT ? ArrowType.Struct.INSTANCE : instant(type, column);
            case INTERVAL_YEAR_MONTH -> new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO);
            case INTERVAL_DAY_SECOND -> new ArrowType.Duration(TimeUnit.MILLISECOND);
            case UUID -> new ArrowType.FixedSizeBinary(UUID_BYTES);
            case ARRAY -> ArrowType.List.INSTANCE;
            case MAP -> new ArrowType.Map(false);
            case ROW -> ArrowType.Struct.INSTANCE;
            case OTHER -> throw new UnsupportedTypeException(
                "the column \"" + column + "\" has the type " + type.text() + ", which has no form in Arrow here; cast it, for example to varchar");
        };
    }

    private static ArrowType instant(TrinoType type, String column) {
        return new ArrowType.Timestamp(unit(type, column), "UTC");
    }

    /** Microseconds hold every value of Trino; nanoseconds are needed from seven digits on, and hold the years 1678 to 2261. */
    public static TimeUnit unit(TrinoType type, String column) {
        if (type.precision() > 9) {
            String nine = type.text().replaceFirst("\\d+", "9");
            throw new UnsupportedTypeException("the column \"" + column + "\" has the type " + type.text()
                + ", and Arrow has no picoseconds; write CAST(" + column + " AS " + nine + "), or cast it to varchar");
        }
        return type.precision() > 6 ? TimeUnit.NANOSECOND : TimeUnit.MICROSECOND;
    }

    private List<Field> children(TrinoType type, String column) {
        return switch (type.kind()) {
            case ARRAY -> List.of(field("element", type.element(0)));
            case MAP -> List.of(entries(type, column));
            case ROW -> fields(type);
            case TIMESTAMP_ZONED -> zoned == ZonedTimestamps.STRUCT ? zonedFields(type, column) : List.of();
            default -> List.of();
        };
    }

    private Field entries(TrinoType type, String column) {
        TrinoType key = type.element(0);
        if (List.of(TrinoType.Kind.VARBINARY, TrinoType.Kind.ARRAY, TrinoType.Kind.MAP, TrinoType.Kind.ROW).contains(key.kind())) {
            throw new UnsupportedTypeException("the column \"" + column + "\" has a map with keys of the type " + key.text()
                + ", which Trino does not send whole; write map_entries(" + column + ")");
        }
        Field keys = new Field("key", new FieldType(false, arrowType(key, column), null, metadata(key)), children(key, column));
        return new Field("entries", new FieldType(false, ArrowType.Struct.INSTANCE, null), List.of(keys, field("value", type.element(1))));
    }

    private List<Field> fields(TrinoType type) {
        List<Field> fields = new ArrayList<>();
        for (int position = 0; position < type.elements().size(); position++) {
            String name = type.fieldNames().get(position);
            fields.add(field(name.isEmpty() ? "field" + position : name, type.element(position)));
        }
        return fields;
    }

    private static List<Field> zonedFields(TrinoType type, String column) {
        return List.of(
            new Field("instant", FieldType.nullable(instant(type, column)), List.of()),
            new Field("zone", FieldType.nullable(ArrowType.Utf8.INSTANCE), List.of()));
    }
}
