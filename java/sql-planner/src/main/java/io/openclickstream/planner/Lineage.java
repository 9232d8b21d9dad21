package io.openclickstream.planner;

import io.openclickstream.model.PlanDocument;
import io.openclickstream.model.PlanDocument.Lineage.Input.Use;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the fields of a relation come from. */
final class Lineage {
    /** A column, a nested field or a key of a table. */
    record Path(String database, String table, String path) implements Comparable<Path> {
        @Override
        public int compareTo(Path other) {
            int byDatabase = database.compareTo(other.database);
            int byTable = byDatabase == 0 ? table.compareTo(other.table) : byDatabase;
            return byTable == 0 ? path.compareTo(other.path) : byTable;
        }

        Path below(String step) {
            return new Path(database, table, path + step);
        }
    }

    /** A path and what it is used for. */
    record Input(Path path, Use use) implements Comparable<Input> {
        @Override
        public int compareTo(Input other) {
            int byUse = use.compareTo(other.use);
            return byUse == 0 ? path.compareTo(other.path) : byUse;
        }

        PlanDocument.Lineage.Input document() {
            return new PlanDocument.Lineage.Input(path.database(), path.table(), path.path(), use);
        }
    }

    /**
     * What a value is made of.
     *
     * @param inputs all that it is made of
     * @param place the path that the value is, when it is a part of a column and nothing was done to it; else null
     */
    record Value(Set<Input> inputs, Path place) {
        static final Value NOTHING = new Value(Set.of(), null);

        static Value of(Path place) {
            return new Value(Set.of(new Input(place, Use.direct)), place);
        }

        /** A part of the value; of what is computed, the whole. */
        Value below(String step) {
            return place == null ? new Value(inputs, null) : of(place.below(step));
        }

        /** A value that is made of both. */
        Value with(Value other) {
            Set<Input> all = new TreeSet<>(inputs);
            all.addAll(other.inputs);
            return new Value(all, null);
        }

        /** The inputs when the value only decides about something. */
        Set<Input> as(Use use) {
            Set<Input> used = new TreeSet<>();
            inputs.forEach(input -> used.add(input.use() == Use.direct ? new Input(input.path(), use) : input));
            return used;
        }
    }

    private final List<Value> fields;
    private final Set<Input> rows;

    /** The values of the fields, and what decides which rows there are. */
    Lineage(List<Value> fields, Set<Input> rows) {
        this.fields = List.copyOf(fields);
        this.rows = Set.copyOf(rows);
    }

    List<Value> fields() {
        return fields;
    }

    Set<Input> rows() {
        return rows;
    }

    /** All inputs of a field in their order. */
    Set<Input> inputs(int field) {
        Set<Input> all = new TreeSet<>(fields.get(field).inputs());
        all.addAll(rows);
        return all;
    }
}
