package io.openclickstream.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Writes functions over windows, each with its frame and the place of nulls. */
final class WindowWriter {
    /** They look at the whole partition, and the engines refuse a frame. */
    private static final Set<String> WITHOUT_FRAME =
        Set.of("ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD");
    private static final Set<String> WITH_FRAME = Set.of("COUNT", "SUM", "MIN", "MAX", "AVG", "FIRST_VALUE", "LAST_VALUE");
    private static final Set<String> CAN_IGNORE_NULLS = Set.of("LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE");

    private final ExpressionWriter expressions;
    private final Places places;

    WindowWriter(ExpressionWriter expressions, Places places) {
        this.expressions = expressions;
        this.places = places;
    }

    String text(RexOver over, List<String> fields) {
        String name = name(over);
        SqlParserPos place = places.of(over);
        if (!WITHOUT_FRAME.contains(name) && !WITH_FRAME.contains(name)) {
            throw SqlFault.notProven(name + " over a window", place);
        }
        if (over.isDistinct()) {
            throw SqlFault.notProven(name + "(DISTINCT ...) over a window", place);
        }
        if (over.ignoreNulls() && !CAN_IGNORE_NULLS.contains(name)) {
            throw SqlFault.notProven("IGNORE NULLS of " + name, place);
        }
        String call = name + "(" + arguments(over, name, fields) + ")" + (over.ignoreNulls() ? " IGNORE NULLS" : "");
        String rows = " OVER (" + window(over, name, fields) + ")";
        if (name.equals("MAX") && ValueKind.of(over.getType()) == ValueKind.FLOATING) {
            return expressions.dialect().greatest(name, expressions.allTexts(over.getOperands(), fields), rows, over.getType());
        }
        String text = call + rows;
        boolean isCounted = Set.of("ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE").contains(name);
        boolean isDecimalSum = name.equals("SUM") && ValueKind.of(over.getType()) == ValueKind.DECIMAL;
        return isCounted || isDecimalSum ? "CAST(" + text + " AS " + expressions.dialect().type(over.getType()) + ")" : text;
    }

    private static String name(RexOver over) {
        return over.getAggOperator().getKind() == SqlKind.SUM0 ? "SUM" : over.getAggOperator().getName().toUpperCase(Locale.ROOT);
    }

    private String arguments(RexOver over, String name, List<String> fields) {
        if (name.equals("COUNT") && over.getOperands().isEmpty()) {
            return "*";
        }
        if (name.equals("LAG") || name.equals("LEAD")) {
            return neighbour(over, name, fields);
        }
        boolean isDouble = name.equals("AVG") || name.equals("SUM") && ValueKind.of(over.getType()) == ValueKind.FLOATING;
        return over.getOperands().stream()
            .map(operand -> expressions.text(operand, fields))
            .map(text -> isDouble ? "CAST(" + text + " AS DOUBLE)" : text)
            .collect(Collectors.joining(", "));
    }

    /** The value, how many rows away, and what stands for it where there is no such row. */
    private String neighbour(RexOver over, String name, List<String> fields) {
        List<RexNode> operands = over.getOperands();
        Long distance = operands.size() < 2 ? Long.valueOf(1) : Literals.wholeOf(operands.get(1));
        boolean isSame = operands.size() < 3 || ValueKind.of(operands.get(2).getType()) == ValueKind.of(operands.get(0).getType());
        if (distance == null || distance < 0 || !isSame) {
            throw SqlFault.notProven(name + " with a distance that is no literal from 0 on, or a default of another type", places.of(over));
        }
        if (operands.size() > 2 && operands.get(0).getType().isNullable()) {
            // Calcite says that the result is never null, though the value of the other row may be.
            throw SqlFault.notProven("A default of " + name + " beside a value that may be null", places.of(over), "use COALESCE");
        }
        List<String> texts = new ArrayList<>(List.of(expressions.text(operands.get(0), fields), distance.toString()));
        if (operands.size() > 2) {
            texts.add(expressions.aligned(operands.get(2), over.getType(), fields));
        }
        return String.join(", ", texts);
    }

