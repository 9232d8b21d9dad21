package io.openclickstream.stream;

import io.openclickstream.stream.state.StepRow;
import java.time.Duration;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.OutputMode;
import org.apache.spark.sql.streaming.StatefulProcessor;
import org.apache.spark.sql.streaming.TTLConfig;
import org.apache.spark.sql.streaming.TimeMode;
import org.apache.spark.sql.streaming.TimerValues;
import org.apache.spark.sql.streaming.ValueState;
import scala.collection.Iterator;

/** Keeps of an identifier what the job kept before it knew fingerprints, and lets every row pass. */
final class EarlierDedup extends StatefulProcessor<String, Row, Row> {
    private static final long serialVersionUID = 1L;

    private final Duration window;
    private transient ValueState<Long> firstReceivedAt;

    EarlierDedup(Duration window) {
        this.window = window;
    }

    @Override
    public void init(OutputMode outputMode, TimeMode timeMode) {
        firstReceivedAt = getHandle().getValueState("first_received_at", Encoders.LONG(), new TTLConfig(window));
    }

    @Override
    public Iterator<Row> handleInputRows(String eventId, Iterator<Row> rows, TimerValues timers) {
        Row row = rows.next();
        firstReceivedAt.update(row.getLong(StepRow.SCHEMA.fieldIndex(StepRow.RECEIVED_AT_NAME)));
        return Iterator.single(row);
    }
}
