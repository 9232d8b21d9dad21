package io.openclickstream.planner;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.apache.calcite.sql.type.SqlTypeName;

/** Writes calls of functions on single values. Each has its line, with what must hold so that both engines give the same. */
final class FunctionCalls {
    private static final Set<Dialect.Unit> OF_DATES =
        EnumSet.of(Dialect.Unit.YEAR, Dialect.Unit.QUARTER, Dialect.Unit.MONTH, Dialect.Unit.WEEK, Dialect.Unit.DAY);

    private final Dialect dialect;
    private final Places places;

    FunctionCalls(Dialect dialect, Places places) {
        this.dialect = dialect;
        this.places = places;
    }

    /** The call with the texts of its operands; a unit of time has an empty text. */
    String text(RexCall call, List<String> operands) {
        String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
        return switch (name) {
            case Functions.DATE_TRUNC_ALIAS -> truncated(call, 1, unit(call, Literals.textOf(call.getOperands().get(0))), operands);
            case "FLOOR", "CEIL" -> call.getOperands().size() == 2 ? floor(call, operands) : rounded(call, name, operands);
            case "EXTRACT" -> part(call, operands);
            case "TRIM" -> trim(call, operands);
            case "SUBSTRING" -> substring(call, operands);
            case "REPLACE" -> replace(call, operands);
            case "ROUND" -> round(call, operands);
            case Functions.SPLIT_PART -> splitPart(call, operands);
            case Functions.ELEMENT_AT -> element(call, operands);
            case "ABS" -> plain(call, name, operands, kind(call, 0).isNumber());
            case "POWER", "EXP" -> doubles(call, name, operands);
            case Functions.CONTAINS -> plain(call, name, operands, isComparable(call));
            case "CARDINALITY" -> plain(call, name, operands, kind(call, 0) == ValueKind.LIST || kind(call, 0) == ValueKind.MAP);
            case "POSITION" -> plain(call, name, operands, operands.size() == 2);
            case "UPPER", "LOWER", "CHAR_LENGTH", "CHARACTER_LENGTH", Functions.LENGTH, Functions.STARTS_WITH, Functions.CONCAT ->
                plain(call, name, operands, call.getOperands().stream().allMatch(operand -> ValueKind.of(operand.getType()) == ValueKind.TEXT));
            case "MOD" -> plain(call, name, operands, kind(call, 0) == ValueKind.WHOLE && kind(call, 1) == ValueKind.WHOLE);
            default -> throw Refusal.ofFunction(call.getOperator().getName(), places.of(call));
        };
    }

    private static ValueKind kind(RexCall call, int operand) {
        return ValueKind.of(call.getOperands().get(operand).getType());
    }

    private String plain(RexCall call, String name, List<String> operands, boolean isProven) {
        if (!isProven) {
            throw refused(call, null);
        }
        return dialect.call(name, operands, call.getType());
    }

    private SqlFault refused(RexCall call, String suggestion) {
        List<String> types = call.getOperands().stream()
            .filter(operand -> operand.getType().getSqlTypeName() != SqlTypeName.SYMBOL)
            .map(operand -> ExpressionWriter.words(operand.getType()))
            .toList();
        return SqlFault.notProven(call.getOperator().getName() + " of " + String.join(", ", types), places.of(call), suggestion);
    }

    private static boolean isComparable(RexCall call) {
        ValueKind element = ValueKind.of(call.getOperands().get(0).getType().getComponentType());
        // Not proven with NaN.
        return element.isComparable() && element != ValueKind.FLOATING && element == kind(call, 1);
    }

