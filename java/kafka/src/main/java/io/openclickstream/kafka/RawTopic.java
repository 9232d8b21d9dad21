package io.openclickstream.kafka;

import io.openclickstream.offsets.KeptRecords;
import io.openclickstream.offsets.NextOffsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * The raw topic as Kafka has it now.
 *
 * @param name its name
 * @param id its identifier, which a topic of the same name that is created anew does not share
 * @param earliest the first offset that Kafka still has, by partition
 * @param end the offset behind the last record, by partition
 * @param since when the earliest record was sent; the present, when Kafka has none
 */
public record RawTopic(String name, String id, Map<Integer, Long> earliest, Map<Integer, Long> end, Instant since) {

    /** Asks Kafka. */
    public static RawTopic read(KafkaConnection connection, String name) throws InterruptedException {
        try (Admin admin = Admin.create(connection.clientProperties())) {
            TopicDescription topic = admin.describeTopics(List.of(name)).topicNameValues().get(name).get();
            // Before the records: without any of them, none of those that are sent from now on is older.
            long now = System.currentTimeMillis();
            return new RawTopic(
                name, topic.topicId().toString(), offsets(admin, topic, OffsetSpec.earliest()), offsets(admin, topic, OffsetSpec.latest()),
                Instant.ofEpochMilli(earliestTime(admin, topic, now)));
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic \"" + name + "\" cannot be described: " + e.getCause(), e.getCause());
        }
    }

    /** What Kafka has of it. */
    public KeptRecords kept() {
        return new KeptRecords(id, NextOffsets.at(earliest), NextOffsets.at(end), since);
    }

    /** Kafka tells a record's time only to those who ask for the first one from a time on. */
    private static long earliestTime(Admin admin, TopicDescription topic, long now) throws ExecutionException, InterruptedException {
        return list(admin, topic, OffsetSpec.forTimestamp(0)).values().stream()
            .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::timestamp)
            .filter(time -> time >= 0)
            .min()
            .orElse(now);
    }

    private static Map<Integer, Long> offsets(Admin admin, TopicDescription topic, OffsetSpec which)
        throws ExecutionException, InterruptedException {
        Map<Integer, Long> offsets = new TreeMap<>();
        list(admin, topic, which).forEach((partition, found) -> offsets.put(partition.partition(), found.offset()));
        return offsets;
    }

    private static Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> list(
        Admin admin, TopicDescription topic, OffsetSpec which) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (TopicPartitionInfo partition : topic.partitions()) {
            wanted.put(new TopicPartition(topic.name(), partition.partition()), which);
        }
        return admin.listOffsets(wanted).all().get();
    }
}
