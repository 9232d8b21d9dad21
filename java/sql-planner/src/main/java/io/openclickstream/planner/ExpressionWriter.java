package io.openclickstream.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Writes an expression for one engine. What it has no line for is refused. */
final class ExpressionWriter {
    private static final Map<SqlKind, String> COMPARISONS = Map.of(
        SqlKind.EQUALS, "=", SqlKind.NOT_EQUALS, "<>", SqlKind.LESS_THAN, "<", SqlKind.GREATER_THAN, ">",
        SqlKind.LESS_THAN_OR_EQUAL, "<=", SqlKind.GREATER_THAN_OR_EQUAL, ">=",
        SqlKind.IS_DISTINCT_FROM, "IS DISTINCT FROM", SqlKind.IS_NOT_DISTINCT_FROM, "IS NOT DISTINCT FROM");
    private static final Map<SqlKind, String> TRUTHS = Map.of(
        SqlKind.IS_TRUE, "IS NOT DISTINCT FROM TRUE", SqlKind.IS_NOT_TRUE, "IS DISTINCT FROM TRUE",
        SqlKind.IS_FALSE, "IS NOT DISTINCT FROM FALSE", SqlKind.IS_NOT_FALSE, "IS DISTINCT FROM FALSE",
        SqlKind.IS_NULL, "IS NULL", SqlKind.IS_NOT_NULL, "IS NOT NULL");

    private final Dialect dialect;
    private final Casts casts;
    private final Clocks clocks;
    private final Literals literals;
    private final Arithmetic arithmetic;
    private final FunctionCalls functions;
    private final WindowWriter windows;
    private final QueryWriter queries;
    private final Places places;

    ExpressionWriter(Dialect dialect, QueryWriter queries, Places places) {
        this.dialect = dialect;
        this.queries = queries;
        this.casts = new Casts(dialect);
        this.clocks = new Clocks(dialect.zone());
        this.literals = new Literals(dialect);
        this.arithmetic = new Arithmetic(dialect, places);
        this.functions = new FunctionCalls(dialect, places);
        this.windows = new WindowWriter(this, places);
        this.places = places;
    }

    /** The expression's text, which stands alone in any place. The fields are the texts of what it may refer to. */
    String text(RexNode expression, List<String> fields) {
        if (expression instanceof RexInputRef reference) {
            requireProven(reference.getType(), SqlParserPos.ZERO);
            return fields.get(reference.getIndex());
        }
        if (expression instanceof RexLiteral literal) {
            return literals.text(literal);
        }
        if (expression instanceof RexFieldAccess access) {
            return access(access, fields);
        }
        if (expression instanceof RexSubQuery subquery) {
            return subquery(subquery, fields);
        }
        if (expression instanceof RexOver over) {
            return windows.text(over, fields);
        }
        if (expression instanceof RexCall call) {
            requireProven(call.getType(), places.of(call));
            return call(call, fields);
        }
        throw SqlFault.notProven("\"" + expression + "\"", SqlParserPos.ZERO);
    }

    private static void requireProven(RelDataType type, SqlParserPos place) {
        if (ValueKind.of(type) == ValueKind.OTHER) {
            throw SqlFault.notProven("A value of the type " + type.getSqlTypeName(), place);
        }
    }

    private String access(RexFieldAccess access, List<String> fields) {
        RexNode holder = access.getReferenceExpr();
        if (holder instanceof RexCorrelVariable outer) {
            return queries.outer(outer.id).get(access.getField().getIndex());
        }
        requireProven(access.getType(), SqlParserPos.ZERO);
        return text(holder, fields) + "." + dialect.identifier(access.getField().getName());
    }

    private String subquery(RexSubQuery subquery, List<String> fields) {
        String query = "(\n" + QueryWriter.indented(queries.subquery(subquery)) + "\n)";
        return switch (subquery.getKind()) {
            case EXISTS -> "EXISTS " + query;
            case SCALAR_QUERY -> query;
            case IN -> {
                if (subquery.getOperands().size() != 1) {
                    throw SqlFault.notProven("IN with several columns", places.of(subquery));
                }
                RexNode value = subquery.getOperands().get(0);
                requireSame(value.getType(), subquery.rel.getRowType().getFieldList().get(0).getType(), places.of(subquery));
                yield "(" + text(value, fields) + " IN " + query + ")";
            }
            default -> throw SqlFault.notProven("\"" + subquery.getOperator().getName() + "\" with a subquery", places.of(subquery));
        };
    }

