package io.openclickstream.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Writes a tree of relations as one statement for one engine. Each relation has the fields that the tree says, by their position: no name
 * of the query is looked up a second time.
 */
final class QueryWriter {
    private static final int MAX_TEXT = 1_000_000;

    private final Dialect dialect;
    private final Places places;
    private final TableText tables;
    private final ExpressionWriter expressions;
    private final Aggregates aggregates;
    private final Map<CorrelationId, List<String>> outer = new HashMap<>();
    private int aliases;

    /** How a table is written behind FROM, without its alias. */
    interface TableText {
        String of(List<String> name, List<RelDataTypeField> columns);
    }

    QueryWriter(Dialect dialect, TableText tables, Places places) {
        this.dialect = dialect;
        this.tables = tables;
        this.places = places;
        this.expressions = new ExpressionWriter(dialect, this, places);
        this.aggregates = new Aggregates(dialect, places);
    }

    /** The statement for the whole tree, its columns under their own names. Throws {@link SqlFault} for what is not proven. */
    String statement(RelNode relation) {
        return block(relation).text(relation.getRowType().getFieldNames().stream().map(dialect::identifier).toList());
    }

    /** The texts for the fields of the row outside, that a subquery names. */
    List<String> outer(CorrelationId id) {
        List<String> fields = outer.get(id);
        if (fields == null) {
            throw SqlFault.notProven("A subquery that names a column of the query around it at this place", SqlParserPos.ZERO);
        }
        return fields;
    }

    /** The text of a subquery in an expression. */
    String subquery(RexSubQuery subquery) {
        boolean isOuter = !RelOptUtil.getVariablesUsed(subquery.rel).isEmpty();
        if (isOuter && subquery.getKind() == SqlKind.SCALAR_QUERY && !isOneRow(subquery.rel)) {
            throw SqlFault.notProven("A subquery for one value that names a column of the query around it and does not aggregate",
                places.of(subquery));
        }
        return block(subquery.rel).text(names(subquery.rel));
    }

    private static boolean isOneRow(RelNode relation) {
        RelNode inner = relation;
        while (inner instanceof Project) {
            inner = inner.getInput(0);
        }
        return inner instanceof Aggregate aggregate && aggregate.getGroupCount() == 0;
    }

    static String indented(String text) {
        return "  " + text.replace("\n", "\n  ");
    }

    private Block block(RelNode relation) {
        Block block = blockOf(relation);
        if (block.from != null && block.from.length() > MAX_TEXT) {
            throw new SqlFault("The text of the query would be longer than " + MAX_TEXT + " characters", SqlParserPos.ZERO);
        }
        return block;
    }

    private Block blockOf(RelNode relation) {
        if (relation instanceof TableScan scan) {
            return scan(scan);
        }
        if (relation instanceof Filter filter) {
            return filter(filter);
        }
        if (relation instanceof Project project) {
            return project(project);
        }
        if (relation instanceof Aggregate aggregate) {
            Block block = open(aggregate.getInput());
            aggregates.add(block, aggregate);
            return block;
        }
        if (relation instanceof Join join) {
            return join(join);
        }
        if (relation instanceof Sort sort) {
            return sort(sort);
        }
        if (relation instanceof SetOp operation) {
            return setOperation(operation);
        }
        if (relation instanceof Correlate correlate) {
            return new UnnestWriter(dialect, expressions, places).block(correlate, bare(correlate.getLeft()), nextAlias());
        }
        if (relation instanceof Values values) {
            return values(values);
        }
        throw SqlFault.notProven("\"" + relation.getRelTypeName() + "\"", SqlParserPos.ZERO);
    }

    private String nextAlias() {
        return "t" + ++aliases;
    }

    private Block named(String text, List<String> columns) {
        String alias = nextAlias();
        return new Block(text + " AS " + alias, Block.Source.SINGLE, columns.stream().map(column -> alias + "." + column).toList());
    }

    /** A block that a selection can be added to. */
    private Block open(RelNode relation) {
        Block block = block(relation);
        return block.isOpen() ? block : derived(block, names(relation));
    }

