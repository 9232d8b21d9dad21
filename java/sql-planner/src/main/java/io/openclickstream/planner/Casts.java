package io.openclickstream.planner;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Writes conversions between types. A pair that is not here is refused. */
final class Casts {
    private final Dialect dialect;

    Casts(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The value in the other type; safe means null instead of an error. */
    String text(String value, RelDataType from, RelDataType to, boolean isSafe, SqlParserPos place) {
        ValueKind source = ValueKind.of(from);
        ValueKind target = ValueKind.of(to);
        if (target == ValueKind.TEXT && source == ValueKind.TEXT) {
            return text(value, from, to, place);
        }
        String plain = (isSafe ? "TRY_CAST(" : "CAST(") + (source == ValueKind.TEXT ? dialect.parsed(value) : value) + " AS ";
        return switch (target) {
            case WHOLE -> source == ValueKind.DECIMAL || source == ValueKind.FLOATING
                ? dialect.truncated(value, to, isSafe)
                : checked(plain, source == ValueKind.WHOLE || source == ValueKind.BOOLEAN || isNullOrText(source), from, to, place);
            case DECIMAL -> source == ValueKind.FLOATING
                ? dialect.decimalOf(value, to, isSafe)
                : checked(plain, source.isNumber() || isNullOrText(source), from, to, place);
            case FLOATING -> checked(plain, source.isNumber() || isNullOrText(source), from, to, place);
            case TEXT -> checked(plain, isPrinted(source) && to.getPrecision() < 0, from, to, place);
            case BOOLEAN -> checked(plain, source == ValueKind.BOOLEAN || source == ValueKind.NULL, from, to, place);
            case DATE -> source == ValueKind.INSTANT
                ? dialect.dateOf(value)
                : checked(plain, source == ValueKind.DATE || source == ValueKind.NAIVE || isNullOrText(source), from, to, place);
            case NAIVE -> naive(value, plain, from, to, place);
            case INSTANT -> instant(value, plain, from, to, place);
            default -> checked(plain, source == ValueKind.NULL || isSameNested(from, to), from, to, place);
        };
    }

    private static boolean isNullOrText(ValueKind source) {
        return source == ValueKind.NULL || source == ValueKind.TEXT;
    }

    /** Values that both engines print alike. */
    private static boolean isPrinted(ValueKind source) {
        return source == ValueKind.WHOLE || source == ValueKind.DECIMAL || source == ValueKind.BOOLEAN || source == ValueKind.DATE
            || source == ValueKind.NULL;
    }

    private static boolean isSameNested(RelDataType from, RelDataType to) {
        String text = IcebergTypes.text(from);
        return text != null && text.equals(IcebergTypes.text(to));
    }

    private String text(String value, RelDataType from, RelDataType to, SqlParserPos place) {
        boolean isCut = to.getPrecision() >= 0 && (from.getPrecision() < 0 || from.getPrecision() > to.getPrecision());
        if (isCut) {
            throw SqlFault.notProven("A cast to a text of at most " + to.getPrecision() + " characters", place, "SUBSTRING(... FROM 1 FOR "
                + to.getPrecision() + ")");
        }
        return value;
    }

    private String naive(String value, String plain, RelDataType from, RelDataType to, SqlParserPos place) {
        ValueKind source = ValueKind.of(from);
        if (source == ValueKind.NAIVE) {
            return value;
        }
        if (source == ValueKind.INSTANT) {
            return dialect.naiveOf(value);
        }
        return checked(plain, source == ValueKind.DATE || source == ValueKind.NULL, from, to, place);
    }

    private String instant(String value, String plain, RelDataType from, RelDataType to, SqlParserPos place) {
        ValueKind source = ValueKind.of(from);
        if (source == ValueKind.INSTANT) {
            return value;
        }
        if (source == ValueKind.DATE || source == ValueKind.NAIVE) {
            return dialect.instantOf(value, source);
        }
        return checked(plain, source == ValueKind.NULL, from, to, place);
    }

    private String checked(String plain, boolean isProven, RelDataType from, RelDataType to, SqlParserPos place) {
        if (!isProven) {
            throw SqlFault.notProven("A cast from " + ExpressionWriter.words(from) + " to " + ExpressionWriter.words(to), place);
        }
        return plain + dialect.type(to) + ")";
    }
}
