package io.openclickstream.stream.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.stream.parse.FailureReason;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The event model")
class EventModelTest {
    /** Columns that the job's code sets by name. One that the model loses or gains must be dealt with there. */
    private static final Set<String> EVENT_COLUMNS = Set.of(
        "event_id", "event_type", "event_time", "received_at", "processed_at", "visitor_id", "anonymous_id", "user_id", "session_id",
        "session_start", "session_event_index", "page_url", "page_scheme", "page_host", "page_path", "page_query", "page_fragment",
        "page_title", "referrer_url", "referrer_host", "referrer_class", "utm_source", "utm_medium", "utm_campaign", "utm_term",
        "utm_content", "click_id", "http_method", "http_status", "http_response_bytes", "ip", "user_agent", "browser_name",
        "browser_version", "os_name", "os_version", "device_name", "is_bot", "language", "properties", "source", "kafka_partition",
        "kafka_offset");

    @Test
    @DisplayName("has the columns that the job fills")
    void columns() {
        assertEquals(EVENT_COLUMNS, names(OutputTable.EVENTS));
        assertEquals(
            Set.of("event_id", "reason", "field", "message", "payload", "content_type", "ip", "user_agent", "received_at", "processed_at",
                "kafka_partition", "kafka_offset"),
            names(OutputTable.FAILED_EVENTS));
        assertEquals(
            Set.of("event_id", "first_received_at", "received_at", "processed_at", "kafka_partition", "kafka_offset"),
            names(OutputTable.DUPLICATE_EVENTS));
    }

    @Test
    @DisplayName("has the failure reasons that the job gives")
    void reasons() {
        List<String> ours = Arrays.stream(FailureReason.values()).map(FailureReason::text).toList();
        assertEquals(Set.copyOf(ours), Set.copyOf(EventModel.failureReasons()));
    }

    @Test
    @DisplayName("lets every row be found by its place in Kafka")
    void accounting() {
        for (OutputTable table : OutputTable.values()) {
            for (String column : List.of("kafka_partition", "kafka_offset", "event_id", "received_at")) {
                assertTrue(table.columns().get(table.position(column)).required(), table + "." + column);
            }
        }
    }

    private static Set<String> names(OutputTable table) {
        return table.columns().stream().map(Column::name).collect(Collectors.toSet());
    }
}
