package io.openclickstream.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The event model")
class EventModelTest {
    @Test
    @DisplayName("lets every row be found by its place in Kafka")
    void accounting() {
        for (OutputTable table : OutputTable.values()) {
            for (String column : List.of("kafka_partition", "kafka_offset", "event_id", "received_at")) {
                assertTrue(
                    table.columns().stream().anyMatch(candidate -> candidate.name().equals(column) && candidate.required()), table + "." + column);
            }
        }
    }
}