    private Block bare(RelNode relation) {
        Block block = block(relation);
        return block.isBare() && block.from != null ? block : derived(block, names(relation));
    }

    private Block derived(Block block, List<String> names) {
        return named("(\n" + indented(block.text(names)) + "\n)", names);
    }

    /** Names for the columns of a part of the statement: each is there once, whatever capitals it has. */
    private List<String> names(RelNode relation) {
        Set<String> taken = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (String field : relation.getRowType().getFieldNames()) {
            String base = field.replaceAll("[^\\p{L}\\p{N}_]", "_");
            String name = base;
            for (int count = 2; !taken.add(name.toLowerCase(Locale.ROOT)); count++) {
                name = base + "_" + count;
            }
            names.add(dialect.identifier(name));
        }
        return names;
    }

    private Block scan(TableScan scan) {
        List<RelDataTypeField> columns = scan.getRowType().getFieldList();
        List<String> names = columns.stream().map(column -> dialect.identifier(column.getName())).toList();
        return named(tables.of(scan.getTable().getQualifiedName(), columns), names);
    }

    private Block filter(Filter filter) {
        Block block = open(filter.getInput());
        filter.getVariablesSet().forEach(id -> outer.put(id, block.fields));
        for (RexNode condition : RelOptUtil.conjunctions(filter.getCondition())) {
            if (RexOver.containsOver(condition)) {
                throw SqlFault.notProven("A window in a condition", places.of(condition), "compute it in a subquery, or use QUALIFY");
            }
            block.conditions.add(expressions.text(condition, block.fields));
        }
        return block;
    }

    private Block project(Project project) {
        boolean isConstant = project.getInput() instanceof Values values && values.getTuples().size() == 1
            && project.getProjects().stream().noneMatch(RexUtil::containsInputRef);
        Block block = isConstant ? new Block(null, Block.Source.NOTHING, List.of()) : open(project.getInput());
        project.getVariablesSet().forEach(id -> outer.put(id, block.fields));
        block.selection = expressions.allTexts(project.getProjects(), block.fields);
        return block;
    }

    private Block join(Join join) {
        Block left = bare(join.getLeft());
        Block first = left.source == Block.Source.UNNESTED ? derived(left, names(join.getLeft())) : left;
        Block right = bare(join.getRight());
        Block last = right.source == Block.Source.SINGLE ? right : derived(right, names(join.getRight()));
        List<String> fields = new ArrayList<>(first.fields);
        fields.addAll(last.fields);
        String condition = condition(join, fields);
        boolean isCross = join.getJoinType() == JoinRelType.INNER && condition.equals("TRUE");
        String text = first.from + "\n" + (isCross ? "CROSS JOIN " : word(join.getJoinType()) + " JOIN ") + last.from
            + (isCross ? "" : "\n  ON " + condition);
        return new Block(text, Block.Source.JOINS, List.copyOf(fields));
    }

    private static String word(JoinRelType type) {
        return switch (type) {
            case INNER, LEFT, RIGHT, FULL -> type.name();
            default -> throw SqlFault.notProven(type + " JOIN", SqlParserPos.ZERO);
        };
    }

    private String condition(Join join, List<String> fields) {
        List<RexNode> conditions = RelOptUtil.conjunctions(join.getCondition());
        boolean hasSubquery = conditions.stream().anyMatch(condition -> RexUtil.SubQueryFinder.find(condition) != null);
        if (hasSubquery || !join.getVariablesSet().isEmpty()) {
            throw SqlFault.notProven("A subquery in the condition of a join", places.of("JOIN"));
        }
        String text = conditions.stream().map(condition -> expressions.text(condition, fields)).collect(Collectors.joining(" AND "));
        return text.isEmpty() ? "TRUE" : text;
    }

