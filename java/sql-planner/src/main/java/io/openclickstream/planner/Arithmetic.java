package io.openclickstream.planner;

import io.openclickstream.planner.PlannerTypeSystem.Digits;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;

/** Writes sums, products and quotients. The engines round decimals and divide whole numbers in different ways, so each form is said. */
final class Arithmetic {
    private static final long DAY_MILLISECONDS = 86_400_000;

    private final Dialect dialect;
    private final Places places;
    private final Clocks clocks;

    Arithmetic(Dialect dialect, Places places) {
        this.dialect = dialect;
        this.places = places;
        this.clocks = new Clocks(dialect.zone());
    }

    String text(RexCall call, List<String> operands) {
        if (call.getOperands().size() == 1) {
            return call.getKind() == SqlKind.MINUS_PREFIX ? "(-" + operands.get(0) + ")" : operands.get(0);
        }
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        if (ValueKind.of(right.getType()) == ValueKind.INTERVAL) {
            return moved(call, left, right, operands.get(0));
        }
        if (ValueKind.of(left.getType()) == ValueKind.INTERVAL) {
            return moved(call, right, left, operands.get(1));
        }
        ValueKind one = ValueKind.of(left.getType());
        ValueKind other = ValueKind.of(right.getType());
        boolean isFloat = left.getType().getSqlTypeName() == SqlTypeName.REAL || right.getType().getSqlTypeName() == SqlTypeName.REAL;
        if (!one.isNumber() || !other.isNumber() || isFloat) {
            throw refused(call, isFloat ? "cast the float to DOUBLE" : null);
        }
        return number(call, operands, one == ValueKind.FLOATING || other == ValueKind.FLOATING);
    }

    private String number(RexCall call, List<String> operands, boolean isFloating) {
        boolean isWhole = ValueKind.of(call.getType()) == ValueKind.WHOLE;
        String plain = "(" + operands.get(0) + " " + symbol(call) + " " + operands.get(1) + ")";
        if (call.getKind() == SqlKind.MOD && !isWhole) {
            throw refused(call, null);
        }
        if (call.getKind() == SqlKind.DIVIDE && isWhole) {
            return dialect.wholeQuotient(operands.get(0), operands.get(1), call.getType());
        }
        if (call.getKind() == SqlKind.MOD) {
            // The engines give the wider type of both sides, Calcite that of the right one.
            return "CAST(" + plain + " AS " + dialect.type(call.getType()) + ")";
        }
        if (call.getKind() == SqlKind.DIVIDE && isFloating) {
            return dialect.floatingQuotient(operands.get(0), operands.get(1));
        }
        if (isWhole || isFloating) {
            return plain;
        }
        if (call.getKind() == SqlKind.DIVIDE) {
            return decimalQuotient(call, operands);
        }
        return "CAST(" + plain + " AS " + dialect.type(decimalResult(call)) + ")";
    }

    /**
     * With the dividend in the scale of the result, Spark rounds first to as many digits more as the divisor has, which are too many to lie
     * on a half by rounding; so it rounds as Trino, which rounds once.
     */
    private String decimalQuotient(RexCall call, List<String> operands) {
        Digits dividend = Digits.of(call.getOperands().get(0).getType());
        Digits divisor = Digits.of(call.getOperands().get(1).getType());
        int scale = call.getType().getScale();
        int precision = dividend.precision() - dividend.scale() + scale;
        int needed = precision + divisor.scale() + divisor.precision() + 1;
        requireDigits(call, needed);
        return "CAST((CAST(" + operands.get(0) + " AS DECIMAL(" + precision + ", " + scale + ")) / CAST(" + operands.get(1) + " AS DECIMAL("
            + divisor.precision() + ", " + divisor.scale() + "))) AS " + dialect.type(call.getType()) + ")";
    }

    private void requireDigits(RexCall call, int needed) {
        if (needed > PlannerTypeSystem.MAX_DECIMAL) {
            throw new SqlFault("The result of \"" + symbol(call) + "\" would need " + needed + " digits; decimals have at most "
                + PlannerTypeSystem.MAX_DECIMAL, places.of(call), "cast the operands to smaller decimals or to DOUBLE");
        }
    }

    private static String symbol(RexCall call) {
        return switch (call.getKind()) {
            case PLUS -> "+";
            case MINUS -> "-";
            case TIMES -> "*";
            case DIVIDE -> "/";
            default -> "%";
        };
    }

    /** Refuses what could lose digits on one engine only. */
    private RelDataType decimalResult(RexCall call) {
        Digits left = Digits.of(call.getOperands().get(0).getType());
        Digits right = Digits.of(call.getOperands().get(1).getType());
        boolean isProduct = call.getKind() == SqlKind.TIMES;
        int scale = Math.max(left.scale(), right.scale());
        int whole = Math.max(left.precision() - left.scale(), right.precision() - right.scale());
        requireDigits(call, isProduct ? left.precision() + right.precision() + 1 : whole + scale + 1);
        return call.getType();
    }

    private String moved(RexCall call, RexNode value, RexNode interval, String text) {
        ValueKind kind = ValueKind.of(value.getType());
        if (!kind.isTime() || !(interval instanceof RexLiteral literal) || literal.isNull()) {
            throw refused(call, "add a literal such as INTERVAL '1' DAY to a date or a timestamp");
        }
        BigDecimal amount = new BigDecimal(String.valueOf(literal.getValue()));
        long size = call.getKind() == SqlKind.MINUS ? amount.negate().longValueExact() : amount.longValueExact();
        boolean isMonths = SqlTypeName.YEAR_INTERVAL_TYPES.contains(interval.getType().getSqlTypeName());
        Dialect.Interval length = isMonths
            ? new Dialect.Interval(size, 0, 0)
            : new Dialect.Interval(0, size / DAY_MILLISECONDS, size % DAY_MILLISECONDS);
        if (kind == ValueKind.DATE && length.milliseconds() != 0) {
            throw refused(call, "cast the date to TIMESTAMP");
        }
        if (kind == ValueKind.INSTANT && (length.months() != 0 || length.days() != 0)) {
            clocks.requireSteady(places.of(call));
        }
        return dialect.moved(text, kind, length);
    }

    private SqlFault refused(RexCall call, String suggestion) {
        List<String> types = call.getOperands().stream().map(operand -> ExpressionWriter.words(operand.getType())).toList();
        return SqlFault.notProven("\"" + symbol(call) + "\" of " + String.join(" and ", types), places.of(call), suggestion);
    }
}
