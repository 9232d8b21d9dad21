package io.openclickstream.stream.state;

import io.openclickstream.model.DuplicateEventColumns;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.RowCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.OutputMode;
import org.apache.spark.sql.streaming.StatefulProcessor;
import org.apache.spark.sql.streaming.TTLConfig;
import org.apache.spark.sql.streaming.TimeMode;
import org.apache.spark.sql.streaming.TimerValues;
import org.apache.spark.sql.streaming.ValueState;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Finds duplicates: per event identifier, the first record in Kafka's order passes and all others within the window become
 * duplicates. Only where that first one is a failed event, the first that can be read passes too and supersedes it. The window counts
 * processing time, because event times of a replayed log jump days within seconds.
 */
public final class Dedup extends StatefulProcessor<String, Row, Row> {
    private static final long serialVersionUID = 1L;

    private final Duration window;
    private transient ValueState<byte[]> known;
    /** What a job before fingerprints kept of an identifier; nothing is added to it any more. */
    private transient ValueState<Long> firstReceivedAt;

    public Dedup(Duration window) {
        this.window = window;
    }

    @Override
    public void init(OutputMode outputMode, TimeMode timeMode) {
        known = getHandle().getValueState("first", Encoders.BINARY(), new TTLConfig(window));
        firstReceivedAt = getHandle().getValueState("first_received_at", Encoders.LONG(), new TTLConfig(window));
    }

    @Override
    public Iterator<Row> handleInputRows(String eventId, Iterator<Row> rows, TimerValues timers) {
        long processedAt = TimeUnit.MILLISECONDS.toMicros(timers.getCurrentProcessingTimeInMs());
        First first = known();
        Row row = rows.next();
        // Nearly every identifier comes once; then there is nothing to put in order.
        if (first == null && !rows.hasNext()) {
            known.update(First.of(row).toBytes());
            return Iterator.single(StepRow.passed(row, StepRow.body(row), null));
        }
        List<Row> batch = new ArrayList<>();
        batch.add(row);
        while (rows.hasNext()) {
            batch.add(rows.next());
        }
        Outcome outcome = outcome(first, batch, processedAt);
        if (outcome.first() != first) {
            known.update(outcome.first().toBytes());
        }
        return CollectionConverters.asScala(outcome.rows().iterator());
    }

    private First known() {
        First first = First.of(known.get());
        return first == null && firstReceivedAt.exists() ? First.ofEarlierJob(firstReceivedAt.get()) : first;
    }

    /** Who has the identifier now, and what became of the rows, in Kafka's order. */
    record Outcome(First first, List<Row> rows) {
    }

    /** Judges a batch's rows of one identifier, behind the record that has it, which may be null. */
    static Outcome outcome(First known, List<Row> batch, long processedAt) {
        batch.sort(StepRow.KAFKA_ORDER);
        First first = known;
        List<Row> output = new ArrayList<>(batch.size());
        for (Row row : batch) {
            boolean isMended = first != null && first.isFailed() && StepRow.table(row) == OutputTable.EVENTS;
            if (first != null && !isMended) {
                output.add(duplicate(row, first, processedAt));
                continue;
            }
            // A failed event of this batch is the first of its rows, and has not been written yet.
            boolean isInBatch = isMended && first != known;
            if (isInBatch) {
                output.set(0, superseded(output.get(0), row));
            }
            output.add(StepRow.passed(row, StepRow.body(row), isMended && !isInBatch ? first : null));
            first = First.of(row);
        }
        return new Outcome(first, output);
    }

    private static Row superseded(Row failed, Row by) {
        OutputRow body = RowCodec.decode(OutputTable.FAILED_EVENTS, StepRow.body(failed))
            .set(FailedEventColumns.SUPERSEDED_BY_PARTITION, StepRow.partition(by))
            .set(FailedEventColumns.SUPERSEDED_BY_OFFSET, StepRow.offset(by));
        return StepRow.passed(failed, new RowCodec().encode(body), null);
    }

    private static Row duplicate(Row step, First first, long processedAt) {
        boolean isConflict = first.conflictsWith(StepRow.fingerprint(step));
        return StepRow.duplicate(step, isConflict, new RowCodec().encode(new OutputRow(OutputTable.DUPLICATE_EVENTS)
            .set(DuplicateEventColumns.EVENT_ID, StepRow.eventId(step))
            .set(DuplicateEventColumns.FIRST_RECEIVED_AT, first.receivedAt())
            .set(DuplicateEventColumns.RECEIVED_AT, StepRow.receivedAt(step))
            .set(DuplicateEventColumns.PROCESSED_AT, processedAt)
            .set(DuplicateEventColumns.KAFKA_PARTITION, StepRow.partition(step))
            .set(DuplicateEventColumns.KAFKA_OFFSET, StepRow.offset(step))
            .set(DuplicateEventColumns.FINGERPRINT, HexFormat.of().toHexDigits(StepRow.fingerprint(step)))
            .set(DuplicateEventColumns.IS_CONFLICT, isConflict)
            .set(DuplicateEventColumns.PAYLOAD, isConflict ? payload(step) : null)));
    }

    private static byte[] payload(Row step) {
        return StepRow.table(step) == OutputTable.FAILED_EVENTS
            ? RowCodec.decode(OutputTable.FAILED_EVENTS, StepRow.body(step)).get(FailedEventColumns.PAYLOAD)
            : StepRow.payload(step);
    }
}
