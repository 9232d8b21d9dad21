package io.openclickstream.planner;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;

/** Trino, in a session of any time zone: the product's is written wherever it counts. */
final class TrinoDialect implements Dialect {
    private final String zone;

    TrinoDialect(String zone) {
        this.zone = zone;
    }

    @Override
    public String zone() {
        return zone;
    }

    @Override
    public String identifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    @Override
    public String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    @Override
    public String type(RelDataType type) {
        return switch (ValueKind.of(type)) {
            case BOOLEAN -> "BOOLEAN";
            case WHOLE -> IcebergTypes.text(type).equals("long") ? "BIGINT" : "INTEGER";
            case DECIMAL -> "DECIMAL(" + type.getPrecision() + ", " + type.getScale() + ")";
            case FLOATING -> IcebergTypes.text(type).equals("float") ? "REAL" : "DOUBLE";
            case TEXT -> "VARCHAR";
            case DATE -> "DATE";
            case NAIVE -> "TIMESTAMP(6)";
            case INSTANT -> "TIMESTAMP(6) WITH TIME ZONE";
            case LIST -> "ARRAY(" + type(type.getComponentType()) + ")";
            case MAP -> "MAP(" + type(type.getKeyType()) + ", " + type(type.getValueType()) + ")";
            case STRUCT -> type.getFieldList().stream()
                .map(field -> identifier(field.getName()) + " " + type(field.getType()))
                .collect(Collectors.joining(", ", "ROW(", ")"));
            case INTERVAL, NULL, OTHER -> throw new IllegalArgumentException("Trino has no type for " + type);
        };
    }

    /** Some casts of Trino's take blanks, others do not. */
    @Override
    public String parsed(String text) {
        return "trim(" + text + ")";
    }

    @Override
    public String naive(String literal) {
        return "TIMESTAMP '" + literal + "'";
    }

    @Override
    public String instantOf(String value, ValueKind kind) {
        String naive = kind == ValueKind.DATE ? "CAST(" + value + " AS TIMESTAMP(6))" : value;
        return "with_timezone(" + naive + ", " + text(zone) + ")";
    }

    /** The same point in time with the product's zone, which Trino then counts days and hours in. */
    private String inZone(String instant) {
        return "(" + instant + " AT TIME ZONE " + text(zone) + ")";
    }

    @Override
    public String naiveOf(String instant) {
        return "CAST(" + inZone(instant) + " AS TIMESTAMP(6))";
    }

    @Override
    public String dateOf(String instant) {
        return "CAST(" + inZone(instant) + " AS DATE)";
    }

    @Override
    public String truncate(Unit unit, ValueKind kind, String value) {
        String inner = kind == ValueKind.INSTANT ? inZone(value) : value;
        return "date_trunc('" + unit.name().toLowerCase(Locale.ROOT) + "', " + inner + ")";
    }

    @Override
    public String part(String part, ValueKind kind, String value) {
        String function = part.equals("dayofyear") ? "day_of_year" : part;
        return function + "(" + (kind == ValueKind.INSTANT ? inZone(value) : value) + ")";
    }

    @Override
    public String moved(String value, ValueKind kind, Interval interval) {
        boolean isByClock = kind == ValueKind.INSTANT && (interval.months() != 0 || interval.days() != 0);
        List<String> parts = new ArrayList<>(List.of(isByClock ? naiveOf(value) : value));
        add(parts, interval.months(), "MONTH");
        add(parts, interval.days(), "DAY");
        String moved = parts.size() == 1 ? parts.get(0) : "(" + String.join(" + ", parts) + ")";
        String instant = isByClock ? instantOf(moved, ValueKind.NAIVE) : moved;
        return interval.milliseconds() == 0 ? instant : "(" + instant + " + " + seconds(interval.milliseconds()) + ")";
    }

    private static void add(List<String> parts, long count, String unit) {
        if (count != 0) {
            parts.add("INTERVAL " + signed(count, String.valueOf(Math.abs(count))) + " " + unit);
        }
    }

    private static String seconds(long milliseconds) {
        return "INTERVAL " + signed(milliseconds, BigDecimal.valueOf(Math.abs(milliseconds), 3).toPlainString()) + " SECOND";
    }

    private static String signed(long value, String size) {
        return (value < 0 ? "- '" : "'") + size + "'";
    }

    @Override
    public String element(String collection, String key) {
        return "element_at(" + collection + ", " + key + ")";
    }

    @Override
    public String wholeQuotient(String dividend, String divisor, RelDataType type) {
        return "(" + dividend + " / " + divisor + ")";
    }

    /** Trino's own gives infinity where the divisor is zero. */
    @Override
    public String floatingQuotient(String dividend, String divisor) {
        return "(" + dividend + " / CASE WHEN " + divisor + " = 0 AND " + dividend + " IS NOT NULL THEN 1 / 0 ELSE " + divisor + " END)";
    }

