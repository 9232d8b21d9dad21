package io.openclickstream.planner;

import java.math.BigDecimal;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimestampString;

/** Writes the values that stand in a query, each with the type that the plan has for it. */
final class Literals {
    private final Dialect dialect;

    Literals(Dialect dialect) {
        this.dialect = dialect;
    }

    String text(RexLiteral literal) {
        ValueKind kind = ValueKind.of(literal.getType());
        if (literal.isNull()) {
            return kind == ValueKind.NULL ? "NULL" : "CAST(NULL AS " + dialect.type(literal.getType()) + ")";
        }
        return switch (kind) {
            case BOOLEAN -> Boolean.TRUE.equals(literal.getValueAs(Boolean.class)) ? "TRUE" : "FALSE";
            case WHOLE -> whole(literal);
            case DECIMAL -> decimal(literal);
            case FLOATING -> floating(literal);
            case TEXT -> dialect.text(textOf(literal));
            case DATE -> "DATE '" + literal.getValueAs(DateString.class) + "'";
            case NAIVE -> dialect.naive(micros(literal.getValueAs(TimestampString.class)));
            default -> throw SqlFault.notProven("A literal of the type " + literal.getType().getSqlTypeName(), SqlParserPos.ZERO);
        };
    }

    private String whole(RexLiteral literal) {
        BigDecimal value = number(literal);
        boolean isSmall = value.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0;
        String digits = signed(value.toPlainString());
        boolean isLong = "long".equals(IcebergTypes.text(literal.getType()));
        return isLong && isSmall ? "CAST(" + digits + " AS BIGINT)" : digits;
    }

    private String decimal(RexLiteral literal) {
        BigDecimal value = number(literal).setScale(Math.max(number(literal).scale(), 0));
        boolean isExact = value.scale() == literal.getType().getScale() && value.precision() == literal.getType().getPrecision() && value.scale() > 0;
        String digits = signed(value.toPlainString());
        return isExact ? digits : "CAST(" + digits + " AS " + dialect.type(literal.getType()) + ")";
    }

    private String floating(RexLiteral literal) {
        String digits = Double.toString(number(literal).doubleValue());
        return "CAST(" + signed(digits.contains("E") ? digits : digits + "E0") + " AS " + dialect.type(literal.getType()) + ")";
    }

    private static String signed(String digits) {
        return digits.startsWith("-") ? "(" + digits + ")" : digits;
    }

    private static BigDecimal number(RexLiteral literal) {
        return new BigDecimal(String.valueOf(literal.getValue()));
    }

    private static String micros(TimestampString timestamp) {
        return timestamp.toString(IcebergTypes.MICROSECONDS);
    }

    /** The text of a literal; null when the expression is none. */
    static String textOf(RexNode expression) {
        return expression instanceof RexLiteral literal && !literal.isNull() && ValueKind.of(literal.getType()) == ValueKind.TEXT
            ? literal.getValueAs(NlsString.class).getValue()
            : null;
    }

    /** The value of a literal that is a whole number; null when the expression is none. */
    static Long wholeOf(RexNode expression) {
        return expression instanceof RexLiteral literal && !literal.isNull() && ValueKind.of(literal.getType()) == ValueKind.WHOLE
            ? Long.valueOf(number(literal).longValueExact())
            : null;
    }
}
