package io.openclickstream.stream.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.admin.Admin;

/**
 * Notices that the topic was deleted and created again. Its offsets then begin anew, and offsets of the checkpoint would
 * point into other records: silently past them, or at a place that does not exist yet.
 */
public final class TopicIdentity {
    private static final String FILE = "topic-id";

    private TopicIdentity() {
    }

    /** The topic's identifier as Kafka has it. */
    public static String read(KafkaConnection connection, String topic) throws InterruptedException {
        try (Admin admin = Admin.create(connection.clientProperties())) {
            return admin.describeTopics(List.of(topic)).topicNameValues().get(topic).get().topicId().toString();
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic \"" + topic + "\" cannot be described: " + e.getCause(), e.getCause());
        }
    }

    /** Compares with the identifier beside the checkpoint, and writes it there at the first start. */
    public static void check(String checkpoint, String topic, String topicId, Configuration hadoop) throws IOException {
        Path file = new Path(checkpoint, FILE);
        FileSystem files = file.getFileSystem(hadoop);
        if (!files.exists(file)) {
            try (FSDataOutputStream output = files.create(file, true)) {
                output.write(topicId.getBytes(StandardCharsets.UTF_8));
            }
            return;
        }
        try (FSDataInputStream input = files.open(file)) {
            String known = new String(input.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!known.equals(topicId)) {
                throw new IllegalStateException(
                    "topic \"" + topic + "\" is not the one that the checkpoint belongs to: it was deleted and created again (topic id "
                        + topicId + ", was " + known + "); records of the old one that were not read are lost. To go on with the new"
                        + " topic, delete the checkpoint \"" + checkpoint + "\"");
            }
        }
    }
}