    private static void requireSame(RelDataType left, RelDataType right, SqlParserPos place) {
        ValueKind kind = ValueKind.of(left);
        boolean isSame = kind == ValueKind.of(right) || kind.isNumber() && ValueKind.of(right).isNumber();
        // Not proven with NaN.
        boolean isFloating = kind == ValueKind.FLOATING || ValueKind.of(right) == ValueKind.FLOATING;
        if (!kind.isComparable() || !isSame || isFloating) {
            throw SqlFault.notProven("IN of " + words(left) + " with a subquery of " + words(right), place);
        }
    }

    private String call(RexCall call, List<String> fields) {
        SqlKind kind = call.getKind();
        if (COMPARISONS.containsKey(kind)) {
            return comparison(call, fields);
        }
        if (TRUTHS.containsKey(kind)) {
            return "(" + text(call.getOperands().get(0), fields) + " " + TRUTHS.get(kind) + ")";
        }
        return switch (kind) {
            case AND -> joined(call, " AND ", fields);
            case OR -> alternatives(call, fields);
            case NOT -> "(NOT " + text(call.getOperands().get(0), fields) + ")";
            case CASE -> choice(call, fields);
            case CAST, SAFE_CAST -> cast(call, fields);
            case LIKE -> like(call, fields);
            case PLUS, MINUS, TIMES, DIVIDE, MOD, MINUS_PREFIX, PLUS_PREFIX -> arithmetic.text(call, texts(call.getOperands(), fields));
            case ITEM -> element(call, fields);
            default -> call.getOperator().getName().equals("||") ? joined(call, " || ", fields) : functions.text(call, texts(call.getOperands(), fields));
        };
    }

    private List<String> texts(List<RexNode> operands, List<String> fields) {
        // Units of time and the sides of TRIM come as literals that no engine knows; who needs them reads the operand itself.
        return operands.stream().map(operand -> isSymbol(operand) ? "" : text(operand, fields)).toList();
    }

    private static boolean isSymbol(RexNode operand) {
        return operand instanceof RexLiteral literal
            && (literal.getValue() instanceof TimeUnitRange || ValueKind.of(literal.getType()) == ValueKind.OTHER
                || ValueKind.of(literal.getType()) == ValueKind.INTERVAL);
    }

    private String joined(RexCall call, String operator, List<String> fields) {
        return call.getOperands().stream().map(operand -> text(operand, fields)).collect(Collectors.joining(operator, "(", ")"));
    }

    /** IN with a list comes as equalities of one expression with literals. */
    private String alternatives(RexCall call, List<String> fields) {
        List<RexNode> operands = call.getOperands();
        boolean isList = operands.size() > 2 && operands.stream().allMatch(operand -> isEqualityWith(operand, operands.get(0)));
        if (!isList) {
            return joined(call, " OR ", fields);
        }
        RexNode value = ((RexCall) operands.get(0)).getOperands().get(0);
        RelDataType common = value.getType();
        return operands.stream()
            .map(operand -> aligned(((RexCall) operand).getOperands().get(1), common, fields))
            .collect(Collectors.joining(", ", "(" + text(value, fields) + " IN (", "))"));
    }

    private static boolean isEqualityWith(RexNode operand, RexNode first) {
        return operand instanceof RexCall call && call.getKind() == SqlKind.EQUALS && first instanceof RexCall other
            && call.getOperands().get(0).equals(other.getOperands().get(0)) && call.getOperands().get(1) instanceof RexLiteral
            && ValueKind.of(call.getOperands().get(1).getType()) == ValueKind.of(call.getOperands().get(0).getType());
    }

    private String comparison(RexCall call, List<String> fields) {
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        ValueKind one = ValueKind.of(left.getType());
        ValueKind other = ValueKind.of(right.getType());
        boolean isSame = one == other || one.isNumber() && other.isNumber() || one.isTime() && other.isTime()
            || one == ValueKind.NULL || other == ValueKind.NULL;
        if (!isSame || !one.isComparable() || !other.isComparable()) {
            throw SqlFault.notProven("\"" + call.getOperator().getName() + "\" of " + words(left.getType()) + " and " + words(right.getType()),
                places.of(call));
        }
        RelDataType common = one.isTime() && other.isTime() && other.compareTo(one) > 0 ? right.getType() : left.getType();
        boolean isTime = one.isTime() && other.isTime();
        if (one == ValueKind.FLOATING || other == ValueKind.FLOATING) {
            return dialect.compared(side(left, fields), COMPARISONS.get(call.getKind()), side(right, fields));
        }
        return "(" + (isTime ? aligned(left, common, fields) : text(left, fields)) + " " + COMPARISONS.get(call.getKind()) + " "
            + (isTime ? aligned(right, common, fields) : text(right, fields)) + ")";
    }

