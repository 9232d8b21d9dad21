package io.openclickstream.stream.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.kafka.KafkaConnection;
import io.openclickstream.kafka.KafkaSettings;
import io.openclickstream.kafka.LiveTopic;
import io.openclickstream.kafka.RawTopic;
import io.openclickstream.model.OutputTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The job on real engines")
class StreamJobIT {
    private static Engines engines;

    @TempDir
    private Path folder;

    private Pipeline pipeline;

    @BeforeAll
    static void findEngines() throws IOException {
        engines = Engines.load();
    }

    @BeforeEach
    void createPipeline() throws Exception {
        pipeline = Pipeline.create(engines, engines.kafka(), folder);
    }

    private static long rows(JsonNode progress) {
        long rows = 0;
        for (JsonNode count : progress.path("rows")) {
            rows += count.longValue();
        }
        return rows;
    }

    /** The start of a job begins to count anew, so what is done is told by the lag. */
    private static void awaitAllRead(JobProcess job) throws IOException, InterruptedException {
        job.await("the job has read everything", progress ->
            progress.path("state").asText().equals("RUNNING") && progress.path("lag").isNumber() && progress.path("lag").asLong() == 0);
    }

    @Test
    @DisplayName("stores a real log once, however often it is killed, and knows every line of a second replay")
    void killed() throws Exception {
        Path log = Path.of(System.getProperty("access.log"));
        assertTrue(Files.exists(log), "no access log at " + log);
        LogCount count = LogCount.of(log);
        pipeline.topic().replay(log);
        Random random = new Random(4);
        for (int kill = 0; kill < 3; kill++) {
            try (JobProcess job = pipeline.startJob()) {
                job.await("a batch is done after kill " + kill, progress -> rows(progress) > 0);
                Thread.sleep(random.nextInt(1500));
            }
        }
        try (JobProcess job = pipeline.startJob()) {
            awaitAllRead(job);
            pipeline.expectCounts(count.lines() - count.malformed(), count.malformed(), 0);
            List<Record> events = pipeline.lake().rows(OutputTable.EVENTS);
            assertEquals(count.visitors(), events.stream().map(row -> row.getField("visitor_id")).distinct().count(), "visitors");
            assertEquals(count.sessions(), events.stream().map(row -> row.getField("session_id")).distinct().count(), "sessions");

            pipeline.topic().replay(log);
            job.await("the second replay is read", progress -> JobProcess.read(progress) == 2L * count.lines());
            assertEquals(0, job.terminate(), job.logEnd());
        }
        pipeline.expectCounts(count.lines() - count.malformed(), count.malformed(), count.lines());
    }

    @Test
    @DisplayName("adds nothing twice when its newest commit is forgotten, and stops within a batch on a signal")
    void forgottenCommit() throws Exception {
        pipeline.topic().send("a", Pipeline.events("a", 50), Map.of());
        pipeline.topic().send("a", Pipeline.events("a", 10), Map.of("failure", "too_large", "failure_message", "too large"));
        try (JobProcess job = pipeline.startJob()) {
            awaitAllRead(job);
            assertEquals(0, job.terminate(), job.logEnd());
        }
        pipeline.expectCounts(50, 10, 0);
        pipeline.forgetNewestCommit();
        pipeline.topic().send("b", Pipeline.events("b", 5), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            job.await("the new events are read", progress -> JobProcess.read(progress) == 65);
            assertTrue(job.log().contains("Passing over a table that already holds the batch"), job.logEnd());
            assertTrue(job.get("/metrics").contains("openclickstream_stream_lag_records 0"), job.get("/metrics"));
            assertEquals(0, job.terminate(), job.logEnd());
        }
        pipeline.expectCounts(55, 10, 0);
    }

