package io.openclickstream.stream.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.kafka.RawTopic;
import io.openclickstream.offsets.NextOffsets;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a query without a checkpoint begins: where the tables say, or with the oldest record that is left. So a lost checkpoint costs the
 * memory of identifiers and sessions, but neither loses nor doubles a record.
 */
public final class StartingOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(StartingOffsets.class);

    private StartingOffsets() {
    }

    /** The option of Spark's Kafka source. The tables begin within what the topic has had. */
    public static String option(RawTopic topic, NextOffsets begin) {
        Map<String, Long> offsets = new TreeMap<>();
        topic.earliest().forEach((partition, earliest) -> {
            long next = begin.of(partition);
            if (next < earliest && !begin.isEmpty()) {
                LOG.error("Records are lost: Kafka deleted them before they were read topic={} partition={} offsets={}-{}",
                    topic.name(), partition, next, earliest - 1);
            }
            offsets.put(Integer.toString(partition), Math.max(next, earliest));
        });
        if (!begin.isEmpty()) {
            LOG.warn("Starting without a checkpoint offsets={}", offsets);
        }
        try {
            return new ObjectMapper().writeValueAsString(Map.of(topic.name(), offsets));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can be written as JSON", e);
        }
    }
}
