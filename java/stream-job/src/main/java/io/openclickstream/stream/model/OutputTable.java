package io.openclickstream.stream.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tables that raw records end in: each record in exactly one. Columns come from the event model. */
public enum OutputTable {
    EVENTS("events"),
    FAILED_EVENTS("failedEvents"),
    DUPLICATE_EVENTS("duplicateEvents");

    private final String modelName;
    private final List<Column> columns;
    private final Map<String, Integer> positions;

    OutputTable(String modelName) {
        this.modelName = modelName;
        this.columns = EventModel.columns(modelName);
        this.positions = new HashMap<>();
        for (int position = 0; position < columns.size(); position++) {
            positions.put(columns.get(position).name(), position);
        }
    }

    /** The table's name in the event model and in job.json. */
    public String modelName() {
        return modelName;
    }

    /** Columns in the order that rows hold their values. */
    public List<Column> columns() {
        return columns;
    }

    /** Where a row holds this column's value. */
    public int position(String column) {
        Integer position = positions.get(column);
        if (position == null) {
            throw new IllegalArgumentException("table \"" + modelName + "\" has no column \"" + column + "\"");
        }
        return position;
    }
}