    private Block sort(Sort sort) {
        Block block = open(sort.getInput());
        List<String> keys = new ArrayList<>();
        for (RelFieldCollation key : sort.getCollation().getFieldCollations()) {
            ValueKind kind = ValueKind.of(sort.getRowType().getFieldList().get(key.getFieldIndex()).getType());
            if (!kind.isComparable()) {
                throw SqlFault.notProven("An order by a list, map or struct", places.of("ORDER BY"));
            }
            boolean isDescending = key.getDirection() == RelFieldCollation.Direction.DESCENDING;
            boolean isNullFirst = key.nullDirection == RelFieldCollation.NullDirection.FIRST;
            keys.add(dialect.orderKey(block.fields.get(key.getFieldIndex()), kind == ValueKind.FLOATING,
                (isDescending ? " DESC" : " ASC") + (isNullFirst ? " NULLS FIRST" : " NULLS LAST")));
        }
        String order = keys.isEmpty() ? "" : "\nORDER BY " + String.join(", ", keys);
        block.end = limited(sort, order);
        return block;
    }

    /** Spark wants LIMIT before OFFSET, Trino behind it. */
    private String limited(Sort sort, String order) {
        String limit = sort.fetch == null ? "" : "\nLIMIT " + count(sort.fetch);
        String offset = sort.offset == null ? "" : "\nOFFSET " + count(sort.offset);
        return order + (dialect.isLimitBeforeOffset() ? limit + offset : offset + limit);
    }

    private String count(RexNode rows) {
        Long count = rows instanceof RexLiteral ? Literals.wholeOf(rows) : null;
        if (count == null || count < 0) {
            throw SqlFault.notProven("LIMIT or OFFSET by what is no literal", places.of("ORDER BY"));
        }
        return count.toString();
    }

    private Block setOperation(SetOp operation) {
        boolean isCompared = !operation.all || operation.kind != SqlKind.UNION;
        List<RelDataTypeField> columns = operation.getRowType().getFieldList();
        if (isCompared && columns.stream().anyMatch(column -> !ValueKind.of(column.getType()).isComparable())) {
            throw SqlFault.notProven(operation.kind + " of lists, maps or structs", places.of(operation.kind.sql));
        }
        List<String> names = names(operation);
        String word = "\n" + operation.kind.sql + (operation.all ? " ALL" : "") + "\n";
        String text = operation.getInputs().stream()
            .map(input -> "(\n" + indented(aligned(input, columns).text(names)) + "\n)")
            .collect(Collectors.joining(word));
        return named("(\n" + indented(text) + "\n)", names);
    }

    /** An input of a set operation with the types of the result. */
    private Block aligned(RelNode input, List<RelDataTypeField> columns) {
        List<RelDataTypeField> own = input.getRowType().getFieldList();
        boolean isSame = java.util.stream.IntStream.range(0, own.size()).allMatch(
            position -> java.util.Objects.equals(IcebergTypes.text(own.get(position).getType()), IcebergTypes.text(columns.get(position).getType())));
        if (isSame) {
            return block(input);
        }
        Block block = open(input);
        List<String> selection = new ArrayList<>();
        for (int position = 0; position < own.size(); position++) {
            RexNode reference = input.getCluster().getRexBuilder().makeInputRef(input, position);
            selection.add(expressions.aligned(reference, columns.get(position).getType(), block.fields));
        }
        block.selection = selection;
        return block;
    }

    private Block values(Values values) {
        if (values.getTuples().isEmpty()) {
            throw SqlFault.notProven("A query without rows", SqlParserPos.ZERO);
        }
        List<RelDataTypeField> columns = values.getRowType().getFieldList();
        List<String> rows = new ArrayList<>();
        for (List<RexLiteral> tuple : values.getTuples()) {
            List<String> row = new ArrayList<>();
            for (int position = 0; position < tuple.size(); position++) {
                row.add(expressions.aligned(tuple.get(position), columns.get(position).getType(), List.of()));
            }
            rows.add("(" + String.join(", ", row) + ")");
        }
        List<String> names = names(values);
        String alias = nextAlias();
        return new Block("(VALUES " + String.join(", ", rows) + ") AS " + alias + " (" + String.join(", ", names) + ")", Block.Source.SINGLE,
            names.stream().map(name -> alias + "." + name).toList());
    }
}
