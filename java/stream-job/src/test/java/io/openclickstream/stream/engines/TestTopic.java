package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A raw topic, filled as the collector fills it. */
final class TestTopic {
    private final KafkaAccess kafka;
    private final String name;
    private final int partitions;

    TestTopic(KafkaAccess kafka, String name, int partitions) {
        this.kafka = kafka;
        this.name = name;
        this.partitions = partitions;
    }

    String name() {
        return name;
    }

    void create() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka.clientSettings())) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
        }
    }

    void delete() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka.clientSettings())) {
            admin.deleteTopics(List.of(name)).all().get();
        }
    }

    /** Deletes a partition's records before an offset, as the end of their retention does. */
    void deleteRecords(int partition, long before) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka.clientSettings())) {
            admin.deleteRecords(Map.of(new TopicPartition(name, partition), RecordsToDelete.beforeOffset(before))).all().get();
        }
    }

    /** Records in the topic. */
    long records() throws ExecutionException, InterruptedException {
        long records = 0;
        try (Admin admin = Admin.create(kafka.clientSettings())) {
            for (int partition = 0; partition < partitions; partition++) {
                TopicPartition at = new TopicPartition(name, partition);
                records += admin.listOffsets(Map.of(at, OffsetSpec.latest())).partitionResult(at).get().offset();
            }
        }
        return records;
    }

    /** Each line of an access log as one event, in order, with the same identifier at every replay. */
    void replay(Path log) throws IOException {
        ObjectMapper json = new ObjectMapper();
        int number = 0;
        try (KafkaProducer<String, byte[]> producer = producer()) {
            for (String line : Files.readAllLines(log)) {
                number++;
                String id = HexFormat.of().toHexDigits(number) + "-" + Integer.toHexString(line.hashCode());
                byte[] value = json.writeValueAsBytes(Map.of("event_id", id, "format", "combined", "line", line));
                producer.send(record(line.split(" ", 2)[0], value, Map.of()));
            }
        }
    }

    void send(String key, String event) {
        try (KafkaProducer<String, byte[]> producer = producer()) {
            producer.send(record(key, event.getBytes(StandardCharsets.UTF_8), Map.of()));
        }
    }

    void send(String key, List<byte[]> events, Map<String, String> headers) {
        try (KafkaProducer<String, byte[]> producer = producer()) {
            for (byte[] event : events) {
                producer.send(record(key, event, headers));
            }
        }
    }

    private ProducerRecord<String, byte[]> record(String key, byte[] value, Map<String, String> headers) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(name, key, value);
        Map.of(
            "record_id", UUID.randomUUID().toString(),
            "received_at", Long.toString(System.currentTimeMillis()),
            "source", "http",
            "content_type", "application/x-ndjson",
            "ip", "10.0.0.1",
            "user_agent", "kubectl-clickstream/0.1.0").forEach((header, text) -> add(record, header, text));
        headers.forEach((header, text) -> add(record, header, text));
        return record;
    }

    private static void add(ProducerRecord<String, byte[]> record, String header, String text) {
        record.headers().add(header, text.getBytes(StandardCharsets.UTF_8));
    }

    private KafkaProducer<String, byte[]> producer() {
        Map<String, Object> settings = kafka.clientSettings();
        settings.put("acks", "all");
        settings.put("linger.ms", "5");
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }
}
