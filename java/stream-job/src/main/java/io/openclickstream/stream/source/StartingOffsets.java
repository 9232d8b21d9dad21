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
 * Where a query without a checkpoint begins: behind what the tables have together. So a lost checkpoint costs the memory of
 * identifiers and sessions, but neither loses nor doubles a record.
 */
public final class StartingOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(StartingOffsets.class);

    private StartingOffsets() {
    }

    /** The option of Spark's Kafka source. */
    public static String option(RawTopic topic, NextOffsets complete) {
        Map<String, Long> offsets = new TreeMap<>();
        topic.earliest().forEach((partition, earliest) -> {
            long next = complete.of(partition);
            if (next > topic.end().get(partition)) {
                throw new IllegalStateException("the tables hold records up to offset " + next + " of partition " + partition + " of topic \""
                    + topic.name() + "\", which ends at " + topic.end().get(partition) + ": Kafka lost records");
            }
            if (next < earliest && !complete.isEmpty()) {
                LOG.error("Records are lost: Kafka deleted them before they were read topic={} partition={} offsets={}-{}",
                    topic.name(), partition, next, earliest - 1);
            }
            offsets.put(Integer.toString(partition), Math.max(next, earliest));
        });
        if (!complete.isEmpty()) {
            LOG.warn("Starting without a checkpoint behind what the tables hold offsets={}", offsets);
        }
        try {
            return new ObjectMapper().writeValueAsString(Map.of(topic.name(), offsets));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can be written as JSON", e);
        }
    }
}
