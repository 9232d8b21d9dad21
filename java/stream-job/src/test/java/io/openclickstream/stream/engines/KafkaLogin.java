package io.openclickstream.stream.engines;

import io.openclickstream.kafka.KafkaConnection;
import io.openclickstream.kafka.KafkaSettings;
import io.openclickstream.kafka.LiveTopic;
import io.openclickstream.kafka.RawTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code KafkaLogin SERVERS CA_FILE MECHANISM TOPIC}: asks for a topic and reads it over the job's connection, without Spark, and
 * prints the number of its records. A process of its own, as name and password come from its environment.
 */
final class KafkaLogin {
    private KafkaLogin() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        KafkaConnection connection = new KafkaConnection(new KafkaSettings(arguments[0], new KafkaSettings.Tls(arguments[1], null, null), arguments[2]));
        RawTopic topic = RawTopic.read(connection, arguments[3]);
        long records = 0;
        try (LiveTopic live = new LiveTopic(connection, topic.name())) {
            for (int partition : topic.end().keySet()) {
                long end = topic.end().get(partition);
                // Each record is fetched: the consumer logs in on connections of its own.
                for (long offset = topic.earliest().get(partition); offset < end; offset++) {
                    records += live.hasRecords(partition, offset, offset + 1) ? 1 : 0;
                }
            }
        }
        System.out.println("records: " + records);
    }

    /** Runs it to its end; gives all that it printed. */
    static String run(KafkaAccess kafka, String topic) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx128m"));
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.addAll(List.of(KafkaLogin.class.getName(), kafka.bootstrapServers(), kafka.caFile(), kafka.mechanism(), topic));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(kafka.environment());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