    private String window(RexOver over, String name, List<String> fields) {
        RexWindow window = over.getWindow();
        List<String> parts = new ArrayList<>();
        if (!window.partitionKeys.isEmpty()) {
            window.partitionKeys.forEach(key -> requireComparable(key, over));
            parts.add("PARTITION BY " + String.join(", ", expressions.allTexts(window.partitionKeys, fields)));
        }
        if (!window.orderKeys.isEmpty()) {
            parts.add(window.orderKeys.stream().map(key -> order(key, over, fields)).collect(Collectors.joining(", ", "ORDER BY ", "")));
        }
        if (WITH_FRAME.contains(name)) {
            parts.add(frame(over, window));
        }
        return String.join(" ", parts);
    }

    private void requireComparable(RexNode key, RexOver over) {
        if (!ValueKind.of(key.getType()).isComparable()) {
            throw SqlFault.notProven("A window by " + ExpressionWriter.words(key.getType()), places.of(over));
        }
    }

    private String order(RexFieldCollation key, RexOver over, List<String> fields) {
        requireComparable(key.left, over);
        boolean isDescending = key.getDirection() == RelFieldCollation.Direction.DESCENDING;
        boolean isNullFirst = key.getNullDirection() == RelFieldCollation.NullDirection.FIRST;
        return expressions.dialect().orderKey(expressions.text(key.left, fields), ValueKind.of(key.left.getType()) == ValueKind.FLOATING,
            (isDescending ? " DESC" : " ASC") + (isNullFirst ? " NULLS FIRST" : " NULLS LAST"));
    }

    private String frame(RexOver over, RexWindow window) {
        if (window.orderKeys.isEmpty() && !window.isRows()) {
            return "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
        }
        return (window.isRows() ? "ROWS" : "RANGE") + " BETWEEN " + bound(over, window, window.getLowerBound()) + " AND "
            + bound(over, window, window.getUpperBound());
    }

    private String bound(RexOver over, RexWindow window, RexWindowBound bound) {
        if (bound.isCurrentRow()) {
            return "CURRENT ROW";
        }
        String direction = bound.isPreceding() ? " PRECEDING" : " FOLLOWING";
        if (bound.isUnbounded()) {
            return "UNBOUNDED" + direction;
        }
        Long rows = bound.getOffset() instanceof RexLiteral literal ? Literals.wholeOf(literal) : null;
        if (!window.isRows() || rows == null) {
            throw SqlFault.notProven("A frame of RANGE with a distance", places.of(over), "use ROWS");
        }
        return rows + direction;
    }

    /**
     * The sum for which Calcite writes CASE WHEN count(x) over w > 0 THEN sum0(x) over w END: it is what SUM gives. Null when the
     * expression is another one.
     */
    static RexOver sumOf(RexCall choice) {
        if (choice.getKind() != SqlKind.CASE || choice.getOperands().size() != 3) {
            return null;
        }
        RexNode counted = choice.getOperands().get(0);
        RexNode sum = choice.getOperands().get(1);
        while (sum instanceof RexCall cast && cast.getKind() == SqlKind.CAST && !(sum instanceof RexOver)) {
            sum = cast.getOperands().get(0);
        }
        boolean isCount = counted instanceof RexCall comparison && comparison.getKind() == SqlKind.GREATER_THAN
            && comparison.getOperands().get(0) instanceof RexOver count && count.getAggOperator().getKind() == SqlKind.COUNT;
        boolean isNull = choice.getOperands().get(2) instanceof RexLiteral other && other.isNull();
        return isCount && isNull && sum instanceof RexOver over && over.getAggOperator().getKind() == SqlKind.SUM0 ? over : null;
    }
}
