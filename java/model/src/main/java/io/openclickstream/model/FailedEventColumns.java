// Generated from contracts/event-model.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * Columns of the table of failed events. One row for each event that could not be read, the first time it was seen,
 * with its bytes.
 */
public final class FailedEventColumns {
    /** Identifier of the event. Sent again as it was it is a duplicate; mended it is stored. */
    public static final Column<String> EVENT_ID =
        new Column<>(0, "event_id", ColumnType.STRING, true);

    /** Why the event could not be read, from the closed list of failure reasons. */
    public static final Column<String> REASON =
        new Column<>(1, "reason", ColumnType.STRING, true);

    /** Name of the field at fault. */
    public static final Column<String> FIELD =
        new Column<>(2, "field", ColumnType.STRING, false);

    /** What is wrong, for a person. */
    public static final Column<String> MESSAGE =
        new Column<>(3, "message", ColumnType.STRING, true);

    /** The event's bytes as they were received. */
    public static final Column<byte[]> PAYLOAD =
        new Column<>(4, "payload", ColumnType.BINARY, true);

    /** Content type of the request. */
    public static final Column<String> CONTENT_TYPE =
        new Column<>(5, "content_type", ColumnType.STRING, false);

    /** IP address of the sender, masked as the pipeline's collector.ipMasking says. */
    public static final Column<String> IP =
        new Column<>(6, "ip", ColumnType.STRING, false);

    /** User agent of the sender. */
    public static final Column<String> USER_AGENT =
        new Column<>(7, "user_agent", ColumnType.STRING, false);

    /** When the collector received the event. */
    public static final Column<Long> RECEIVED_AT =
        new Column<>(8, "received_at", ColumnType.TIMESTAMPTZ, true);

    /** When the stream job processed the event. */
    public static final Column<Long> PROCESSED_AT =
        new Column<>(9, "processed_at", ColumnType.TIMESTAMPTZ, true);

    /** Partition of the raw topic that the record was read from. */
    public static final Column<Integer> KAFKA_PARTITION =
        new Column<>(10, "kafka_partition", ColumnType.INT, true);

    /** Offset of the record in its partition. */
    public static final Column<Long> KAFKA_OFFSET =
        new Column<>(11, "kafka_offset", ColumnType.LONG, true);

    /**
     * Partition of the record with the mended event, which is stored under the same identifier; empty while there is
     * none.
     */
    public static final Column<Integer> SUPERSEDED_BY_PARTITION =
        new Column<>(12, "superseded_by_partition", ColumnType.INT, false);

    /** Offset of that record in its partition. */
    public static final Column<Long> SUPERSEDED_BY_OFFSET =
        new Column<>(13, "superseded_by_offset", ColumnType.LONG, false);

    /** All of them, in the order that rows hold their values. */
    public static final List<Column<?>> ALL = List.of(
        EVENT_ID,
        REASON,
        FIELD,
        MESSAGE,
        PAYLOAD,
        CONTENT_TYPE,
        IP,
        USER_AGENT,
        RECEIVED_AT,
        PROCESSED_AT,
        KAFKA_PARTITION,
        KAFKA_OFFSET,
        SUPERSEDED_BY_PARTITION,
        SUPERSEDED_BY_OFFSET);

    private FailedEventColumns() {
    }
}
