package io.openclickstream.stream.state;

import io.openclickstream.stream.model.OutputTable;
import io.openclickstream.stream.model.RowCodec;
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
            firstReceivedAt.update(Step.receivedAt(first));
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
        rows.sort(Step.KAFKA_ORDER);
        List<Row> output = new ArrayList<>(rows.size());
        if (!firstReceivedAt.exists()) {
            Row original = rows.remove(0);
            firstReceivedAt.update(Step.receivedAt(original));
            output.add(original);
        }
        long firstSeen = firstReceivedAt.get();
        for (Row row : rows) {
            output.add(Step.duplicate(row, duplicateBody(row, firstSeen, processedAt)));
        }
        return output;
    }

    private byte[] duplicateBody(Row step, long firstSeen, long processedAt) {
        return codec.encode(new io.openclickstream.stream.model.Row(OutputTable.DUPLICATE_EVENTS)
            .set("event_id", Step.eventId(step))
            .set("first_received_at", firstSeen)
            .set("received_at", Step.receivedAt(step))
            .set("processed_at", processedAt)
            .set("kafka_partition", Step.partition(step))
            .set("kafka_offset", Step.offset(step)));
    }
}
