package io.openclickstream.stream.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.JobDocument;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.enrich.Enrichments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

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
        assertNull(config.kafka().tls().caFile());
        assertNull(config.catalog().warehouse());
        assertNull(config.catalog().client());
        assertEquals(List.of(), config.authorityFiles());
        assertEquals("q.web_failed_events", config.tables().get(OutputTable.FAILED_EVENTS).toString());
        assertEquals(Duration.ofMinutes(30), config.sessionTimeout());
        assertEquals(Masking.LAST_OCTET, config.ipMasking());
        assertEquals(3, config.shufflePartitions());
    }

    @ParameterizedTest(name = "as the operator writes it in {0}")
    @MethodSource("goldens")
    @DisplayName("is understood")
    void golden(Path file) throws IOException {
        int documents = 0;
        for (Object resource : new Yaml().loadAll(Files.readString(file))) {
            if (resource instanceof Map<?, ?> map && map.get("data") instanceof Map<?, ?> data && data.get("job.json") instanceof String json) {
                JobConfig config = JobConfig.parse(json);
                assertEquals("quickstart/web", config.pipeline());
                assertEquals(Set.of(OutputTable.values()), config.tables().keySet());
                documents++;
            }
        }
        assertEquals(1, documents, "job.json in " + file);
    }

    /** The operator's own goldens: what its tests say that it writes. */
    static List<Path> goldens() throws IOException {
        Path folder = Path.of("../../src/controllers/clickstream-pipeline/testdata");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> goldens = new ArrayList<>();
            for (Path file : files.filter(path -> path.toString().endsWith(".golden.yaml")).sorted().toList()) {
                if (Files.readString(file).contains("job.json: |")) {
                    goldens.add(file);
                }
            }
            assertFalse(goldens.isEmpty(), "no golden with a job.json in " + folder);
            return goldens;
        }
    }

    @Test
    @DisplayName("applies every enrichment that it does not switch off")
    void enrichments() {
        assertEquals(Enrichments.ALL, JobConfig.parse(GOOD).enrichments());
        String without = GOOD.replace("\"shufflePartitions\"", "\"enrichments\": {\"userAgent\": false}, \"shufflePartitions\"");
        assertEquals(new JobDocument.Enrichments(true, true, false), JobConfig.parse(without).enrichments());
    }

    @Test
    @DisplayName("fills further columns from properties, of which there are none without a word")
    void propertyColumns() {
        assertEquals(Map.of(), JobConfig.parse(GOOD).propertyColumns().propertyOf());
        String with = GOOD.replace("\"shufflePartitions\"",
            "\"propertyColumns\": [{\"column\": \"colour\", \"property\": \"item.colour\"}], \"shufflePartitions\"");
        assertEquals(Map.of("colour", "item.colour"), JobConfig.parse(with).propertyColumns().propertyOf());
        String wrong = with.replace("\"item.colour\"", "1");
        assertEquals("job.json: \"propertyColumns[0].property\" must be a text",
            assertThrows(ConfigException.class, () -> JobConfig.parse(wrong)).getMessage());
    }

    @ParameterizedTest(name = "with {1} in place of {0} is refused: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "\"topic\": \"quickstart.web-raw\",||job.json: \"kafka.topic\" must be a text that is not empty",
        "\"tls\": true|\"tls\": \"yes\"|job.json: \"kafka.security.tls\" must be true or false",
        "\"storage\": {|\"storages\": {|job.json: \"storage\" must be an object",
        "\"triggerIntervalSeconds\": 5|\"triggerIntervalSeconds\": 0|job.json: \"triggerIntervalSeconds\" must be a whole number from 1 to 2147483647",
        "\"maxRowsPerTrigger\": 100000|\"maxRowsPerTrigger\": 1.5|job.json: \"maxRowsPerTrigger\" must be a whole number from 1 to 2147483647",
        "\"ipMasking\": \"LastOctet\"|\"ipMasking\": \"Some\"|job.json: \"ipMasking\" must be one of None, LastOctet, Drop, not \"Some\"",
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
