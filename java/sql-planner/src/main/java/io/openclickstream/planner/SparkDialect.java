package io.openclickstream.planner;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;

/** Spark 4 with ANSI mode, in a session whose time zone is the product's. */
final class SparkDialect implements Dialect {
    private static final String POSITION = "pos";
    private static final String ELEMENT = "element";

    private final String zone;

    SparkDialect(String zone) {
        this.zone = zone;
    }

    @Override
    public String zone() {
        return zone;
    }

    @Override
    public String identifier(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** A dollar is written by its number: Spark puts variables of the environment in for what looks like one, in texts too. */
    @Override
    public String text(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\u0024") + "'";
    }

    @Override
    public String type(RelDataType type) {
        return switch (ValueKind.of(type)) {
            case BOOLEAN -> "BOOLEAN";
            case WHOLE -> IcebergTypes.text(type).equals("long") ? "BIGINT" : "INT";
            case DECIMAL -> "DECIMAL(" + type.getPrecision() + "," + type.getScale() + ")";
            case FLOATING -> IcebergTypes.text(type).equals("float") ? "FLOAT" : "DOUBLE";
            case TEXT -> "STRING";
            case DATE -> "DATE";
            case NAIVE -> "TIMESTAMP_NTZ";
            case INSTANT -> "TIMESTAMP";
            case LIST -> "ARRAY<" + type(type.getComponentType()) + ">";
            case MAP -> "MAP<" + type(type.getKeyType()) + "," + type(type.getValueType()) + ">";
            case STRUCT -> type.getFieldList().stream().map(this::field).collect(Collectors.joining(",", "STRUCT<", ">"));
            case INTERVAL, NULL, OTHER -> throw new IllegalArgumentException("Spark has no type for " + type);
        };
    }

    private String field(RelDataTypeField field) {
        return identifier(field.getName()) + ":" + type(field.getType());
    }

    @Override
    public String parsed(String text) {
        return text;
    }

    @Override
    public String naive(String literal) {
        return "TIMESTAMP_NTZ '" + literal + "'";
    }

    @Override
    public String instantOf(String value, ValueKind kind) {
        return "CAST(" + value + " AS TIMESTAMP)";
    }

    @Override
    public String naiveOf(String instant) {
        return "CAST(" + instant + " AS TIMESTAMP_NTZ)";
    }

    @Override
    public String dateOf(String instant) {
        return "CAST(" + instant + " AS DATE)";
    }

    @Override
    public String truncate(Unit unit, ValueKind kind, String value) {
        String truncated = "date_trunc('" + unit + "', " + value + ")";
        return switch (kind) {
            case INSTANT -> truncated;
            case DATE -> "CAST(" + truncated + " AS DATE)";
            default -> naiveTruncated(unit, value, truncated);
        };
    }

    /** date_trunc goes through the session's zone, in which some hours of a naive timestamp do not exist. */
    private String naiveTruncated(Unit unit, String value, String truncated) {
        boolean isClock = unit == Unit.HOUR || unit == Unit.MINUTE || unit == Unit.SECOND;
        if (!isClock || zone.equals("UTC")) {
            return "CAST(" + truncated + " AS TIMESTAMP_NTZ)";
        }
        String seconds = "extract(SECOND FROM " + value + ")";
        String minutes = unit == Unit.HOUR ? "minute(" + value + ")" : "0";
        String rest = unit == Unit.SECOND ? seconds + " - second(" + value + ")" : seconds;
        return "(" + value + " - make_dt_interval(0, 0, " + minutes + ", " + rest + "))";
    }

    @Override
    public String part(String part, ValueKind kind, String value) {
        String function = part.equals("week") ? "weekofyear" : part;
        return "CAST(" + function + "(" + value + ") AS BIGINT)";
    }

    @Override
    public String moved(String value, ValueKind kind, Interval interval) {
        if (kind == ValueKind.DATE) {
            String moved = interval.months() == 0 ? value : "add_months(" + value + ", " + interval.months() + ")";
            return interval.days() == 0 ? moved : "date_add(" + moved + ", " + interval.days() + ")";
        }
        List<String> parts = new ArrayList<>(List.of(value));
        add(parts, interval.months(), "MONTH");
        add(parts, interval.days(), "DAY");
        if (interval.milliseconds() != 0) {
            parts.add("INTERVAL '" + BigDecimal.valueOf(interval.milliseconds(), 3).toPlainString() + "' SECOND");
        }
        return "(" + String.join(" + ", parts) + ")";
    }

    private static void add(List<String> parts, long count, String unit) {
        if (count != 0) {
            parts.add("INTERVAL '" + count + "' " + unit);
        }
    }

    @Override
    public String element(String collection, String key) {
        return "try_element_at(" + collection + ", " + key + ")";
    }

    @Override
    public String wholeQuotient(String dividend, String divisor, RelDataType type) {
        return "CAST(" + dividend + " DIV " + divisor + " AS " + type(type) + ")";
    }

    @Override
    public String floatingQuotient(String dividend, String divisor) {
        return "(" + dividend + " / " + divisor + ")";
    }

    @Override
    public String compared(Side left, String operator, Side right) {
        return "(" + left.text() + " " + operator + " " + right.text() + ")";
    }

    @Override
    public String greatest(String name, List<String> arguments, String rows, RelDataType type) {
        return name + "(" + String.join(", ", arguments) + ")" + rows;
    }

    @Override
    public String orderKey(String key, boolean isFloating, String direction) {
        return key + direction;
    }

    @Override
    public String decimalOf(String value, RelDataType type, boolean isSafe) {
        return (isSafe ? "TRY_CAST(" : "CAST(") + value + " AS " + type(type) + ")";
    }

    @Override
    public String truncated(String number, RelDataType type, boolean isSafe) {
        return (isSafe ? "TRY_CAST(" : "CAST(") + number + " AS " + type(type) + ")";
    }

    @Override
    public String call(String function, List<String> arguments, RelDataType type) {
        String plain = "(" + String.join(", ", arguments) + ")";
        return switch (function) {
            case "CHAR_LENGTH", "CHARACTER_LENGTH", Functions.LENGTH -> "char_length" + plain;
            case Functions.STARTS_WITH -> "startswith" + plain;
            case Functions.CONTAINS -> "array_contains" + plain;
            case "POSITION" -> "locate" + plain;
            case "CARDINALITY" -> "size" + plain;
            case "FLOOR", "CEIL" -> "CAST(" + function.toLowerCase(Locale.ROOT) + plain + " AS " + type(type) + ")";
            default -> function.toLowerCase(Locale.ROOT) + plain;
        };
    }

    /** Spark splits at a regular expression. Its own split_part gives an empty text where there is no part. */
    @Override
    public String splitPart(String value, String separator, long position) {
        return "try_element_at(split(" + value + ", " + text("\\Q" + separator + "\\E") + ", -1), " + position + ")";
    }

    @Override
    public String approximateDistinct(String argument) {
        return "approx_count_distinct(" + argument + ")";
    }

    @Override
    public String unnest(Unnest unnest) {
        boolean hasOrdinal = unnest.ordinal() != null;
        List<String> columns = new ArrayList<>();
        if (hasOrdinal) {
            columns.add(identifier(POSITION));
        }
        List<String> elements = unnest.isStruct() ? List.of(ELEMENT) : unnest.columns();
        elements.forEach(column -> columns.add(identifier(column)));
        String function = hasOrdinal ? "posexplode" : "explode";
        return "\nLATERAL VIEW " + (unnest.keepsEmpty() ? "OUTER " : "") + function + "(" + unnest.collection() + ") " + unnest.alias()
            + " AS " + String.join(", ", columns);
    }

    @Override
    public String unnested(Unnest unnest, int position) {
        if (position < 0) {
            return "(" + unnest.alias() + "." + identifier(POSITION) + " + 1)";
        }
        String column = unnest.alias() + "." + identifier(unnest.isStruct() ? ELEMENT : unnest.columns().get(position));
        return unnest.isStruct() ? column + "." + identifier(unnest.columns().get(position)) : column;
    }

    @Override
    public boolean isLimitBeforeOffset() {
        return true;
    }
}
