package io.openclickstream.stream.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.streaming.SourceProgress;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/**
 * What Spark says of one finished batch.
 *
 * @param offsets next offset to read, by partition
 * @param lag records in Kafka that the batch left unread; null when Spark did not ask Kafka, as for a batch that is done again
 */
public record BatchProgress(
    long batchId,
    double inputRowsPerSecond,
    double processedRowsPerSecond,
    Map<String, Long> offsets,
    Long lag,
    long durationMillis) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The progress of a query whose only source is Kafka. */
    public static BatchProgress of(StreamingQueryProgress progress) {
        SourceProgress source = progress.sources()[0];
        Map<String, Long> end = offsets(source.endOffset());
        return new BatchProgress(
            progress.batchId(),
            orZero(progress.inputRowsPerSecond()),
            orZero(progress.processedRowsPerSecond()),
            end,
            source.latestOffset() == null ? null : lag(end, offsets(source.latestOffset())),
            progress.batchDuration());
    }

    /** Offsets by partition out of Spark's {@code {"topic": {"0": 17}}}. */
    static Map<String, Long> offsets(String json) {
        Map<String, Long> offsets = new TreeMap<>();
        if (json == null) {
            return offsets;
        }
        try {
            for (JsonNode partitions : JSON.readTree(json)) {
                partitions.fields().forEachRemaining(entry -> offsets.put(entry.getKey(), entry.getValue().longValue()));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not offsets of a Kafka source: " + json, e);
        }
        return offsets;
    }

    static long lag(Map<String, Long> read, Map<String, Long> latest) {
        return latest.entrySet().stream()
            .mapToLong(entry -> Math.max(0, entry.getValue() - read.getOrDefault(entry.getKey(), 0L)))
            .sum();
    }

    private static double orZero(double rate) {
        return Double.isFinite(rate) ? rate : 0;
    }
}
