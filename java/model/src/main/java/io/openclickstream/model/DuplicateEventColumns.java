// Generated from contracts/event-model.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * Columns of the table of duplicate events. One row for each event, readable or not, whose identifier was seen before
 * within the dedup window.
 */
public final class DuplicateEventColumns {
    /** Identifier that was seen before. */
    public static final Column<String> EVENT_ID =
        new Column<>(0, "event_id", ColumnType.STRING, true);

    /** When the collector received the first event with this identifier. */
    public static final Column<Long> FIRST_RECEIVED_AT =
        new Column<>(1, "first_received_at", ColumnType.TIMESTAMPTZ, false);

    /** When the collector received this event. */
    public static final Column<Long> RECEIVED_AT =
        new Column<>(2, "received_at", ColumnType.TIMESTAMPTZ, true);

    /** When the stream job processed this event. */
    public static final Column<Long> PROCESSED_AT =
        new Column<>(3, "processed_at", ColumnType.TIMESTAMPTZ, true);

    /** Partition of the raw topic that the record was read from. */
    public static final Column<Integer> KAFKA_PARTITION =
        new Column<>(4, "kafka_partition", ColumnType.INT, true);

    /** Offset of the record in its partition. */
    public static final Column<Long> KAFKA_OFFSET =
        new Column<>(5, "kafka_offset", ColumnType.LONG, true);

    /** All of them, in the order that rows hold their values. */
    public static final List<Column<?>> ALL = List.of(
        EVENT_ID,
        FIRST_RECEIVED_AT,
        RECEIVED_AT,
        PROCESSED_AT,
        KAFKA_PARTITION,
        KAFKA_OFFSET);

    private DuplicateEventColumns() {
    }
}
