package io.openclickstream.stream.state;

import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.parse.Digests;
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

/** Puts the events of each visitor into sessions; rows for the other tables pass as they are. */
public final class Sessionize extends StatefulProcessor<String, Row, Row> {
    private static final long serialVersionUID = 1L;
    /** No visitor's identifier comes out of JSON with this in front of an event's identifier unless somebody tries. */
    private static final String NO_VISITOR = "\u0000";

    private final long timeoutMicros;
    private final long watermarkMicros;
    private final Duration timeToLive;
    private transient ValueState<byte[]> sessions;

    /** The state of a visitor is forgotten this long (processing time) after the last event. */
    public Sessionize(Duration timeout, Duration watermark, Duration timeToLive) {
        this.timeoutMicros = TimeUnit.NANOSECONDS.toMicros(timeout.toNanos());
        this.watermarkMicros = TimeUnit.NANOSECONDS.toMicros(watermark.toNanos());
        this.timeToLive = timeToLive;
    }

    /** The key to group by: the visitor, or for rows without sessions something that spreads them evenly. */
    public static String key(Row step) {
        return StepRow.table(step) == OutputTable.EVENTS ? StepRow.visitorId(step) : NO_VISITOR + StepRow.eventId(step);
    }

    @Override
    public void init(OutputMode outputMode, TimeMode timeMode) {
        sessions = getHandle().getValueState("sessions", Encoders.BINARY(), new TTLConfig(timeToLive));
    }

    @Override
    public Iterator<Row> handleInputRows(String key, Iterator<Row> rows, TimerValues timers) {
        List<Row> events = new ArrayList<>();
        List<Row> output = new ArrayList<>();
        while (rows.hasNext()) {
            Row row = rows.next();
            (StepRow.table(row) == OutputTable.EVENTS ? events : output).add(row);
        }
        if (!events.isEmpty()) {
            addToSessions(key, events, output, TimeUnit.MILLISECONDS.toMicros(timers.getCurrentProcessingTimeInMs()));
        }
        return CollectionConverters.asScala(output.iterator());
    }

    private void addToSessions(String visitorId, List<Row> events, List<Row> output, long now) {
        events.sort(StepRow.eventOrder());
        VisitorSessions visitor = VisitorSessions.of(sessions.get(), timeoutMicros, watermarkMicros);
        for (Row event : events) {
            Session session = visitor.add(StepRow.eventTime(event));
            String id = Digests.identifier(visitorId + "\n" + session.start());
            output.add(StepRow.inSession(event, id, session));
        }
        sessions.update(visitor.toBytes(now));
    }
}
