package io.openclickstream.stream.source;

import io.openclickstream.kafka.RawTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
     * Fails when the checkpoint belongs to a topic that was deleted and created again. Offsets begin anew in such a topic, and those
     * of the checkpoint would point into other records: silently past them, or at a place that does not exist yet.
     */
    public void bindTo(RawTopic topic) throws IOException {
        Path file = new Path(folder, TOPIC_ID);
        if (!isUsed() || !files.exists(file)) {
            try (FSDataOutputStream output = files.create(file, true)) {
                output.write(topic.id().getBytes(StandardCharsets.UTF_8));
            }
            return;
        }
        try (FSDataInputStream input = files.open(file)) {
            String known = new String(input.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!known.equals(topic.id())) {
                throw new IllegalStateException(
                    "topic \"" + topic.name() + "\" is not the one that the checkpoint belongs to: it was deleted and created again (topic"
                        + " id " + topic.id() + ", was " + known + "); records of the old one that were not read are lost. To go on with the"
                        + " new topic, delete the checkpoint \"" + folder + "\"");
            }
        }
    }
}
