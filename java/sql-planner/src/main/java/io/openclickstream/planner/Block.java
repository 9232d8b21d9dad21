package io.openclickstream.planner;

import java.util.ArrayList;
import java.util.List;

/** A SELECT while it is put together. As long as nothing is selected, conditions and a selection can still be added. */
final class Block {
    /** What is read from: one table or subquery, a chain of joins, or with elements of a collection beside it. */
    enum Source { NOTHING, SINGLE, JOINS, UNNESTED }

    /** What stands behind FROM; null when there is nothing to read from. */
    final String from;
    final Source source;
    /** The expressions of the fields of what is read. */
    final List<String> fields;
    final List<String> conditions = new ArrayList<>();
    /** Null as long as all fields pass. */
    List<String> selection;
    /** What stands behind the conditions: groups, order, limit. */
    String end = "";

    Block(String from, Source source, List<String> fields) {
        this.from = from;
        this.source = source;
        this.fields = fields;
    }

    boolean isOpen() {
        return selection == null && end.isEmpty();
    }

    /** Whether there is nothing but what is read from. */
    boolean isBare() {
        return isOpen() && conditions.isEmpty();
    }

    /** The statement, its columns under the names given, which are quoted already. */
    String text(List<String> names) {
        List<String> expressions = selection == null ? fields : selection;
        List<String> columns = new ArrayList<>();
        for (int position = 0; position < expressions.size(); position++) {
            String expression = expressions.get(position);
            // A column of a table has its name; a field of an element, which looks alike, has none on Trino.
            int dot = expression.indexOf('.');
            boolean isNamed = dot > 0 && expression.substring(0, dot).matches("t[0-9]+") && expression.substring(dot + 1).equals(names.get(position));
            columns.add(isNamed ? expression : expression + " AS " + names.get(position));
        }
        StringBuilder text = new StringBuilder("SELECT\n  ").append(String.join(",\n  ", columns));
        if (from != null) {
            text.append("\nFROM ").append(from);
        }
        if (!conditions.isEmpty()) {
            text.append("\nWHERE ").append(String.join("\n  AND ", conditions));
        }
        return text.append(end).toString();
    }
}
