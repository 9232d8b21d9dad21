package io.openclickstream.stream.parse;

import io.openclickstream.model.RecordHeaders;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One record of the raw topic.
 *
 * @param value the event's bytes; empty when the record has no value
 * @param headers record headers as text
 * @param partition Kafka partition
 * @param offset Kafka offset in the partition
 * @param timestampMicros Kafka's timestamp of the record, microseconds since the epoch
 */
public record RawRecord(byte[] value, Map<String, String> headers, int partition, long offset, long timestampMicros) {
    /** Text of a header, or null when it is absent or empty. */
    public String header(String name) {
        String value = headers.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** The collector's name for the record. One of another producer has none; its place in Kafka is as good a name. */
    public String id() {
        String id = header(RecordHeaders.RECORD_ID);
        return id == null ? "kafka-" + partition + "-" + offset : id;
    }

    /** When the collector received it, in microseconds since the epoch; without it, when Kafka did. */
    public long receivedAtMicros() {
        String millis = header(RecordHeaders.RECEIVED_AT);
        // 15 digits of milliseconds reach the year 33658; more would overflow as microseconds.
        boolean isNumber = millis != null && millis.length() <= 15 && millis.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? TimeUnit.MILLISECONDS.toMicros(Long.parseLong(millis)) : timestampMicros;
    }
}
