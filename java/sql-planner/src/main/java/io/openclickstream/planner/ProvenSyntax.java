package io.openclickstream.planner;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** What a query may be written with. Walks the parsed tree, where each part has its place, and refuses what is not in the lists. */
final class ProvenSyntax extends SqlBasicVisitor<Void> {
    private static final int MAX_DEPTH = 250;
    private static final int MAX_CUBE = 6;
    private static final Set<JoinType> JOINS =
        EnumSet.of(JoinType.INNER, JoinType.LEFT, JoinType.RIGHT, JoinType.FULL, JoinType.CROSS, JoinType.COMMA);
    private static final Set<SqlKind> SEVERAL_GROUPS = EnumSet.of(SqlKind.ROLLUP, SqlKind.CUBE, SqlKind.GROUPING_SETS);
    private static final Set<SqlKind> KINDS = EnumSet.of(
        SqlKind.SELECT, SqlKind.WITH, SqlKind.WITH_ITEM, SqlKind.ORDER_BY, SqlKind.JOIN, SqlKind.AS, SqlKind.UNION, SqlKind.INTERSECT,
        SqlKind.EXCEPT, SqlKind.VALUES, SqlKind.ROW, SqlKind.UNNEST, SqlKind.ROLLUP, SqlKind.CUBE, SqlKind.GROUPING_SETS,
        SqlKind.PLUS, SqlKind.MINUS, SqlKind.TIMES, SqlKind.DIVIDE, SqlKind.MOD, SqlKind.MINUS_PREFIX, SqlKind.PLUS_PREFIX,
        SqlKind.EQUALS, SqlKind.NOT_EQUALS, SqlKind.LESS_THAN, SqlKind.GREATER_THAN, SqlKind.LESS_THAN_OR_EQUAL,
        SqlKind.GREATER_THAN_OR_EQUAL, SqlKind.AND, SqlKind.OR, SqlKind.NOT, SqlKind.IS_NULL, SqlKind.IS_NOT_NULL, SqlKind.IS_TRUE,
        SqlKind.IS_FALSE, SqlKind.IS_NOT_TRUE, SqlKind.IS_NOT_FALSE, SqlKind.IS_DISTINCT_FROM, SqlKind.IS_NOT_DISTINCT_FROM,
        SqlKind.BETWEEN, SqlKind.LIKE, SqlKind.IN, SqlKind.NOT_IN, SqlKind.EXISTS, SqlKind.SCALAR_QUERY, SqlKind.CASE,
        SqlKind.ITEM, SqlKind.DOT, SqlKind.FILTER, SqlKind.OVER, SqlKind.WINDOW, SqlKind.RESPECT_NULLS, SqlKind.IGNORE_NULLS,
        SqlKind.PRECEDING, SqlKind.FOLLOWING, SqlKind.DESCENDING, SqlKind.NULLS_FIRST, SqlKind.NULLS_LAST);

    private final Map<String, SqlParserPos> places = new HashMap<>();
    private int depth;

    /** Throws {@link SqlFault} at the first part that is not proven. */
    static ProvenSyntax check(SqlNode query) {
        ProvenSyntax syntax = new ProvenSyntax();
        query.accept(syntax);
        return syntax;
    }

    /** Where an operator is written first; the whole query when it is written nowhere. */
    SqlParserPos placeOf(String operator) {
        return places.getOrDefault(operator.toUpperCase(Locale.ROOT), SqlParserPos.ZERO);
    }

    @Override
    public Void visit(SqlCall call) {
        if (++depth > MAX_DEPTH) {
            throw new SqlFault("The query is nested more than " + MAX_DEPTH + " levels deep", call.getParserPosition());
        }
        places.putIfAbsent(call.getOperator().getName().toUpperCase(Locale.ROOT), call.getParserPosition());
        checkOperator(call);
        if (call instanceof SqlSelect select) {
            checkSelect(select);
        } else if (call instanceof SqlJoin join) {
            checkJoin(join);
        } else if (call instanceof SqlWithItem item && item.recursive.booleanValue()) {
            throw SqlFault.notProven("WITH RECURSIVE", item.getParserPosition());
        }
        super.visit(call);
        depth--;
        return null;
    }

    @Override
    public Void visit(SqlDynamicParam parameter) {
        throw new SqlFault("A query has no parameters: write the value instead of \"?\"", parameter.getParserPosition());
    }

    private static void checkOperator(SqlCall call) {
        String name = call.getOperator().getName();
        boolean isFunction = call.getOperator() instanceof SqlFunction;
        boolean isProven = isFunction ? Functions.NAMES.contains(name.toUpperCase(Locale.ROOT)) : KINDS.contains(call.getKind()) || name.equals("||");
        if (call.getKind() == SqlKind.WITHIN_GROUP && call.operand(0) instanceof SqlCall ordered) {
            throw Refusal.ofFunction(ordered.getOperator().getName(), call.getParserPosition());
        }
        if (!isProven && isFunction) {
            throw Refusal.ofFunction(name, call.getParserPosition());
        }
        if (!isProven) {
            throw SqlFault.notProven("\"" + (name.isBlank() ? call.getKind() : name) + "\"", call.getParserPosition());
        }
        if (call.getKind() == SqlKind.CUBE && call.operandCount() > MAX_CUBE) {
            throw new SqlFault("CUBE takes at most " + MAX_CUBE + " columns", call.getParserPosition());
        }
    }

    private static void checkSelect(SqlSelect select) {
        if (select.hasHints()) {
            throw SqlFault.notProven("A hint", select.getParserPosition());
        }
        SqlNode stream = select.getModifierNode(SqlSelectKeyword.STREAM);
        if (stream != null) {
            throw SqlFault.notProven("SELECT STREAM", stream.getParserPosition());
        }
        SqlNodeList group = select.getGroup();
        if (group != null && group.size() > 1) {
            group.stream().filter(element -> SEVERAL_GROUPS.contains(element.getKind())).findFirst().ifPresent(element -> {
                throw SqlFault.notProven(element.getKind() + " beside other columns of GROUP BY", element.getParserPosition());
            });
        }
    }

    private static void checkJoin(SqlJoin join) {
        SqlParserPos place = join.getParserPosition();
        String instead = "write ON, and COALESCE the columns of both sides where one may be missing";
        if (join.isNatural()) {
            throw SqlFault.notProven("NATURAL JOIN", place, instead);
        }
        if (!JOINS.contains(join.getJoinType())) {
            throw SqlFault.notProven(join.getJoinType() + " JOIN", place);
        }
        if (join.getConditionType() == JoinConditionType.USING) {
            // Calcite takes the key of a full join from the left side alone.
            throw SqlFault.notProven("USING", place, instead);
        }
    }
}
