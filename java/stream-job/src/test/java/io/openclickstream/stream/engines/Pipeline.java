package io.openclickstream.stream.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.testing.TestLake;
import io.openclickstream.model.OutputTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.iceberg.data.Record;

/** A pipeline's topic, tables and checkpoint on the real engines, all new. */
final class Pipeline {
    private static final int PARTITIONS = 3;
    private static final int VISITORS = 7;

    private final Engines engines;
    private final KafkaAccess kafka;
    private final Path folder;
    private final String name = "p" + UUID.randomUUID().toString().substring(0, 8);
    private final TestTopic topic;
    private final TestLake lake;
    private Map<String, Object> recovery = Map.of();
    private Map<String, Object> profiles = Map.of();

    private Pipeline(Engines engines, KafkaAccess kafka, Path folder) {
        this.engines = engines;
        this.kafka = kafka;
        this.folder = folder;
        this.topic = new TestTopic(kafka, "jobtest." + name + "-raw", PARTITIONS);
        this.lake = new TestLake(engines.lake().catalog(), "jobtest", name);
    }

    static Pipeline create(Engines engines, KafkaAccess kafka, Path folder) throws ExecutionException, InterruptedException {
        Pipeline pipeline = new Pipeline(engines, kafka, folder);
        pipeline.topic.create();
        pipeline.lake.create();
        return pipeline;
    }

    /** Events of a few visitors, whose identifiers begin with a text and end in a number from 0. */
    static List<byte[]> events(String prefix, int count) {
        return IntStream.range(0, count)
            .mapToObj(number -> "{\"event_id\":\"" + prefix + number + "\",\"event_type\":\"x\",\"anonymous_id\":\"v" + number % VISITORS + "\"}")
            .map(event -> event.getBytes(StandardCharsets.UTF_8))
            .toList();
    }

    TestTopic topic() {
        return topic;
    }

    TestLake lake() {
        return lake;
    }

    /** The pipeline as the job knows it, {@code namespace/name}. */
    String key() {
        return "jobtest/" + name;
    }

    /** What the operator tells the job of a table for profiles. */
    void keepProfiles(String bootstrapServers, String table) {
        profiles = Map.of("profiles", Map.of("bootstrapServers", bootstrapServers, "table", table, "maxVisitorsPerUser", 2));
    }

    /** Starts the job; small batches, so that a log takes several. */
    JobProcess startJob() throws IOException {
        return startJob(kafka);
    }

    /** Starts the job with another login than the pipeline's own. */
    JobProcess startJob(KafkaAccess kafka) throws IOException {
        return JobProcess.start(folder, new ObjectMapper().writeValueAsString(jobDocument(kafka)), environment(kafka));
    }

    /** Starts the job with S3 by its address with a certificate, and the files of the authorities to trust. */
    JobProcess startPrivateJob(List<String> authorityFiles) throws IOException {
        Map<String, Object> job = jobDocument(kafka);
        job.put("storage", Map.of("endpoint", engines.privateStorage().endpoint(), "region", engines.lake().region(), "pathStyle", true));
        job.put("authorityFiles", authorityFiles);
        return JobProcess.start(folder, new ObjectMapper().writeValueAsString(job), environment(kafka));
    }

    /** Starts the job without keys, in an environment as a cloud makes it: a token in a file, and a role. */
    JobProcess startJobWithIdentity() throws IOException {
        Map<String, String> environment = new HashMap<>(kafka.environment());
        Path token = Files.writeString(Files.createTempFile(folder, "token", ""), engines.tokenService().token());
        environment.putAll(Map.of(
            "AWS_REGION", engines.lake().region(),
            "AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/stream-job",
            "AWS_WEB_IDENTITY_TOKEN_FILE", token.toString(),
            "AWS_ENDPOINT_URL_STS", engines.tokenService().url()));
        return JobProcess.start(folder, new ObjectMapper().writeValueAsString(jobDocument(kafka)), environment);
    }

    private Map<String, Object> jobDocument(KafkaAccess kafka) {
        Map<String, Object> tables = new HashMap<>();
        lake.identifiers().forEach((output, identifier) -> tables.put(output.modelName(), identifier.toString()));
        Map<String, Object> job = engines.lake().document();
        job.putAll(Map.of(
            "pipeline", Map.of("namespace", "jobtest", "name", name),
            "kafka", Map.of("bootstrapServers", kafka.bootstrapServers(), "topic", topic.name(), "security", kafka.jobSecurity()),
            "tables", tables,
            "checkpoint", checkpoint()));
        job.putAll(Map.of(
            "triggerIntervalSeconds", 1,
            "sessionTimeoutSeconds", 1800,
            "dedupWindowSeconds", 86400,
            "watermarkSeconds", 3600,
            "maxRowsPerTrigger", 1500,
            "ipMasking", "None",
            "shufflePartitions", 2));
        job.putAll(recovery);
        job.putAll(profiles);
        return job;
    }

    private Map<String, String> environment(KafkaAccess kafka) {
        Map<String, String> environment = new HashMap<>(kafka.environment());
        environment.putAll(engines.lake().environment());
        return environment;
    }

    /** Checks the law: every record of the topic is in exactly one table, once. */
    void expectCounts(int stored, int failed, int duplicate) throws ExecutionException, InterruptedException {
        assertEquals(stored + failed + duplicate, topic.records(), "records in the topic");
        assertEquals(
            Map.of(OutputTable.EVENTS, stored, OutputTable.FAILED_EVENTS, failed, OutputTable.DUPLICATE_EVENTS, duplicate), lake.counts());
        Set<String> places = new HashSet<>();
        for (OutputTable table : OutputTable.values()) {
            for (Record row : lake.rows(table)) {
                assertTrue(places.add(row.getField("kafka_partition") + "-" + row.getField("kafka_offset")), "twice: " + row);
            }
        }
    }

    /** The state in which a driver dies between its commits to the tables and the checkpoint's: without the newest of the latter. */
    void forgetNewestCommit() throws IOException {
        org.apache.hadoop.fs.Path offsets = new org.apache.hadoop.fs.Path(checkpoint(), "offsets");
        try (FileSystem files = FileSystem.newInstance(offsets.toUri(), hadoop())) {
            FileStatus newest = Stream.of(files.listStatus(offsets))
                .max(Comparator.comparingLong(file -> Long.parseLong(file.getPath().getName())))
                .orElseThrow();
            // A driver that was killed may not have come to it.
            files.delete(new org.apache.hadoop.fs.Path(checkpoint() + "/commits", newest.getPath().getName()), false);
        }
    }

    /** What the operator tells the job of a recovery: its name, and by that a new checkpoint. */
    void recover(String id, boolean readAgain) {
        recovery = Map.of("recoveryId", id, "readAgain", readAgain, "checkpoint", checkpoint() + "/recovery-" + id);
    }

    void deleteCheckpoint() throws IOException {
        org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(checkpoint());
        try (FileSystem files = FileSystem.newInstance(folder.toUri(), hadoop())) {
            files.delete(folder, true);
        }
    }

    private String checkpoint() {
        return "s3a://" + engines.lake().bucket() + "/checkpoints/jobtest/" + name;
    }

    private Configuration hadoop() {
        Configuration hadoop = new Configuration();
        hadoop.set("fs.s3a.endpoint", engines.lake().s3Endpoint());
        hadoop.set("fs.s3a.endpoint.region", engines.lake().region());
        hadoop.set("fs.s3a.path.style.access", "true");
        hadoop.set("fs.s3a.access.key", engines.lake().accessKey());
        hadoop.set("fs.s3a.secret.key", engines.lake().secretKey());
        return hadoop;
    }
}
