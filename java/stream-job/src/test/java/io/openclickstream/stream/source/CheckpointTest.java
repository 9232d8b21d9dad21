package io.openclickstream.stream.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.kafka.RawTopic;
import io.openclickstream.lake.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A checkpoint")
class CheckpointTest {
    private static final Map<String, String> TABLES = Map.of("events", "e1", "failedEvents", "f1", "duplicateEvents", "d1");

    @TempDir
    private Path folder;

    private Checkpoint checkpoint;

    @BeforeEach
    void open() throws IOException {
        checkpoint = new Checkpoint(folder.toString(), new Configuration());
    }

    private static RawTopic topic(String id) {
        return new RawTopic("t", id, Map.of(), Map.of(), Instant.EPOCH);
    }

    private void use() throws IOException {
        Files.createDirectories(folder.resolve("offsets"));
        Files.writeString(folder.resolve("offsets").resolve("0"), "v1");
    }

    @Test
    @DisplayName("belongs to the topic and the tables of its first batch, and says which table is another one")
    void bound() throws IOException {
        checkpoint.bindTo(topic("t0"), Map.of("events", "e0"));
        checkpoint.bindTo(topic("t1"), TABLES);
        use();
        checkpoint.bindTo(topic("t1"), TABLES);
        String message = assertThrows(CheckpointException.class,
            () -> checkpoint.bindTo(topic("t1"), Map.of("events", "e2", "failedEvents", "f1", "duplicateEvents", "d1"))).getMessage();
        assertEquals("CheckpointForeign: the checkpoint \"" + new org.apache.hadoop.fs.Path(folder.toString())
            + "\" belongs to other tables: events has the uuid e2, not e1", message);
        assertTrue(assertThrows(CheckpointException.class, () -> checkpoint.bindTo(topic("t2"), TABLES)).getMessage()
            .startsWith("CheckpointForeign: topic \"t\" is not the one that the checkpoint belongs to"));
    }

    @Test
    @DisplayName("of a job that did not note its tables yet belongs to those that it is started with")
    void earlier() throws IOException {
        use();
        Files.writeString(folder.resolve("topic-id"), "t1");
        checkpoint.bindTo(topic("t1"), TABLES);
        assertThrows(CheckpointException.class, () -> checkpoint.bindTo(topic("t1"), Map.of("events", "e2")));
    }
}
