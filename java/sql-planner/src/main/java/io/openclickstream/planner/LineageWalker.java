package io.openclickstream.planner;

import io.openclickstream.model.PlanDocument.Lineage.Input.Use;
import io.openclickstream.planner.Lineage.Input;
import io.openclickstream.planner.Lineage.Path;
import io.openclickstream.planner.Lineage.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Follows each output column to what it comes from, through nested fields, collections, subqueries and windows. */
final class LineageWalker {
    private final Map<CorrelationId, List<Value>> outer = new HashMap<>();

    /** The lineage of a relation's fields. */
    Lineage of(RelNode relation) {
        if (relation instanceof TableScan scan) {
            return scan(scan);
        }
        if (relation instanceof Values) {
            return new Lineage(relation.getRowType().getFieldList().stream().map(field -> Value.NOTHING).toList(), Set.of());
        }
        if (relation instanceof Filter filter) {
            return filter(filter);
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
            return correlate(correlate);
        }
        throw SqlFault.notProven("\"" + relation.getRelTypeName() + "\"", SqlParserPos.ZERO);
    }

    private static Lineage scan(TableScan scan) {
        List<String> name = scan.getTable().getQualifiedName();
        String table = name.get(name.size() - 1);
        String database = name.get(name.size() - 2);
        return new Lineage(scan.getRowType().getFieldNames().stream().map(column -> Value.of(new Path(database, table, column))).toList(), Set.of());
    }

    private Lineage filter(Filter filter) {
        Lineage input = of(filter.getInput());
        filter.getVariablesSet().forEach(id -> outer.put(id, input.fields()));
        return new Lineage(input.fields(), joined(input.rows(), value(filter.getCondition(), input.fields()).as(Use.filter)));
    }

    private Lineage project(Project project) {
        Lineage input = of(project.getInput());
        project.getVariablesSet().forEach(id -> outer.put(id, input.fields()));
        return new Lineage(project.getProjects().stream().map(expression -> value(expression, input.fields())).toList(), input.rows());
    }

    private Lineage aggregate(Aggregate aggregate) {
        Lineage input = of(aggregate.getInput());
        List<Value> fields = new ArrayList<>();
        Set<Input> rows = new TreeSet<>(input.rows());
        for (int key : aggregate.getGroupSet()) {
            fields.add(input.fields().get(key));
            rows.addAll(input.fields().get(key).as(Use.group));
        }
        for (AggregateCall call : aggregate.getAggCallList()) {
            Value value = Value.NOTHING;
            for (int argument : call.getArgList()) {
                value = value.with(input.fields().get(argument));
            }
            if (call.filterArg >= 0) {
                value = value.with(new Value(input.fields().get(call.filterArg).as(Use.filter), null));
            }
            fields.add(value);
        }
        return new Lineage(fields, rows);
    }

    private Lineage join(Join join) {
        Lineage left = of(join.getLeft());
        Lineage right = of(join.getRight());
        List<Value> fields = new ArrayList<>(left.fields());
        fields.addAll(right.fields());
        Set<Input> rows = joined(left.rows(), right.rows());
        return new Lineage(fields, joined(rows, value(join.getCondition(), fields).as(Use.join)));
    }

    private Lineage sort(Sort sort) {
        Lineage input = of(sort.getInput());
        Set<Input> rows = new TreeSet<>(input.rows());
        sort.getCollation().getFieldCollations().forEach(key -> rows.addAll(input.fields().get(key.getFieldIndex()).as(Use.order)));
        return new Lineage(input.fields(), rows);
    }

    private Lineage setOperation(SetOp operation) {
        List<Lineage> inputs = operation.getInputs().stream().map(this::of).toList();
        List<Value> fields = new ArrayList<>(inputs.get(0).fields());
        Set<Input> rows = new TreeSet<>();
        inputs.forEach(input -> rows.addAll(input.rows()));
        for (Lineage other : inputs.subList(1, inputs.size())) {
            for (int position = 0; position < fields.size(); position++) {
                if (operation.kind == SqlKind.EXCEPT) {
                    rows.addAll(other.fields().get(position).as(Use.filter));
                } else {
                    fields.set(position, fields.get(position).with(other.fields().get(position)));
                }
            }
        }
        return new Lineage(fields, rows);
    }

