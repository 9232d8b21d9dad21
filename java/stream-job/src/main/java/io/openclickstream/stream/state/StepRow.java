package io.openclickstream.stream.state;

import io.openclickstream.lake.Supersession;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.rows.ReadEvent;
import java.util.Comparator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What flows between the job's steps, as a Spark row: the few fields that dedup and sessions decide by, and the output row
 * as bytes. Times are microseconds since the epoch.
 */
public final class StepRow {
    /** The field by which the tables are sorted. */
    public static final String RECEIVED_AT_NAME = "received_at";
    /** The schema of the rows. */
    public static final StructType SCHEMA = new StructType()
        .add("table", DataTypes.IntegerType, false)
        .add("event_id", DataTypes.StringType, false)
        .add("visitor_id", DataTypes.StringType, true)
        .add("event_time", DataTypes.LongType, false)
        .add(RECEIVED_AT_NAME, DataTypes.LongType, false)
        .add("partition", DataTypes.IntegerType, false)
        .add("offset", DataTypes.LongType, false)
        .add("body", DataTypes.BinaryType, false)
        .add("fingerprint", DataTypes.LongType, false)
        .add("payload", DataTypes.BinaryType, true)
        .add("superseded_partition", DataTypes.IntegerType, true)
        .add("superseded_offset", DataTypes.LongType, true)
        .add("superseded_received_at", DataTypes.LongType, true)
        .add("session_id", DataTypes.StringType, true)
        .add("session_start", DataTypes.LongType, true)
        .add("session_event_index", DataTypes.IntegerType, true);

    /** Order of the records in Kafka: the first of two with one identifier is the one that counts. */
    static final Comparator<Row> KAFKA_ORDER = Comparator.comparingInt(StepRow::partition).thenComparingLong(StepRow::offset);
    private static final Comparator<Row> EVENT_ORDER = Comparator.comparingLong(StepRow::eventTime).thenComparing(KAFKA_ORDER);

    private static final byte[] NO_BYTES = {};
    private static final OutputTable[] TABLES = OutputTable.values();
    private static final int TABLE = 0;
    private static final int EVENT_ID = 1;
    private static final int VISITOR_ID = 2;
    private static final int EVENT_TIME = 3;
    private static final int RECEIVED_AT = 4;
    private static final int PARTITION = 5;
    private static final int OFFSET = 6;
    private static final int BODY = 7;
    private static final int FINGERPRINT = 8;
    private static final int PAYLOAD = 9;
    private static final int SUPERSEDED_PARTITION = 10;
    private static final int SUPERSEDED_OFFSET = 11;
    private static final int SUPERSEDED_RECEIVED_AT = 12;
    private static final int SESSION_ID = 13;
    private static final int SESSION_START = 14;
    private static final int SESSION_EVENT_INDEX = 15;

    private StepRow() {
    }

    /** A record and what was read out of it; the body is the output row's bytes. */
    public static Row of(RawRecord record, ReadEvent event, byte[] body) {
        return RowFactory.create(
            event.row().table().ordinal(),
            event.eventId(),
            event.visitorId(),
            event.sessionTimeMicros(),
            event.receivedAtMicros(),
            record.partition(),
            record.offset(),
            body,
            event.fingerprint(),
            // A failed event has it in its row.
            event.row().table() == OutputTable.EVENTS ? record.value() : null,
            null,
            null,
            null,
            null,
            null,
            null);
    }

    /** What is no duplicate: from here on nobody needs the payload, nor, for a failed event, the superseded one. */
    static Row passed(Row step, byte[] body, First superseded) {
        Object[] values = valuesOf(step);
        values[BODY] = body;
        values[PAYLOAD] = null;
        values[SUPERSEDED_PARTITION] = superseded == null ? null : superseded.partition();
        values[SUPERSEDED_OFFSET] = superseded == null ? null : superseded.offset();
        values[SUPERSEDED_RECEIVED_AT] = superseded == null ? null : superseded.receivedAt();
        return RowFactory.create(values);
    }

    static Row duplicate(Row step, boolean isConflict, byte[] body) {
        Object[] values = valuesOf(step);
        values[TABLE] = OutputTable.DUPLICATE_EVENTS.ordinal();
        values[VISITOR_ID] = null;
        values[BODY] = body;
        // Only its presence is looked at: the row has the bytes.
        values[PAYLOAD] = isConflict ? NO_BYTES : null;
        return RowFactory.create(values);
    }

    static Row inSession(Row step, String sessionId, Session session) {
        Object[] values = valuesOf(step);
        values[PAYLOAD] = null;
        values[SESSION_ID] = sessionId;
        values[SESSION_START] = session.start();
        values[SESSION_EVENT_INDEX] = session.events();
        return RowFactory.create(values);
    }

    private static Object[] valuesOf(Row step) {
        Object[] values = new Object[step.size()];
        for (int position = 0; position < values.length; position++) {
            values[position] = step.get(position);
        }
        return values;
    }

    /** Order of a visitor's events: by their time, then as they stand in Kafka. */
    static Comparator<Row> eventOrder() {
        return EVENT_ORDER;
    }

    public static OutputTable table(Row step) {
        return TABLES[step.getInt(TABLE)];
    }

    public static String eventId(Row step) {
        return step.getString(EVENT_ID);
    }

    static String visitorId(Row step) {
        return step.getString(VISITOR_ID);
    }

    static long eventTime(Row step) {
        return step.getLong(EVENT_TIME);
    }

    public static long receivedAt(Row step) {
        return step.getLong(RECEIVED_AT);
    }

    public static int partition(Row step) {
        return step.getInt(PARTITION);
    }

    public static long offset(Row step) {
        return step.getLong(OFFSET);
    }

    public static byte[] body(Row step) {
        return step.getAs(BODY);
    }

    static long fingerprint(Row step) {
        return step.getLong(FINGERPRINT);
    }

    /** The event's own bytes, as far as they are not in the row. */
    static byte[] payload(Row step) {
        return step.getAs(PAYLOAD);
    }

    /** Whether the row is a duplicate with another content than the first event's. */
    public static boolean isConflict(Row step) {
        return table(step) == OutputTable.DUPLICATE_EVENTS && !step.isNullAt(PAYLOAD);
    }

    /** The failed event of an earlier batch that the row's event supersedes; null when there is none. */
    public static Supersession supersession(Row step) {
        return step.isNullAt(SUPERSEDED_OFFSET) ? null : new Supersession(
            eventId(step),
            new Supersession.Place(step.getInt(SUPERSEDED_PARTITION), step.getLong(SUPERSEDED_OFFSET)),
            step.getLong(SUPERSEDED_RECEIVED_AT),
            new Supersession.Place(partition(step), offset(step)));
    }

    public static String sessionId(Row step) {
        return step.getString(SESSION_ID);
    }

    public static long sessionStart(Row step) {
        return step.getLong(SESSION_START);
    }

    public static int sessionEventIndex(Row step) {
        return step.getInt(SESSION_EVENT_INDEX);
    }
}
