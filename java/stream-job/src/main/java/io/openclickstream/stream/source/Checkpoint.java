package io.openclickstream.stream.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.kafka.RawTopic;
import io.openclickstream.lake.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The folder in which Spark keeps offsets and state of the query, and what the job itself notes there. */
public final class Checkpoint {
    private static final String OFFSETS = "offsets";
    private static final String COMMITS = "commits";
    private static final String TOPIC_ID = "topic-id";
    private static final String TABLES = "tables";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final FileSystem files;

    public Checkpoint(String folder, Configuration hadoop) throws IOException {
        this.folder = new Path(folder);
        this.files = this.folder.getFileSystem(hadoop);
    }

    /** Whether the query has begun a batch on it. */
    public boolean isUsed() throws IOException {
        Path offsets = new Path(folder, OFFSETS);
        return files.exists(offsets) && files.listStatus(offsets).length > 0;
    }

    /** The newest batch that was done; null when there is none. */
    public Long lastBatch() throws IOException {
        Path commits = new Path(folder, COMMITS);
        if (!files.exists(commits)) {
            return null;
        }
        return Stream.of(files.listStatus(commits))
            .map(file -> file.getPath().getName())
            .filter(name -> name.matches("\\d+"))
            .map(Long::valueOf)
            .max(Long::compare)
            .orElse(null);
    }

    /**
     * Fails when the checkpoint belongs to another topic of the name, or to other tables. Offsets begin again in a topic that was created
     * again, and those of the checkpoint would point into other records; and what it takes for stored is not in other tables.
     *
     * @param tables the tables' uuids by name
     */
    public void bindTo(RawTopic topic, Map<String, String> tables) throws IOException {
        String topicBefore = bind(TOPIC_ID, topic.id());
        if (!topicBefore.equals(topic.id())) {
            throw foreign("topic \"" + topic.name() + "\" is not the one that the checkpoint belongs to: it was deleted and created again (topic"
                + " id " + topic.id() + ", was " + topicBefore + "); records of the old one that were not read are lost");
        }
        String now = JSON.writeValueAsString(new TreeMap<>(tables));
        String before = bind(TABLES, now);
        if (!before.equals(now)) {
            JsonNode known = JSON.readTree(before);
            String others = tables.entrySet().stream()
                .filter(table -> !known.path(table.getKey()).asText().equals(table.getValue()))
                .map(table -> table.getKey() + " has the uuid " + table.getValue() + ", not " + known.path(table.getKey()).asText())
                .sorted()
                .collect(Collectors.joining(", "));
            throw foreign("the checkpoint \"" + folder + "\" belongs to other tables: " + others);
        }
    }

    private static CheckpointException foreign(String message) {
        return new CheckpointException(CheckpointException.Reason.FOREIGN, message);
    }

    /** What the file says; a checkpoint without a batch, or without the file, takes over what is now. */
    private String bind(String name, String now) throws IOException {
        Path file = new Path(folder, name);
        if (isUsed() && files.exists(file)) {
            try (FSDataInputStream input = files.open(file)) {
                return new String(input.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
        }
        try (FSDataOutputStream output = files.create(file, true)) {
            output.write(now.getBytes(StandardCharsets.UTF_8));
        }
        return now;
    }
}