    private Lineage correlate(Correlate correlate) {
        Lineage left = of(correlate.getLeft());
        UnnestWriter.Parts parts = UnnestWriter.parts(correlate, SqlParserPos.ZERO);
        Value collection = value(parts.collection(), left.fields());
        List<Value> fields = new ArrayList<>(left.fields());
        int ordinal = parts.uncollect().withOrdinality ? parts.uncollect().getRowType().getFieldCount() - 1 : -1;
        for (int output : parts.outputs()) {
            fields.add(output == ordinal ? collection.below("[]") : element(parts, collection, output));
        }
        return new Lineage(fields, joined(left.rows(), collection.below("[]").as(Use.join)));
    }

    private static Value element(UnnestWriter.Parts parts, Value collection, int output) {
        if (parts.isMap()) {
            return collection.below(output == 0 ? "[].key" : "[].value");
        }
        return collection.below(parts.isStruct() ? "[]." + parts.elementType().getFieldNames().get(output) : "[]");
    }

    private static Set<Input> joined(Set<Input> one, Set<Input> other) {
        Set<Input> all = new TreeSet<>(one);
        all.addAll(other);
        return all;
    }

    private Value value(RexNode expression, List<Value> fields) {
        if (expression instanceof RexInputRef reference) {
            return fields.get(reference.getIndex());
        }
        if (expression instanceof RexFieldAccess access) {
            return access(access, fields);
        }
        if (expression instanceof RexSubQuery subquery) {
            return subquery(subquery, fields);
        }
        if (expression instanceof RexOver over) {
            return over(over, fields);
        }
        if (!(expression instanceof RexCall call)) {
            return Value.NOTHING;
        }
        if (call.getKind() == SqlKind.ITEM || call.getOperator().getName().equals(Functions.ELEMENT_AT)) {
            return item(call, fields);
        }
        return all(call.getOperands(), fields);
    }

    private Value all(List<? extends RexNode> expressions, List<Value> fields) {
        Value value = Value.NOTHING;
        for (RexNode expression : expressions) {
            value = value.with(value(expression, fields));
        }
        return value;
    }

    private Value access(RexFieldAccess access, List<Value> fields) {
        if (access.getReferenceExpr() instanceof RexCorrelVariable variable) {
            return outer.getOrDefault(variable.id, List.of()).isEmpty()
                ? Value.NOTHING
                : outer.get(variable.id).get(access.getField().getIndex());
        }
        return value(access.getReferenceExpr(), fields).below("." + access.getField().getName());
    }

    private Value item(RexCall call, List<Value> fields) {
        RexNode collection = call.getOperands().get(0);
        RexNode key = call.getOperands().get(1);
        Value holder = value(collection, fields);
        Long number = Literals.wholeOf(key);
        String text = Literals.textOf(key) == null && number != null ? number.toString() : Literals.textOf(key);
        boolean isKey = ValueKind.of(collection.getType()) == ValueKind.MAP && text != null;
        Value element = holder.below(isKey ? "[" + text + "]" : "[]");
        Value chosenBy = value(key, fields);
        return chosenBy.inputs().isEmpty() ? element : element.with(chosenBy);
    }

    private Value subquery(RexSubQuery subquery, List<Value> fields) {
        Lineage inner = of(subquery.rel);
        Value value = all(subquery.getOperands(), fields).with(new Value(inner.rows(), null));
        // Of EXISTS only the rows count.
        return subquery.getKind() == SqlKind.EXISTS ? value : value.with(inner.fields().get(0));
    }

    private Value over(RexOver over, List<Value> fields) {
        Value value = all(over.getOperands(), fields);
        for (RexNode key : over.getWindow().partitionKeys) {
            value = value.with(new Value(value(key, fields).as(Use.window), null));
        }
        for (var key : over.getWindow().orderKeys) {
            value = value.with(new Value(value(key.left, fields).as(Use.window), null));
        }
        return value;
    }
}
