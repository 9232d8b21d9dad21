package io.openclickstream.stream.state;

import io.openclickstream.model.DuplicateEventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.RowCodec;
import java.time.Duration;
import java.util.ArrayList;
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
 * duplicates. The window counts processing time, because event times of a replayed log jump days within seconds.
 */
public final class Dedup extends StatefulProcessor<String, Row, Row> {
    private static final long serialVersionUID = 1L;

    private final Duration window;
    private transient ValueState<Long> firstReceivedAt;
    private transient RowCodec codec;

    public Dedup(Duration window) {
        this.window = window;
    }

    @Override
    public void init(OutputMode outputMode, TimeMode timeMode) {
        firstReceivedAt = getHandle().getValueState("first_received_at", Encoders.LONG(), new TTLConfig(window));
        codec = new RowCodec();
    }

    @Override
    public Iterator<Row> handleInputRows(String eventId, Iterator<Row> rows, TimerValues timers) {
        long processedAt = TimeUnit.MILLISECONDS.toMicros(timers.getCurrentProcessingTimeInMs());
        Row first = rows.next();
        // Nearly every identifier comes once; then there is nothing to put in order.
        if (!rows.hasNext() && !firstReceivedAt.exists()) {
            firstReceivedAt.update(StepRow.receivedAt(first));
            return Iterator.single(first);
        }
        return CollectionConverters.asScala(withDuplicates(first, rows, processedAt).iterator());
    }

    private List<Row> withDuplicates(Row first, Iterator<Row> others, long processedAt) {
        List<Row> rows = new ArrayList<>();
        rows.add(first);
        while (others.hasNext()) {
            rows.add(others.next());
        }
        rows.sort(StepRow.KAFKA_ORDER);
        List<Row> output = new ArrayList<>(rows.size());
        if (!firstReceivedAt.exists()) {
            Row original = rows.remove(0);
            firstReceivedAt.update(StepRow.receivedAt(original));
            output.add(original);
        }
        long firstSeen = firstReceivedAt.get();
        for (Row row : rows) {
            output.add(StepRow.duplicate(row, duplicateBody(row, firstSeen, processedAt)));
        }
        return output;
    }

    private byte[] duplicateBody(Row step, long firstSeen, long processedAt) {
        return codec.encode(new OutputRow(OutputTable.DUPLICATE_EVENTS)
            .set(DuplicateEventColumns.EVENT_ID, StepRow.eventId(step))
            .set(DuplicateEventColumns.FIRST_RECEIVED_AT, firstSeen)
            .set(DuplicateEventColumns.RECEIVED_AT, StepRow.receivedAt(step))
            .set(DuplicateEventColumns.PROCESSED_AT, processedAt)
            .set(DuplicateEventColumns.KAFKA_PARTITION, StepRow.partition(step))
            .set(DuplicateEventColumns.KAFKA_OFFSET, StepRow.offset(step)));
    }
}
