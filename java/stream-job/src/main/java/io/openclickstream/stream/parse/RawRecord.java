package io.openclickstream.stream.parse;

import java.util.Map;

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
}
