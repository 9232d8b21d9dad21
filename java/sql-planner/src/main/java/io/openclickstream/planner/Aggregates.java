package io.openclickstream.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.ImmutableBitSet;

/** Writes groups and what is computed over each. */
final class Aggregates {
    private static final int MAX_GROUPINGS = 64;
    private static final Set<String> DOUBLES = Set.of("AVG", "STDDEV_SAMP", "STDDEV_POP", "VAR_SAMP", "VAR_POP");
    private static final Set<String> PLAIN = Set.of("SUM", "MIN", "MAX", Functions.COUNT_IF, Functions.MAX_BY, Functions.MIN_BY);

    private final Dialect dialect;
    private final Places places;

    Aggregates(Dialect dialect, Places places) {
        this.dialect = dialect;
        this.places = places;
    }

    /** Selects groups and aggregates in a block that is open. */
    void add(Block block, Aggregate aggregate) {
        List<RelDataTypeField> inputs = aggregate.getInput().getRowType().getFieldList();
        List<String> selection = new ArrayList<>();
        for (int key : aggregate.getGroupSet()) {
            if (!ValueKind.of(inputs.get(key).getType()).isComparable()) {
                throw SqlFault.notProven("A group by " + ExpressionWriter.words(inputs.get(key).getType()), SqlParserPos.ZERO);
            }
            selection.add(block.fields.get(key));
        }
        aggregate.getAggCallList().forEach(call -> selection.add(call(call, inputs, block.fields)));
        block.end = groups(aggregate, block.fields);
        block.selection = selection;
    }

    private static String groups(Aggregate aggregate, List<String> fields) {
        if (aggregate.getGroupType() == Aggregate.Group.SIMPLE) {
            return aggregate.getGroupCount() == 0 ? "" : "\nGROUP BY " + list(aggregate.getGroupSet(), fields);
        }
        if (aggregate.getGroupSets().size() > MAX_GROUPINGS) {
            throw new SqlFault("A query has at most " + MAX_GROUPINGS + " grouping sets", SqlParserPos.ZERO);
        }
        return aggregate.getGroupSets().stream()
            .map(set -> "(" + list(set, fields) + ")")
            .collect(Collectors.joining(", ", "\nGROUP BY GROUPING SETS (", ")"));
    }

    private static String list(ImmutableBitSet keys, List<String> fields) {
        return keys.asList().stream().map(fields::get).collect(Collectors.joining(", "));
    }

    private String call(AggregateCall call, List<RelDataTypeField> inputs, List<String> fields) {
        String name = call.getAggregation().getName().toUpperCase(Locale.ROOT);
        if (!call.getCollation().getFieldCollations().isEmpty() || call.ignoreNulls() || call.distinctKeys != null) {
            throw SqlFault.notProven(name + " with an order of its own", places.of(name));
        }
        List<RelDataType> types = call.getArgList().stream().map(argument -> inputs.get(argument).getType()).toList();
        List<String> arguments = call.getArgList().stream().map(fields::get).toList();
        String text = text(call, name, types, arguments);
        String filter = call.filterArg < 0 ? "" : " FILTER (WHERE " + fields.get(call.filterArg) + ")";
        if ((name.equals("MAX") || name.equals(Functions.MAX_BY)) && ValueKind.of(types.get(types.size() - 1)) == ValueKind.FLOATING) {
            return dialect.greatest(name, arguments, filter, call.getType());
        }
        String filtered = text + filter;
        boolean isSized = name.equals("SUM") && ValueKind.of(call.getType()) == ValueKind.DECIMAL || name.equals("GROUPING");
        return isSized ? "CAST(" + filtered + " AS " + dialect.type(call.getType()) + ")" : filtered;
    }

    private String text(AggregateCall call, String name, List<RelDataType> types, List<String> arguments) {
        boolean isDistinct = call.isDistinct();
        if (name.equals("COUNT")) {
            return count(call, types, arguments);
        }
        requireProven(name, types, arguments);
        if (name.equals(Functions.APPROX_DISTINCT)) {
            return dialect.approximateDistinct(arguments.get(0));
        }
        boolean isDouble = DOUBLES.contains(name) || name.equals("SUM") && ValueKind.of(types.get(0)) == ValueKind.FLOATING;
        String inner = isDouble ? "CAST(" + arguments.get(0) + " AS DOUBLE)" : String.join(", ", arguments);
        return name + "(" + (isDistinct ? "DISTINCT " : "") + inner + ")";
    }

    private String count(AggregateCall call, List<RelDataType> types, List<String> arguments) {
        if (arguments.isEmpty()) {
            return "COUNT(*)";
        }
        if (arguments.size() > 1) {
            throw SqlFault.notProven("COUNT of several columns", places.of("COUNT"));
        }
        if (call.isDistinct() && !ValueKind.of(types.get(0)).isComparable()) {
            throw SqlFault.notProven("COUNT(DISTINCT ...) of " + ExpressionWriter.words(types.get(0)), places.of("COUNT"));
        }
        if (call.isApproximate()) {
            return dialect.approximateDistinct(arguments.get(0));
        }
        return "COUNT(" + (call.isDistinct() ? "DISTINCT " : "") + arguments.get(0) + ")";
    }

    private void requireProven(String name, List<RelDataType> types, List<String> arguments) {
        boolean isKnown = PLAIN.contains(name) || DOUBLES.contains(name) || name.equals(Functions.APPROX_DISTINCT)
            || name.equals("GROUPING") && arguments.size() == 1;
        ValueKind last = types.isEmpty() ? ValueKind.OTHER : ValueKind.of(types.get(types.size() - 1));
        boolean isNumeric = DOUBLES.contains(name) || name.equals("SUM");
        if (!isKnown || !last.isComparable() || isNumeric && !last.isNumber()) {
            String words = types.stream().map(ExpressionWriter::words).collect(Collectors.joining(", "));
            throw SqlFault.notProven(name + " of " + words, places.of(name));
        }
    }
}
