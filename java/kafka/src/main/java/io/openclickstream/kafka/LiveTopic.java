package io.openclickstream.kafka;

import io.openclickstream.offsets.SourceTopic;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Asks Kafka about the raw topic while the job runs. */
public final class LiveTopic implements SourceTopic, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaConnection connection;
    private final String name;
    private final Admin admin;

    public LiveTopic(KafkaConnection connection, String name) {
        this.connection = connection;
        this.name = name;
        this.admin = Admin.create(connection.clientProperties());
    }

    @Override
    public String id() throws InterruptedException {
        try {
            return admin.describeTopics(List.of(name)).topicNameValues().get(name).get().topicId().toString();
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic \"" + name + "\" cannot be described: " + e.getCause(), e.getCause());
        }
    }

    /** Reads, since offsets alone do not tell: Kafka may have deleted records, and transactions leave offsets without any. */
    @Override
    public boolean hasRecords(int partition, long from, long to) {
        Properties properties = connection.clientProperties();
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        TopicPartition at = new TopicPartition(name, partition);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(at));
            consumer.seek(at, from);
            while (consumer.position(at) < to) {
                for (ConsumerRecord<byte[], byte[]> first : consumer.poll(POLL)) {
                    return first.offset() < to;
                }
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                        "partition " + partition + " of topic \"" + name + "\" cannot be read from offset " + from + " on");
                }
            }
            return false;
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
