package io.openclickstream.stream.serve;

import io.openclickstream.model.ProgressDocument;
import io.openclickstream.service.MetricsText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes a reading of the status as metrics. */
final class JobMetrics {
    private JobMetrics() {
    }

    static String of(JobStatus.Reading reading) {
        MetricsText metrics = new MetricsText("openclickstream_stream_")
            .counters("rows_total", "Raw records since the start, by what became of them", "result", rowsByResult(reading))
            .counter("conflicts_total", "Duplicates since the start whose content is not that of the first", reading.conflicts())
            .counter("executors_lost_total", "Executors that ended without being asked to, since the start", reading.executorsLost())
            .gauge("erased_records", "Records whose rows were ever erased from the tables on purpose", reading.erased())
            .gauges("state", "1 for the state that the job is in", "state", states(reading))
            .gauge("input_rows_per_second", "Rate at which records came in during the last batch", reading.inputRowsPerSecond())
            .gauge("processed_rows_per_second", "Rate at which the last batch was done", reading.processedRowsPerSecond())
            .gauge("last_batch", "Number of the last committed batch", reading.lastBatch())
            .gauge("lag_records", "Records in Kafka that the last batch left unread", reading.lag())
            .gauge("batch_duration_seconds", "Duration of the last batch", reading.batchSeconds())
            .gauge("oldest_event_age_seconds", "Age of the last batch's earliest event when it became readable",
                reading.oldestEventAgeSeconds())
            .gauges("kafka_offset", "Next offset to read, by partition", "partition", reading.offsets());
        if (reading.profiles() != null) {
            add(metrics, reading.profiles());
        }
        return metrics.toString();
    }

    private static void add(MetricsText metrics, ProfileProgress.Reading profiles) {
        metrics
            .counter("profiles_changed_total", "How often a visitor's row was changed since the start", profiles.changed())
            .gauge("profiles_wait", "1 while something keeps the profiles from going on", profiles.problem() == null ? 0 : 1)
            .gauge("profiles_lag_records", "Records that the tables have and the profiles do not", profiles.lag())
            .gauge("profiles_oldest_event_age_seconds", "Age of the earliest of the events that were taken last, when they could be seen",
                profiles.oldestEventAgeSeconds());
    }

    private static Map<String, Integer> states(JobStatus.Reading reading) {
        Map<String, Integer> states = new LinkedHashMap<>();
        for (ProgressDocument.State state : ProgressDocument.State.values()) {
            states.put(state.name().toLowerCase(Locale.ROOT), reading.state() == state ? 1 : 0);
        }
        return states;
    }

    /** Rows since the start by what became of the records, as the accounting line names it. */
    private static Map<String, Long> rowsByResult(JobStatus.Reading reading) {
        Map<String, Long> rows = new LinkedHashMap<>();
        reading.rows().forEach((table, count) -> rows.put(switch (table) {
            case EVENTS -> "stored";
            case FAILED_EVENTS -> "failed";
            case DUPLICATE_EVENTS -> "duplicate";
        }, count));
        return rows;
    }
}