    private Dialect.Side side(RexNode operand, List<String> fields) {
        boolean isLiteral = operand instanceof RexLiteral literal && !literal.isNull();
        return new Dialect.Side(text(operand, fields), ValueKind.of(operand.getType()) == ValueKind.FLOATING, isLiteral);
    }

    /** An expression with the type of the others beside it, such as the branches of CASE. */
    String aligned(RexNode expression, RelDataType target, List<String> fields) {
        ValueKind from = ValueKind.of(expression.getType());
        ValueKind to = ValueKind.of(target);
        boolean isOther = from != to || !java.util.Objects.equals(IcebergTypes.text(expression.getType()), IcebergTypes.text(target));
        String text = text(expression, fields);
        requireInstant(expression, to, places.of(expression));
        return isOther && from != ValueKind.TEXT ? casts.text(text, expression.getType(), target, false, places.of(expression)) : text;
    }

    private String choice(RexCall call, List<String> fields) {
        RexOver sum = WindowWriter.sumOf(call);
        if (sum != null) {
            return windows.text(sum, fields);
        }
        List<RexNode> operands = call.getOperands();
        StringBuilder text = new StringBuilder("CASE");
        for (int position = 0; position + 1 < operands.size(); position += 2) {
            text.append(" WHEN ").append(text(operands.get(position), fields));
            text.append(" THEN ").append(aligned(operands.get(position + 1), call.getType(), fields));
        }
        return text.append(" ELSE ").append(aligned(operands.get(operands.size() - 1), call.getType(), fields)).append(" END").toString();
    }

    private void requireInstant(RexNode expression, ValueKind target, SqlParserPos place) {
        ValueKind source = ValueKind.of(expression.getType());
        if (target == ValueKind.INSTANT && (source == ValueKind.DATE || source == ValueKind.NAIVE)) {
            clocks.requireOneInstant(expression, place);
        }
    }

    private String cast(RexCall call, List<String> fields) {
        RexNode operand = call.getOperands().get(0);
        ValueKind target = ValueKind.of(call.getType());
        requireInstant(operand, target, places.of(call));
        if (target == ValueKind.DATE && ValueKind.of(operand.getType()) == ValueKind.TEXT && !isDateLiteral(operand)) {
            throw SqlFault.notProven("A cast from string to date of anything but a literal such as '2024-01-31'", places.of(call),
                "let the pipeline write a column of the type date");
        }
        return casts.text(text(operand, fields), operand.getType(), call.getType(), call.getKind() == SqlKind.SAFE_CAST, places.of(call));
    }

    /** Other forms, such as '2024-01' or '2024-01-31 and more', are not proven. */
    private static boolean isDateLiteral(RexNode operand) {
        String text = Literals.textOf(operand);
        return text != null && text.matches("\\d{4}-\\d{2}-\\d{2}");
    }

    private String like(RexCall call, List<String> fields) {
        List<RexNode> operands = call.getOperands();
        String pattern = Literals.textOf(operands.get(1));
        boolean hasEscape = operands.size() > 2;
        if (pattern == null) {
            throw SqlFault.notProven("LIKE with a pattern that is no literal", places.of(call));
        }
        if (pattern.contains("\\") && !hasEscape) {
            throw SqlFault.notProven("A backslash in a pattern of LIKE without ESCAPE", places.of(call));
        }
        List<String> texts = texts(operands, fields);
        return "(" + texts.get(0) + " LIKE " + texts.get(1) + (hasEscape ? " ESCAPE " + texts.get(2) : "") + ")";
    }

    private String element(RexCall call, List<String> fields) {
        RexNode collection = call.getOperands().get(0);
        RexNode key = call.getOperands().get(1);
        ValueKind kind = ValueKind.of(collection.getType());
        if (kind == ValueKind.LIST) {
            functions.requirePosition(call, key);
        } else if (kind != ValueKind.MAP || !ValueKind.of(key.getType()).isComparable()) {
            throw SqlFault.notProven("[] on " + words(collection.getType()), places.of(call));
        }
        return dialect.element(text(collection, fields), text(key, fields));
    }

    /** A type in words, for messages. */
    static String words(RelDataType type) {
        String text = IcebergTypes.text(type);
        if (type.getSqlTypeName() == org.apache.calcite.sql.type.SqlTypeName.VARBINARY) {
            return "binary, fixed or uuid";
        }
        return text == null ? type.getSqlTypeName().getName().toLowerCase(Locale.ROOT) : text;
    }

    Dialect dialect() {
        return dialect;
    }

    List<String> allTexts(List<? extends RexNode> expressions, List<String> fields) {
        List<String> texts = new ArrayList<>();
        expressions.forEach(expression -> texts.add(text(expression, fields)));
        return texts;
    }
}
