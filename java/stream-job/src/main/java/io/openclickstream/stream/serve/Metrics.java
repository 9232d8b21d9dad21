package io.openclickstream.stream.serve;

import java.util.Locale;

/** Writes a reading of the status in Prometheus' text format. */
final class Metrics {
    private static final String PREFIX = "openclickstream_stream_";

    private Metrics() {
    }

    static String of(JobStatus.Reading reading) {
        StringBuilder text = new StringBuilder();
        header(text, "rows_total", "counter", "Raw records since the start, by what became of them");
        reading.rows().forEach((table, count) ->
            value(text, "rows_total", "{result=\"" + StatusServer.label(table) + "\"}", count));
        header(text, "state", "gauge", "1 for the state that the job is in");
        for (JobStatus.State state : JobStatus.State.values()) {
            value(text, "state", "{state=\"" + state.name().toLowerCase(Locale.ROOT) + "\"}", reading.state() == state ? 1 : 0);
        }
        gauge(text, "input_rows_per_second", "Rate at which records came in during the last batch", reading.inputRowsPerSecond());
        gauge(text, "processed_rows_per_second", "Rate at which the last batch was done", reading.processedRowsPerSecond());
        gauge(text, "last_batch", "Number of the last committed batch", reading.lastBatch());
        gauge(text, "lag_records", "Records in Kafka that the last batch left unread", reading.lag());
        gauge(text, "batch_duration_seconds", "Duration of the last batch", reading.batchSeconds());
        gauge(text, "oldest_event_age_seconds", "Age of the last batch's earliest event when it became readable",
            reading.oldestEventAgeSeconds());
        if (!reading.offsets().isEmpty()) {
            header(text, "kafka_offset", "gauge", "Next offset to read, by partition");
            reading.offsets().forEach((partition, offset) ->
                value(text, "kafka_offset", "{partition=\"" + partition + "\"}", offset));
        }
        return text.toString();
    }

    private static void gauge(StringBuilder text, String name, String help, Number value) {
        if (value != null) {
            header(text, name, "gauge", help);
            value(text, name, "", value);
        }
    }

    private static void header(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(PREFIX).append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(PREFIX).append(name).append(' ').append(type).append('\n');
    }

    private static void value(StringBuilder text, String name, String labels, Number value) {
        text.append(PREFIX).append(name).append(labels).append(' ').append(value).append('\n');
    }
}