    /** One start for two systems that know nothing of each other. */
    @Test
    @DisplayName("reads from a Kafka that asks for TLS and SASL, needs no keys where a token service gives some, and says no secret anywhere")
    void passwordAndToken() throws Exception {
        KafkaAccess kafka = engines.securedKafka().with("SCRAM-SHA-512");
        pipeline = Pipeline.create(engines, kafka, folder);
        pipeline.topic().send("a", Pipeline.events("a", 20), Map.of());
        try (JobProcess job = pipeline.startJobWithIdentity()) {
            awaitAllRead(job);
            assertEquals(0, job.terminate(), job.logEnd());
            assertFalse(job.log().contains(kafka.password()), "the log holds the password");
            assertFalse(job.log().contains(engines.tokenService().token()), "the log holds the token");
        }
        pipeline.expectCounts(20, 0, 0);
    }

    @Test
    @DisplayName("reads from a Kafka that asks for a client's certificate, and trusts the private authority of S3 that it is told of")
    void certificates() throws Exception {
        pipeline = Pipeline.create(engines, engines.mutualKafka(), folder);
        pipeline.topic().send("a", Pipeline.events("a", 20), Map.of());
        try (JobProcess job = pipeline.startPrivateJob(List.of(engines.privateStorage().caFile()))) {
            awaitAllRead(job);
            assertEquals(0, job.terminate(), job.logEnd());
            assertFalse(job.log().contains("PRIVATE KEY"), "the log holds the key");
        }
        pipeline.expectCounts(20, 0, 0);
    }

