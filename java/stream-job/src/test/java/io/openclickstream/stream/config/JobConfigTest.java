package io.openclickstream.stream.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.parse.IpMasking;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("job.json")
class JobConfigTest {
    private static final String GOOD = """
        {"pipeline": {"namespace": "quickstart", "name": "web"},
         "kafka": {"bootstrapServers": "a:9092,b:9092", "topic": "quickstart.web-raw", "security": {"tls": true, "saslMechanism": "PLAIN"}},
         "catalog": {"name": "lake", "uri": "http://nessie:19120/iceberg"},
         "storage": {"endpoint": "http://s3:7070", "region": "us-east-1", "pathStyle": true},
         "tables": {"events": "q.web_events", "failedEvents": "q.web_failed_events", "duplicateEvents": "q.web_duplicate_events"},
         "checkpoint": "s3a://clickstream/checkpoints/quickstart/web",
         "triggerIntervalSeconds": 5, "sessionTimeoutSeconds": 1800, "dedupWindowSeconds": 86400, "watermarkSeconds": 3600,
         "maxRowsPerTrigger": 100000, "ipMasking": "LastOctet", "shufflePartitions": 3}""";

    @Test
    @DisplayName("gives the job all it needs")
    void good() {
        JobConfig config = JobConfig.parse(GOOD);
        assertEquals("quickstart/web", config.pipeline());
        assertEquals("PLAIN", config.kafka().saslMechanism());
        assertNull(config.kafka().caFile());
        assertNull(config.catalog().warehouse());
        assertEquals("q.web_failed_events", config.tables().get(OutputTable.FAILED_EVENTS).toString());
        assertEquals(Duration.ofMinutes(30), config.sessionTimeout());
        assertEquals(IpMasking.LAST_OCTET, config.ipMasking());
        assertEquals(3, config.shufflePartitions());
    }

    @ParameterizedTest(name = "with {1} in place of {0} is refused: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "\"topic\": \"quickstart.web-raw\",||job.json: \"kafka.topic\" must be a text that is not empty",
        "\"tls\": true|\"tls\": \"yes\"|job.json: \"kafka.security.tls\" must be true or false",
        "\"storage\": {|\"storages\": {|job.json: \"storage\" must be an object",
        "\"triggerIntervalSeconds\": 5|\"triggerIntervalSeconds\": 0|job.json: \"triggerIntervalSeconds\" must be a whole number from 1 to 2147483647",
        "\"maxRowsPerTrigger\": 100000|\"maxRowsPerTrigger\": 1.5|job.json: \"maxRowsPerTrigger\" must be a whole number from 1 to 2147483647",
        "\"ipMasking\": \"LastOctet\"|\"ipMasking\": \"Some\"|job.json: \"ipMasking\" must be None, LastOctet or Drop, not \"Some\"",
        "q.web_events|web_events|job.json: \"tables.events\" must be a database and a table with a dot between",
        "\"name\": \"web\"|\"name\": 5|job.json: \"pipeline.name\" must be a text",
    })
    void problems(String part, String replacement, String message) {
        String json = GOOD.replace(part, replacement == null ? "" : replacement);
        assertEquals(message, assertThrows(ConfigException.class, () -> JobConfig.parse(json)).getMessage());
    }

    @Test
    @DisplayName("must be JSON")
    void notJson() {
        String message = assertThrows(ConfigException.class, () -> JobConfig.parse("{")).getMessage();
        assertEquals("job.json must be JSON", message.substring(0, 21));
    }
}
