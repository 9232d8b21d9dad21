// Generated from contracts/event-model.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * Columns of the table of duplicate events. One row for each event, readable or not, whose identifier was seen before
 * within the dedup window; an identifier of which only a failed event was seen is free for one that can be read.
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

    /**
     * 16 hexadecimal digits that are the same for the same content, whatever the order of members, the blanks and
     * {@code sent_at}.
     */
    public static final Column<String> FINGERPRINT =
        new Column<>(6, "fingerprint", ColumnType.STRING, false);

    /**
     * Whether the content is another one than that of the first event with this identifier, so that this is no retry.
     */
    public static final Column<Boolean> IS_CONFLICT =
        new Column<>(7, "is_conflict", ColumnType.BOOLEAN, false);

    /** The event's bytes as they were received, of a conflict only. */
    public static final Column<byte[]> PAYLOAD =
        new Column<>(8, "payload", ColumnType.BINARY, false);

    /** All of them, in the order that rows hold their values. */
    public static final List<Column<?>> ALL = List.of(
        EVENT_ID,
        FIRST_RECEIVED_AT,
        RECEIVED_AT,
        PROCESSED_AT,
        KAFKA_PARTITION,
        KAFKA_OFFSET,
        FINGERPRINT,
        IS_CONFLICT,
        PAYLOAD);

    private DuplicateEventColumns() {
    }
}