    /** Spark's source gets the same settings; what differs between mechanisms is in Kafka's client alone. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256"})
    @DisplayName("logs in to such a Kafka by the other mechanisms too, and says its password nowhere")
    void mechanisms(String mechanism) throws Exception {
        KafkaAccess kafka = engines.securedKafka().with(mechanism);
        TestTopic topic = new TestTopic(kafka, "jobtest.login-" + UUID.randomUUID(), 1);
        topic.create();
        topic.send("a", Pipeline.events("a", 3), Map.of());
        String output = KafkaLogin.run(kafka, topic.name());
        assertTrue(output.contains("records: 3"), output);
        assertFalse(output.contains(kafka.password()), "the password is told");
    }

    @Test
    @DisplayName("says what is wrong with a password that Kafka refuses, and does not say the password")
    void refusedLogin() throws Exception {
        KafkaAccess good = engines.securedKafka().with("SCRAM-SHA-512");
        pipeline = Pipeline.create(engines, good, folder);
        try (JobProcess job = pipeline.startJob(good.withPassword("wrong-pa55word"))) {
            assertEquals(1, job.awaitExit());
            assertTrue(job.terminationMessage().contains("invalid credentials"), job.terminationMessage());
            assertFalse((job.terminationMessage() + job.log()).contains("wrong-pa55word"), "the password is told");
        }
    }

    @Test
    @DisplayName("loses and doubles nothing when two drivers work on one checkpoint")
    void twoDrivers() throws Exception {
        try (JobProcess first = pipeline.startJob(); JobProcess second = pipeline.startJob()) {
            first.awaitReadyOrEnd();
            second.awaitReadyOrEnd();
            for (int round = 0; round < 5; round++) {
                pipeline.topic().send("k" + round, Pipeline.events("r" + round + "-", 20), Map.of());
                first.awaitReadOrEnd(20L * (round + 1));
                second.awaitReadOrEnd(20L * (round + 1));
            }
            assertTrue(!first.isAlive() || !second.isAlive(), "both go on\n" + first.logEnd() + "\n\n" + second.logEnd());
        }
        try (JobProcess job = pipeline.startJob()) {
            job.await("everything is read", progress -> JobProcess.read(progress) == 100);
        }
        pipeline.expectCounts(100, 0, 0);
    }

    @Test
    @DisplayName("knows the topic's id, and where Kafka has records and where it deleted them")
    void liveTopic() throws Exception {
        pipeline.topic().send("a", Pipeline.events("a", 5), Map.of());
        String name = pipeline.topic().name();
        KafkaConnection connection = new KafkaConnection(new KafkaSettings(engines.kafka().bootstrapServers(), null, null));
        RawTopic raw = RawTopic.read(connection, name);
        assertTrue(Duration.between(raw.since(), Instant.now()).abs().toMinutes() < 10, "not when they were sent: " + raw.since());
        int partition = raw.end().entrySet().stream().filter(end -> end.getValue() == 5).findFirst().orElseThrow().getKey();
        try (LiveTopic topic = new LiveTopic(connection, name)) {
            assertEquals(raw.id(), topic.id());
            assertTrue(topic.hasRecords(partition, 4, 5));
            pipeline.topic().deleteRecords(partition, 3);
            assertTrue(topic.hasRecords(partition, 0, 4));
            assertFalse(topic.hasRecords(partition, 0, 3));
        }
    }

    @Test
    @DisplayName("refuses to start when it lost its checkpoint, and goes on behind its tables with a recovery, wherever it was killed")
    void lostCheckpoint() throws Exception {
        for (int round = 0; round < 2; round++) {
            pipeline.topic().send("k" + round, Pipeline.events("r" + round + "-", 2000), Map.of());
            pipeline.topic().send("f" + round, Pipeline.events("f" + round + "-", 500), Map.of("failure", "too_large"));
            try (JobProcess job = pipeline.startJob()) {
                job.await("a batch is done in round " + round, progress -> rows(progress) > 0);
            }
            pipeline.deleteCheckpoint();
            try (JobProcess job = pipeline.startJob()) {
                assertEquals(1, job.awaitExit());
                assertTrue(job.terminationMessage().startsWith("CheckpointLost: "), job.terminationMessage());
            }
            pipeline.recover("r" + round, false);
        }
        try (JobProcess job = pipeline.startJob()) {
            job.await("everything is read", progress -> JobProcess.read(progress) == 5000);
        }
        pipeline.expectCounts(4000, 1000, 0);
    }

    @Test
    @DisplayName("stores again what a dropped table held, from Kafka, and writes no row of the others twice")
    void droppedTable() throws Exception {
        pipeline.topic().send("a", Pipeline.events("a", 3000), Map.of());
        pipeline.topic().send("f", Pipeline.events("f", 500), Map.of("failure", "too_large"));
        pipeline.topic().send("b", Pipeline.events("a", 200), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            job.await("everything is read", progress -> JobProcess.read(progress) == 3700);
            job.terminate();
        }
        pipeline.expectCounts(3000, 500, 200);
        pipeline.lake().replace(OutputTable.EVENTS);
        try (JobProcess job = pipeline.startJob()) {
            assertEquals(1, job.awaitExit());
            assertTrue(job.terminationMessage().startsWith("CheckpointForeign: "), job.terminationMessage());
        }
        pipeline.recover("r1", true);
        pipeline.topic().send("c", Pipeline.events("c", 10), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            job.await("what was lost and what is new is stored", progress -> JobProcess.read(progress) == 3710);
        }
        pipeline.expectCounts(3010, 500, 200);
    }

    @Test
    @DisplayName("refuses a topic that was deleted and created again, until it is recovered")
    void newTopic() throws Exception {
        pipeline.topic().send("a", Pipeline.events("a", 3), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            awaitAllRead(job);
            job.terminate();
        }
        pipeline.topic().delete();
        pipeline.topic().create();
        pipeline.topic().send("b", Pipeline.events("b", 4), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            assertEquals(1, job.awaitExit());
            assertTrue(job.terminationMessage().contains("it was deleted and created again"), job.terminationMessage());
            assertTrue(job.terminationMessage().startsWith("CheckpointForeign: "), job.terminationMessage());
        }
        pipeline.recover("r1", false);
        try (JobProcess job = pipeline.startJob()) {
            awaitAllRead(job);
        }
        assertEquals(7, pipeline.lake().counts().get(OutputTable.EVENTS));
    }
}
