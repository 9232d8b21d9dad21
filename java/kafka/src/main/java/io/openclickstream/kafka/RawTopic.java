package io.openclickstream.kafka;

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
 */
public record RawTopic(String name, String id, Map<Integer, Long> earliest, Map<Integer, Long> end) {

    /** Asks Kafka. */
    public static RawTopic read(KafkaConnection connection, String name) throws InterruptedException {
        try (Admin admin = Admin.create(connection.clientProperties())) {
            TopicDescription topic = admin.describeTopics(List.of(name)).topicNameValues().get(name).get();
            return new RawTopic(
                name, topic.topicId().toString(), offsets(admin, topic, OffsetSpec.earliest()), offsets(admin, topic, OffsetSpec.latest()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic \"" + name + "\" cannot be described: " + e.getCause(), e.getCause());
        }
    }

    private static Map<Integer, Long> offsets(Admin admin, TopicDescription topic, OffsetSpec which)
        throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (TopicPartitionInfo partition : topic.partitions()) {
            wanted.put(new TopicPartition(topic.name(), partition.partition()), which);
        }
        Map<Integer, Long> offsets = new TreeMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> entry : admin.listOffsets(wanted).all().get().entrySet()) {
            offsets.put(entry.getKey().partition(), entry.getValue().offset());
        }
        return offsets;
    }
}
