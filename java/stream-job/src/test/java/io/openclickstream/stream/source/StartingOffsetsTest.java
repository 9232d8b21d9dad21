package io.openclickstream.stream.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.openclickstream.kafka.RawTopic;
import io.openclickstream.offsets.NextOffsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A query without a checkpoint")
class StartingOffsetsTest {
    private static final RawTopic TOPIC = new RawTopic("t", "id", Map.of(0, 10L, 1, 0L, 2, 0L), Map.of(0, 50L, 1, 7L, 2, 0L), Instant.EPOCH);

    @Test
    @DisplayName("begins with the oldest records when the tables are new")
    void newTables() {
        assertEquals("{\"t\":{\"0\":10,\"1\":0,\"2\":0}}", StartingOffsets.option(TOPIC, NextOffsets.NONE));
    }

    @Test
    @DisplayName("begins behind what the tables hold, in new partitions with the oldest record")
    void behindTables() {
        assertEquals("{\"t\":{\"0\":42,\"1\":7,\"2\":0}}", StartingOffsets.option(TOPIC, NextOffsets.parse("{\"0\":42,\"1\":7}")));
    }

    @Test
    @DisplayName("begins with the oldest record that is left when Kafka deleted some")
    void deletedRecords() {
        assertEquals("{\"t\":{\"0\":10,\"1\":0,\"2\":0}}", StartingOffsets.option(TOPIC, NextOffsets.parse("{\"0\":4}")));
    }
}