    private Dialect.Unit unit(RexCall call, String name) {
        try {
            return Dialect.Unit.valueOf(name == null ? "" : name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new SqlFault((name == null ? "A unit that is no literal" : "\"" + name + "\"")
                + " is no unit that both engines are proven to count alike: there are year, quarter, month, week, day, hour, minute and second",
                places.of(call));
        }
    }

    private String truncated(RexCall call, int operand, Dialect.Unit unit, List<String> operands) {
        ValueKind kind = kind(call, operand);
        if (!kind.isTime() || kind == ValueKind.DATE && !OF_DATES.contains(unit)) {
            throw refused(call, null);
        }
        return dialect.truncate(unit, kind, operands.get(operand));
    }

    private String floor(RexCall call, List<String> operands) {
        if (call.getKind() != SqlKind.FLOOR) {
            throw SqlFault.notProven("CEIL of a date or time", places.of(call));
        }
        return truncated(call, 0, unit(call, symbol(call.getOperands().get(1))), operands);
    }

    private static String symbol(RexNode operand) {
        return operand instanceof RexLiteral literal && literal.getValue() != null ? literal.getValue().toString() : null;
    }

    private String rounded(RexCall call, String name, List<String> operands) {
        return switch (kind(call, 0)) {
            case WHOLE -> operands.get(0);
            case DECIMAL, FLOATING -> dialect.call(name, operands, call.getType());
            default -> throw refused(call, null);
        };
    }

    private String round(RexCall call, List<String> operands) {
        Long digits = operands.size() == 2 ? Literals.wholeOf(call.getOperands().get(1)) : Long.valueOf(0);
        if (kind(call, 0) != ValueKind.DECIMAL || digits == null || digits < 0) {
            throw refused(call, "cast to DECIMAL first and give the digits as a literal");
        }
        return "CAST(round(" + operands.get(0) + ", " + digits + ") AS " + dialect.type(call.getType()) + ")";
    }

    private String doubles(RexCall call, String name, List<String> operands) {
        List<String> texts = operands.stream().map(operand -> "CAST(" + operand + " AS DOUBLE)").toList();
        return plain(call, name, texts, call.getOperands().stream().allMatch(operand -> ValueKind.of(operand.getType()).isNumber()));
    }

    private String part(RexCall call, List<String> operands) {
        String name = symbol(call.getOperands().get(0));
        ValueKind kind = kind(call, 1);
        String part = "DOY".equals(name) ? "dayofyear" : unit(call, name).name().toLowerCase(Locale.ROOT);
        boolean isClock = List.of("hour", "minute", "second").contains(part);
        if (!kind.isTime() || isClock && kind == ValueKind.DATE || TimeUnitRange.EPOCH.name().equals(name)) {
            throw refused(call, null);
        }
        return dialect.part(part, kind, operands.get(1));
    }

    private String trim(RexCall call, List<String> operands) {
        Object side = call.getOperands().get(0) instanceof RexLiteral literal ? literal.getValue() : null;
        String characters = Literals.textOf(call.getOperands().get(1));
        if (!(side instanceof SqlTrimFunction.Flag flag) || characters == null || characters.isEmpty()) {
            throw refused(call, null);
        }
        return "trim(" + flag.name() + " " + operands.get(1) + " FROM " + operands.get(2) + ")";
    }

    private String substring(RexCall call, List<String> operands) {
        Long start = Literals.wholeOf(call.getOperands().get(1));
        if (start == null || start < 1) {
            throw refused(call, "let it start at a literal from 1 on");
        }
        return "substring(" + String.join(", ", operands) + ")";
    }

    private String replace(RexCall call, List<String> operands) {
        String searched = Literals.textOf(call.getOperands().get(1));
        if (searched == null || searched.isEmpty()) {
            throw refused(call, "search for a literal that is not empty");
        }
        return "replace(" + String.join(", ", operands) + ")";
    }

    private String splitPart(RexCall call, List<String> operands) {
        String separator = Literals.textOf(call.getOperands().get(1));
        Long position = Literals.wholeOf(call.getOperands().get(2));
        if (separator == null || separator.isEmpty() || separator.contains("\\") || position == null || position < 1) {
            throw refused(call, "give the separator and the position from 1 on as literals");
        }
        return dialect.splitPart(operands.get(0), separator, position);
    }

    private String element(RexCall call, List<String> operands) {
        if (kind(call, 0) == ValueKind.LIST) {
            requirePosition(call, call.getOperands().get(1));
        }
        return dialect.element(operands.get(0), operands.get(1));
    }

    /** Positions count from 1, or from the end with -1; 0 is an error on both engines, so it is told at once. */
    void requirePosition(RexCall call, RexNode position) {
        Long literal = Literals.wholeOf(position);
        if (literal != null && literal == 0) {
            throw new SqlFault("Elements of a list are counted from 1", places.of(call));
        }
        if (ValueKind.of(position.getType()) != ValueKind.WHOLE || "long".equals(IcebergTypes.text(position.getType()))) {
            throw refused(call, "cast the position to INTEGER");
        }
    }
}
