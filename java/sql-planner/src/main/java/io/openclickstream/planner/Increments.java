package io.openclickstream.planner;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

/** What is known of a relation when only new rows of its inputs are read. */
final class Increments {
    /**
     * What the rows of a relation depend on.
     *
     * @param isNew whether an input with the column of new data is below
     * @param isWhole whether an input without it is below, which each run reads whole
     * @param isRowWise whether each row is made of one new row
     * @param problem why the rows of one stretch of time depend on more than the new rows of that stretch; null when they do not
     * @param times the fields that are the time of a row's new data, cut to a unit; the unit is null for the time itself
     * @param keys fields of which no two rows have the same; null when none are known
     */
    record Rows(boolean isNew, boolean isWhole, boolean isRowWise, String problem, Map<Integer, Dialect.Unit> times, Set<Integer> keys) {
        Rows because(String reason) {
            return problem == null && isNew ? new Rows(isNew, isWhole, false, reason, times, keys) : this;
        }

        boolean isLocal() {
            return isNew && problem == null;
        }
    }

    private final String newDataBy;
    private boolean isDeterministic = true;
    private boolean isByInstant = true;

    Increments(String newDataBy) {
        this.newDataBy = newDataBy;
    }

    /** Whether the same rows always give the same rows; known after {@link #of}. */
    boolean isDeterministic() {
        return isDeterministic;
    }

    /** Whether new rows are told from old by points in time alone, of which windows that adjoin share none; known after {@link #of}. */
    boolean isByInstant() {
        return isByInstant;
    }

    Rows of(RelNode relation) {
        if (relation instanceof TableScan scan) {
            return scan(scan);
        }
        if (relation instanceof Filter filter) {
            return conditioned(of(filter.getInput()), List.of(filter.getCondition()));
        }
        if (relation instanceof Project project) {
            return project(project);
        }
        if (relation instanceof Aggregate aggregate) {
            return aggregate(aggregate);
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
            Rows left = of(correlate.getLeft());
            return new Rows(left.isNew, left.isWhole, left.isRowWise, left.problem, left.times, null);
        }
        return new Rows(false, false, true, null, Map.of(), null);
    }

    private Rows scan(TableScan scan) {
        int position = scan.getRowType().getFieldNames().indexOf(newDataBy);
        boolean isNew = position >= 0 && ValueKind.of(scan.getRowType().getFieldList().get(position).getType()).isTime();
        Map<Integer, Dialect.Unit> times = new HashMap<>();
        if (isNew) {
            isByInstant &= ValueKind.of(scan.getRowType().getFieldList().get(position).getType()) == ValueKind.INSTANT;
            times.put(position, null);
        }
        return new Rows(isNew, !isNew, true, null, times, null);
    }

    /** A subquery reads a table in a run too. */
    private Rows conditioned(Rows rows, List<RexNode> expressions) {
        Rows result = rows;
        for (RexNode expression : expressions) {
            for (RexSubQuery subquery : subqueries(expression)) {
                Rows inner = of(subquery.rel);
                boolean isWhole = result.isWhole || inner.isWhole;
                result = new Rows(result.isNew || inner.isNew, isWhole, result.isRowWise && !inner.isNew, result.problem, result.times, result.keys);
                result = inner.isNew ? result.because("a subquery reads new data of its own") : result;
            }
        }
        return result;
    }