    /** Trino's own says that NaN is not equal to, less or greater than anything. */
    @Override
    public String compared(Side left, String operator, Side right) {
        String plain = "(" + left.text() + " " + operator + " " + right.text() + ")";
        boolean areBoth = left.canBeNan() && right.canBeNan();
        return switch (operator) {
            case "=" -> areBoth ? "(" + plain + " OR " + nan(left) + " AND " + nan(right) + ")" : plain;
            case "<>" -> areBoth ? "(" + plain + " AND NOT (" + nan(left) + " AND " + nan(right) + "))" : plain;
            case "<" -> greater(plain, right, left);
            case ">" -> greater(plain, left, right);
            case "<=" -> right.canBeNan() ? "(" + plain + " OR " + nan(right) + there(left) + ")" : plain;
            case ">=" -> left.canBeNan() ? "(" + plain + " OR " + nan(left) + there(right) + ")" : plain;
            default -> plain;
        };
    }

    private static String greater(String plain, Side greater, Side less) {
        if (!greater.canBeNan()) {
            return plain;
        }
        return "(" + plain + " OR " + nan(greater) + (less.canBeNan() ? " AND NOT " + nan(less) : there(less)) + ")";
    }

    private static String nan(Side side) {
        return "is_nan(" + side.text() + ")";
    }

    private static String there(Side side) {
        return side.isLiteral() ? "" : " AND " + side.text() + " IS NOT NULL";
    }

    /** Trino's own skips NaN unless there is nothing else. */
    @Override
    public String greatest(String name, List<String> arguments, String rows, RelDataType type) {
        String isNan = "is_nan(" + arguments.get(arguments.size() - 1) + ")";
        String ofNan = arguments.size() == 1
            ? "CAST(nan() AS " + type(type) + ")"
            : name + "(" + arguments.get(0) + ", CASE WHEN " + isNan + " THEN 1 END)" + rows;
        String plain = name + "(" + String.join(", ", arguments) + ")" + rows;
        return "CASE WHEN bool_or(" + isNan + ")" + rows + " THEN " + ofNan + " ELSE " + plain + " END";
    }

    /** Trino's own puts NaN last in both directions. */
    @Override
    public String orderKey(String key, boolean isFloating, String direction) {
        return (isFloating ? "is_nan(" + key + ")" + direction + ", " : "") + key + direction;
    }

    /** Trino's own cast multiplies in binary first, so that 1.005 becomes 1.00. */
    @Override
    public String decimalOf(String value, RelDataType type, boolean isSafe) {
        return (isSafe ? "TRY_CAST(" : "CAST(") + "CAST(" + value + " AS VARCHAR) AS " + type(type) + ")";
    }

    @Override
    public String truncated(String number, RelDataType type, boolean isSafe) {
        return (isSafe ? "TRY_CAST(" : "CAST(") + "truncate(" + number + ") AS " + type(type) + ")";
    }

    @Override
    public String call(String function, List<String> arguments, RelDataType type) {
        String plain = "(" + String.join(", ", arguments) + ")";
        return switch (function) {
            case "CHAR_LENGTH", "CHARACTER_LENGTH", Functions.LENGTH -> "CAST(length" + plain + " AS INTEGER)";
            case "POSITION" -> "CAST(strpos(" + arguments.get(1) + ", " + arguments.get(0) + ") AS INTEGER)";
            case "CARDINALITY" -> "CAST(cardinality" + plain + " AS INTEGER)";
            case "FLOOR", "CEIL" -> "CAST(" + function.toLowerCase(Locale.ROOT) + plain + " AS " + type(type) + ")";
            case Functions.CONCAT -> arguments.size() == 1 ? arguments.get(0) : "concat" + plain;
            default -> function.toLowerCase(Locale.ROOT) + plain;
        };
    }

    @Override
    public String splitPart(String value, String separator, long position) {
        return "split_part(" + value + ", " + text(separator) + ", " + position + ")";
    }

    @Override
    public String approximateDistinct(String argument) {
        return "approx_distinct(" + argument + ")";
    }

    @Override
    public String unnest(Unnest unnest) {
        List<String> columns = new ArrayList<>(unnest.columns().stream().map(this::identifier).toList());
        if (unnest.ordinal() != null) {
            columns.add(identifier(unnest.ordinal()));
        }
        return "\n" + (unnest.keepsEmpty() ? "LEFT" : "CROSS") + " JOIN UNNEST(" + unnest.collection() + ")"
            + (unnest.ordinal() == null ? "" : " WITH ORDINALITY") + " AS " + unnest.alias() + " (" + String.join(", ", columns) + ")"
            + (unnest.keepsEmpty() ? " ON TRUE" : "");
    }

    @Override
    public String unnested(Unnest unnest, int position) {
        return position < 0
            ? "CAST(" + unnest.alias() + "." + identifier(unnest.ordinal()) + " AS INTEGER)"
            : unnest.alias() + "." + identifier(unnest.columns().get(position));
    }

    @Override
    public boolean isLimitBeforeOffset() {
        return false;
    }
}
