// Generated from contracts/event-model.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/** The tables that raw records end in: each record in exactly one. */
public enum OutputTable {
    /** One row for each event that could be read, the first time it was seen. */
    EVENTS("events", "events", EventColumns.ALL),
    /** One row for each event that could not be read, the first time it was seen, with its bytes. */
    FAILED_EVENTS("failedEvents", "failed_events", FailedEventColumns.ALL),
    /**
     * One row for each event, readable or not, whose identifier was seen before within the dedup window; an identifier
     * of which only a failed event was seen is free for one that can be read.
     */
    DUPLICATE_EVENTS("duplicateEvents", "duplicate_events", DuplicateEventColumns.ALL);

    private final String modelName;
    private final String suffix;
    private final List<Column<?>> columns;

    OutputTable(String modelName, String suffix, List<Column<?>> columns) {
        this.modelName = modelName;
        this.suffix = suffix;
        this.columns = columns;
    }

    /** The table's name in the event model and in job.json. */
    public String modelName() {
        return modelName;
    }

    /** The end of the table's name, after the pipeline's prefix. */
    public String suffix() {
        return suffix;
    }

    /** Columns in the order that rows hold their values. */
    public List<Column<?>> columns() {
        return columns;
    }
}