    private static List<RexSubQuery> subqueries(RexNode expression) {
        List<RexSubQuery> found = new java.util.ArrayList<>();
        expression.accept(new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery subquery) {
                found.add(subquery);
                return subquery;
            }
        });
        return found;
    }

    private Rows project(Project project) {
        Rows input = conditioned(of(project.getInput()), project.getProjects());
        Map<Integer, Dialect.Unit> times = new HashMap<>();
        Map<Integer, Integer> positions = new HashMap<>();
        for (int position = 0; position < project.getProjects().size(); position++) {
            RexNode expression = project.getProjects().get(position);
            int output = position;
            time(expression, input).ifPresent(unit -> times.put(output, unit.orElse(null)));
            if (expression instanceof RexInputRef reference) {
                positions.putIfAbsent(reference.getIndex(), position);
            }
        }
        boolean keepsKeys = input.keys != null && positions.keySet().containsAll(input.keys);
        Set<Integer> keys = keepsKeys ? new TreeSet<>(input.keys.stream().map(positions::get).toList()) : null;
        Rows rows = new Rows(input.isNew, input.isWhole, input.isRowWise, input.problem, times, keys);
        return RexOver.containsOver(project.getProjects(), null) ? windows(project, input, rows) : rows;
    }

    private Rows windows(Project project, Rows input, Rows rows) {
        boolean[] isLocal = {true};
        RexShuttle look = new RexShuttle() {
            @Override
            public RexNode visitOver(RexOver over) {
                isLocal[0] &= over.getWindow().partitionKeys.stream().anyMatch(key -> time(key, input).filter(java.util.Optional::isPresent).isPresent());
                boolean isRanked = Set.of("ROW_NUMBER", "RANK", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTILE")
                    .contains(over.getAggOperator().getName().toUpperCase(Locale.ROOT));
                isDeterministic &= !isRanked || !over.getWindow().orderKeys.isEmpty();
                return super.visitOver(over);
            }
        };
        project.getProjects().forEach(expression -> expression.accept(look));
        Rows widened = new Rows(rows.isNew, rows.isWhole, false, rows.problem, rows.times, rows.keys);
        return isLocal[0] ? widened : widened.because("a window looks beyond one stretch of " + newDataBy);
    }

    /** Whether an expression is the time of new data; the inner value is empty when it is not cut to a unit. */
    private static java.util.Optional<java.util.Optional<Dialect.Unit>> time(RexNode expression, Rows input) {
        if (expression instanceof RexInputRef reference && input.times.containsKey(reference.getIndex())) {
            return java.util.Optional.of(java.util.Optional.ofNullable(input.times.get(reference.getIndex())));
        }
        if (!(expression instanceof RexCall call)) {
            return java.util.Optional.empty();
        }
        Dialect.Unit cut = cut(call);
        RexNode inner = call.getOperands().isEmpty() ? null : call.getOperands().get(call.getOperator().getName().equals(Functions.DATE_TRUNC_ALIAS) ? 1 : 0);
        boolean isMoment = call.getKind() == SqlKind.CAST && ValueKind.of(call.getType()).isTime();
        if (inner == null || cut == null && !isMoment) {
            return java.util.Optional.empty();
        }
        return time(inner, input).map(unit -> java.util.Optional.ofNullable(coarser(unit.orElse(null), cut)));
    }

    private static Dialect.Unit cut(RexCall call) {
        if (call.getKind() == SqlKind.CAST && ValueKind.of(call.getType()) == ValueKind.DATE) {
            return Dialect.Unit.DAY;
        }
        String name = call.getOperator().getName();
        boolean isFloor = call.getKind() == SqlKind.FLOOR && call.getOperands().size() == 2;
        String unit = isFloor && call.getOperands().get(1) instanceof RexLiteral literal && literal.getValue() instanceof TimeUnitRange range
            ? range.name()
            : name.equals(Functions.DATE_TRUNC_ALIAS) ? Literals.textOf(call.getOperands().get(0)) : null;
        try {
            return unit == null ? null : Dialect.Unit.valueOf(unit.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The unit that holds the other; null is a moment. Weeks and months hold no whole one of the other: then it is a year. */
    static Dialect.Unit coarser(Dialect.Unit one, Dialect.Unit other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        boolean isWeek = one == Dialect.Unit.WEEK ^ other == Dialect.Unit.WEEK;
        Dialect.Unit first = one.compareTo(other) <= 0 ? one : other;
        return isWeek && first != Dialect.Unit.WEEK ? Dialect.Unit.YEAR : first;
    }

    private Rows aggregate(Aggregate aggregate) {
        Rows input = of(aggregate.getInput());
        List<Integer> keys = aggregate.getGroupSet().asList();
        Map<Integer, Dialect.Unit> times = new HashMap<>();
        for (int position = 0; position < keys.size(); position++) {
            int key = keys.get(position);
            boolean isInAll = aggregate.getGroupSets().stream().allMatch(set -> set.get(key));
            if (input.times.containsKey(key) && isInAll) {
                times.put(position, input.times.get(key));
            }
        }
        Set<Integer> unique = new TreeSet<>(ImmutableBitSet.range(keys.size()).asList());
        Rows rows = new Rows(input.isNew, input.isWhole, false, input.problem, times, aggregate.getGroupSets().size() == 1 ? unique : null);
        return times.isEmpty() ? rows.because("rows are grouped, and not by a stretch of " + newDataBy) : rows;
    }

    private Rows join(Join join) {
        Rows left = of(join.getLeft());
        Rows right = of(join.getRight());
        int width = join.getLeft().getRowType().getFieldCount();
        boolean keepsLeft = join.getJoinType() == JoinRelType.LEFT || join.getJoinType() == JoinRelType.FULL;
        boolean keepsRight = join.getJoinType() == JoinRelType.RIGHT || join.getJoinType() == JoinRelType.FULL;
        Map<Integer, Dialect.Unit> times = new HashMap<>();
        if (!keepsRight) {
            times.putAll(left.times);
        }
        if (!keepsLeft) {
            right.times.forEach((position, unit) -> times.put(position + width, unit));
        }
        String problem = left.problem == null ? right.problem : left.problem;
        Rows rows = new Rows(left.isNew || right.isNew, left.isWhole || right.isWhole, false, problem, times, null);
        if (left.isNew && right.isNew) {
            return isByTime(join, left, right, width) ? rows : rows.because("two inputs with new data are not joined by a stretch of " + newDataBy);
        }
        boolean keepsWhole = left.isNew && keepsRight || right.isNew && keepsLeft;
        return keepsWhole ? rows.because("an outer join keeps rows that have no new data") : rows;
    }

    private static boolean isByTime(Join join, Rows left, Rows right, int width) {
        return org.apache.calcite.plan.RelOptUtil.conjunctions(join.getCondition()).stream().anyMatch(condition -> {
            if (!(condition instanceof RexCall call) || call.getKind() != SqlKind.EQUALS
                || !(call.getOperands().get(0) instanceof RexInputRef one) || !(call.getOperands().get(1) instanceof RexInputRef two)) {
                return false;
            }
            int first = Math.min(one.getIndex(), two.getIndex());
            int second = Math.max(one.getIndex(), two.getIndex()) - width;
            return left.times.containsKey(first) && right.times.containsKey(second) && left.times.get(first) == right.times.get(second);
        });
    }

    private Rows sort(Sort sort) {
        Rows input = of(sort.getInput());
        boolean isLimited = sort.fetch != null || sort.offset != null;
        isDeterministic &= !isLimited || !sort.getCollation().getFieldCollations().isEmpty();
        return isLimited ? input.because("LIMIT takes from all rows") : input;
    }

    private Rows setOperation(SetOp operation) {
        List<Rows> inputs = operation.getInputs().stream().map(this::of).toList();
        Rows first = inputs.get(0);
        Map<Integer, Dialect.Unit> times = new HashMap<>(first.times);
        inputs.forEach(input -> times.entrySet().removeIf(
            entry -> !input.times.containsKey(entry.getKey()) || input.times.get(entry.getKey()) != entry.getValue()));
        boolean isNew = inputs.stream().anyMatch(Rows::isNew);
        boolean isWhole = inputs.stream().anyMatch(Rows::isWhole);
        boolean isUnionAll = operation.kind == SqlKind.UNION && operation.all;
        boolean isRowWise = isUnionAll && inputs.stream().allMatch(input -> input.isRowWise && input.isNew);
        String problem = inputs.stream().map(Rows::problem).filter(java.util.Objects::nonNull).findFirst().orElse(null);
        Rows rows = new Rows(isNew, isWhole, isRowWise, problem, times, null);
        if (inputs.stream().anyMatch(input -> !input.isNew)) {
            return rows.because(operation.kind + " with rows that have no new data");
        }
        return isUnionAll || !times.isEmpty() ? rows : rows.because(operation.kind + " compares rows of different stretches of " + newDataBy);
    }
}
