package io.openclickstream.planner;

import java.util.function.Function;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Where expressions of the tree are in the query's text. */
final class Places {
    private final Function<String, SqlParserPos> byOperator;

    /** Not every expression keeps its place: then it is where its operator is written first. */
    Places(Function<String, SqlParserPos> byOperator) {
        this.byOperator = byOperator;
    }

    SqlParserPos of(RexNode expression) {
        if (!(expression instanceof RexCall call)) {
            return SqlParserPos.ZERO;
        }
        SqlParserPos place = call.getParserPosition();
        return place == null || place.getLineNum() < 1 ? byOperator.apply(call.getOperator().getName()) : place;
    }

    SqlParserPos of(String operator) {
        return byOperator.apply(operator);
    }
}
