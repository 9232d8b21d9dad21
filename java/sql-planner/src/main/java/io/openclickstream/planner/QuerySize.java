package io.openclickstream.planner;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlCase;

/**
 * How large a query becomes when it is planned. A named subquery is put in wherever it is named, and some forms repeat their operands, so
 * that a short text may grow without bounds. Counted before anything is built.
 */
final class QuerySize {
    static final long MAX_PARTS = 10_000;

    private final Map<String, Long> subqueries = new HashMap<>();

    private QuerySize() {
    }

    /** Throws {@link SqlFault} when the query becomes too large. */
    static void check(SqlNode query) {
        if (new QuerySize().sizeOf(query) > MAX_PARTS) {
            throw new SqlFault(
                "The query has more than " + MAX_PARTS + " parts when each named subquery is put in where it is named", query.getParserPosition());
        }
    }

    private long sizeOf(SqlNode node) {
        if (node == null) {
            return 0;
        }
        if (node instanceof SqlIdentifier identifier) {
            return identifier.isSimple() ? subqueries.getOrDefault(identifier.getSimple().toLowerCase(Locale.ROOT), 1L) : 1;
        }
        if (node instanceof SqlNodeList list) {
            return sum(list.getList());
        }
        if (node instanceof SqlWith with) {
            return with(with);
        }
        return node instanceof SqlCall call ? capped(1 + repetitions(call) * sum(call.getOperandList())) : 1;
    }

    private long with(SqlWith with) {
        Map<String, Long> before = new HashMap<>(subqueries);
        long size = 1;
        for (SqlNode item : with.withList) {
            SqlWithItem named = (SqlWithItem) item;
            long inner = sizeOf(named.query);
            size = capped(size + inner);
            subqueries.put(named.name.getSimple().toLowerCase(Locale.ROOT), inner);
        }
        size = capped(size + sizeOf(with.body));
        subqueries.clear();
        subqueries.putAll(before);
        return size;
    }

    private long sum(List<? extends SqlNode> nodes) {
        long sum = 0;
        for (SqlNode node : nodes) {
            sum = capped(sum + sizeOf(node));
        }
        return sum;
    }

    private static long repetitions(SqlCall call) {
        if (call instanceof SqlCase choice) {
            return choice.getValueOperand() == null ? 1 : choice.getWhenOperands().size();
        }
        boolean isTwice = call.getKind() == SqlKind.BETWEEN || call.getKind() == SqlKind.OVER
            || List.of("COALESCE", "NULLIF").contains(call.getOperator().getName().toUpperCase(Locale.ROOT));
        return isTwice ? 2 : 1;
    }

    private static long capped(long size) {
        return Math.min(size, MAX_PARTS + 1);
    }
}
