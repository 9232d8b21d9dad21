package io.openclickstream.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Writes the elements of a collection as rows beside the row that holds it. */
final class UnnestWriter {
    private final Dialect dialect;
    private final ExpressionWriter expressions;
    private final Places places;

    /**
     * The right side of a correlation that is an UNNEST.
     *
     * @param collection the collection, with references to the fields of the left side
     * @param outputs for each field of the right side, its position in what UNNEST gives
     */
    record Parts(Uncollect uncollect, RexNode collection, List<Integer> outputs) {
        RelDataType elementType() {
            return collection.getType().getComponentType();
        }

        boolean isMap() {
            return ValueKind.of(collection.getType()) == ValueKind.MAP;
        }

        boolean isStruct() {
            return !isMap() && elementType().isStruct();
        }
    }

    UnnestWriter(Dialect dialect, ExpressionWriter expressions, Places places) {
        this.dialect = dialect;
        this.expressions = expressions;
        this.places = places;
    }

    /** Reads the parts of a correlation; throws when it is anything but an UNNEST of one collection. */
    static Parts parts(Correlate correlate, SqlParserPos place) {
        RelNode right = correlate.getRight();
        List<Integer> outputs = IntStream.range(0, right.getRowType().getFieldCount()).boxed().toList();
        while (right instanceof Project project) {
            List<Integer> positions = outputs.stream().map(output -> position(project, output, place)).toList();
            outputs = positions;
            right = project.getInput();
        }
        if (!(right instanceof Uncollect uncollect) || !(uncollect.getInput() instanceof Project source) || source.getProjects().size() != 1
            || !(source.getInput() instanceof Values)) {
            throw SqlFault.notProven("LATERAL with anything but UNNEST of one collection, or UNNEST with a condition", place);
        }
        return new Parts(uncollect, onLeft(source.getProjects().get(0), correlate, place), outputs);
    }

    private static int position(Project project, int output, SqlParserPos place) {
        if (project.getProjects().get(output) instanceof RexInputRef reference) {
            return reference.getIndex();
        }
        throw SqlFault.notProven("An expression on the elements of UNNEST inside of LATERAL", place);
    }

    /** The collection as an expression on the left side. */
    private static RexNode onLeft(RexNode collection, Correlate correlate, SqlParserPos place) {
        return collection.accept(new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                if (access.getReferenceExpr() instanceof RexCorrelVariable variable && variable.id.equals(correlate.getCorrelationId())) {
                    return correlate.getCluster().getRexBuilder().makeInputRef(access.getType(), access.getField().getIndex());
                }
                return super.visitFieldAccess(access);
            }

            @Override
            public RexNode visitCorrelVariable(RexCorrelVariable variable) {
                throw SqlFault.notProven("UNNEST of a column of a query further outside", place);
            }
        });
    }

    /** The block of both sides; the left one is bare. */
    Block block(Correlate correlate, Block left, String alias) {
        SqlParserPos place = places.of("UNNEST");
        Parts parts = parts(correlate, place);
        if (correlate.getJoinType() != JoinRelType.INNER && correlate.getJoinType() != JoinRelType.LEFT) {
            throw SqlFault.notProven(correlate.getJoinType() + " JOIN UNNEST", place);
        }
        Dialect.Unnest unnest = new Dialect.Unnest(
            expressions.text(parts.collection(), left.fields),
            alias,
            columns(parts),
            parts.uncollect().withOrdinality ? "ordinal_position" : null,
            parts.isStruct(),
            correlate.getJoinType() == JoinRelType.LEFT);
        List<String> fields = new ArrayList<>(left.fields);
        int ordinal = parts.uncollect().getRowType().getFieldCount() - 1;
        for (int output : parts.outputs()) {
            boolean isOrdinal = parts.uncollect().withOrdinality && output == ordinal;
            fields.add(dialect.unnested(unnest, isOrdinal ? -1 : output));
        }
        return new Block(left.from + dialect.unnest(unnest), Block.Source.UNNESTED, List.copyOf(fields));
    }

    private static List<String> columns(Parts parts) {
        if (parts.isMap()) {
            return List.of("key", "value");
        }
        return parts.isStruct() ? parts.elementType().getFieldList().stream().map(RelDataTypeField::getName).toList() : List.of("element");
    }
}
