package io.openclickstream.stream.engines;

import io.openclickstream.stream.GeneratedEvents;
import io.openclickstream.testing.TestLake;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** {@code Backlog EVENTS VISITORS TOPIC PARTITIONS DATABASE PREFIX}: makes a topic and its tables, and fills the topic while no job reads it. */
public final class Backlog {
    private Backlog() {
    }

    public static void main(String[] arguments) throws IOException, ExecutionException, InterruptedException {
        long events = Long.parseLong(arguments[0]);
        GeneratedEvents generated = new GeneratedEvents(Integer.parseInt(arguments[1]));
        String topic = arguments[2];
        Engines engines = Engines.load();
        new TestTopic(engines.kafka(), topic, Integer.parseInt(arguments[3])).create();
        new TestLake(engines.lake().catalog(), arguments[4], arguments[5]).create();
        Map<String, Object> settings = engines.kafka().clientSettings();
        // As the collector writes.
        settings.putAll(Map.of("acks", "all", "compression.type", "snappy", "linger.ms", "20", "batch.size", "262144"));
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            for (long number = 0; number < events; number++) {
                ProducerRecord<String, byte[]> sent = new ProducerRecord<>(topic, generated.visitor(number), generated.value(number));
                generated.headers(number)
                    .forEach((name, value) -> sent.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
                producer.send(sent, (metadata, failure) -> {
                    if (failure != null) {
                        throw new IllegalStateException("the topic could not be filled", failure);
                    }
                });
            }
        }
    }
}
