package io.openclickstream.stream.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.model.OutputTable;
import io.openclickstream.profiles.ProfileRow;
import io.openclickstream.profiles.RowKeys;
import java.nio.file.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Profiles in a real HBase")
class ProfilesIT {
    private static final int KILLS = 4;

    @TempDir
    private Path folder;

    private HBaseProcess hbase;
    private Pipeline pipeline;
    private String table;

    @BeforeEach
    void start() throws Exception {
        Engines engines = Engines.load();
        pipeline = Pipeline.create(engines, engines.kafka(), folder);
        hbase = new HBaseProcess(folder.resolve("hbase"));
        table = pipeline.key().replace('/', ':');
        pipeline.keepProfiles(hbase.address(), table);
    }

    @AfterEach
    void stop() {
        hbase.close();
    }

    private static boolean isCaughtUp(JsonNode progress, long records) {
        JsonNode profiles = progress.path("profiles");
        return JobProcess.read(progress) == records && profiles.path("problem").isNull() && profiles.path("lag").asLong(-1) == 0;
    }

    private void expectCount() throws Exception {
        List<Record> events = pipeline.lake().rows(OutputTable.EVENTS);
        Map<String, ProfileScan.Figures> expected = ProfileScan.expected(events);
        try (Connection connection = hbase.connect()) {
            assertEquals(expected, ProfileScan.found(connection, table, pipeline.key(), expected.keySet()));
        }
    }

    private Set<String> cells() throws Exception {
        try (Connection connection = hbase.connect()) {
            return ProfileScan.cells(connection, table);
        }
    }

    @Test
    @DisplayName("equal a count over a real log's rows although job and HBase are killed meanwhile; a second replay changes no cell")
    void killed() throws Exception {
        Path log = Path.of(System.getProperty("access.log"));
        int lines = LogCount.of(log).lines();
        hbase.start();
        hbase.createProfileTable(table);
        pipeline.topic().replay(log);
        Random random = new Random(7);
        try (JobProcess job = pipeline.startJob()) {
            for (int kill = 0; kill < KILLS; kill++) {
                long before = changed(job);
                job.await("rows of HBase change, kill " + kill, progress ->
                    progress.path("profiles").path("changed").asLong() > before || isCaughtUp(progress, lines));
                Thread.sleep(random.nextInt(300));
                hbase.kill();
                hbase.start();
            }
        }
        try (JobProcess job = pipeline.startJob()) {
            job.await("all is in the profiles", progress -> isCaughtUp(progress, lines));
            expectCount();
            Set<String> before = cells();
            assertFalse(before.isEmpty());
            pipeline.topic().replay(log);
            job.await("the second replay is read", progress -> isCaughtUp(progress, 2L * lines));
            assertEquals(before, cells());
            assertTrue(job.get("/metrics").contains("openclickstream_stream_profiles_lag_records 0"), job.get("/metrics"));
            assertEquals(0, job.terminate(), job.logEnd());
        }
    }

    private static long changed(JobProcess job) throws Exception {
        long[] changed = {0};
        job.await("the job answers", progress -> {
            changed[0] = progress.path("profiles").path("changed").asLong();
            return true;
        });
        return changed[0];
    }

    private void identify(String visitor, String user, int second) {
        pipeline.topic().send(visitor, "{\"event_id\":\"" + visitor + user + "\",\"event_type\":\"identify\",\"anonymous_id\":\"" + visitor
            + "\",\"user_id\":\"" + user + "\",\"timestamp\":\"2026-11-30T00:00:0" + second + "Z\"}");
    }

    /** The lag is that of the stage's last look, which may be older than the batch whose events it has not seen. */
    private void awaitMerged(JobProcess job, Map<String, String> expected) throws Exception {
        job.await("visitors are merged: " + expected, progress -> {
            try {
                return expected.equals(mergedInto(expected.keySet()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Map<String, String> mergedInto(Set<String> visitors) throws IOException {
        Map<String, String> merged = new TreeMap<>();
        try (Connection connection = hbase.connect(); Table opened = connection.getTable(TableName.valueOf(table))) {
            for (String visitor : visitors) {
                byte[] value = opened.get(new Get(new RowKeys(pipeline.key()).visitor(visitor)))
                    .getValue(Bytes.toBytes(ProfileRow.IDENTITY_FAMILY), Bytes.toBytes(ProfileRow.MERGED_INTO));
                merged.put(visitor, Bytes.toString(value));
            }
        }
        return merged;
    }

    @Test
    @DisplayName("of one user are merged, and no longer when he turns out to be many or the device to be shared")
    void identities() throws Exception {
        hbase.start();
        hbase.createProfileTable(table);
        identify("phone", "anna", 1);
        identify("laptop", "anna", 2);
        identify("tablet", "bert", 3);
        try (JobProcess job = pipeline.startJob()) {
            awaitMerged(job, Map.of("phone", "anna", "laptop", "anna", "tablet", "bert"));
            identify("tablet", "carl", 1);
            identify("kiosk", "anna", 4);
            awaitMerged(job, Map.of("phone", "", "laptop", "", "tablet", "", "kiosk", ""));
        }
    }

    @Test
    @DisplayName("wait while HBase is away and say so; the tables go on, and then nothing is lost")
    void away() throws Exception {
        pipeline.topic().send("a", Pipeline.events("a", 70), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            job.await("the tables have the events and the profiles wait", progress -> JobProcess.read(progress) == 70
                && progress.path("state").asText().equals("RUNNING") && progress.path("profiles").path("problem").isTextual());
            hbase.start();
            job.await("the table is missing", progress -> progress.path("profiles").path("problem").asText().contains(table));
            hbase.createProfileTable(table);
            job.await("the profiles have caught up", progress -> isCaughtUp(progress, 70));
            expectCount();
            hbase.kill();
            pipeline.topic().send("b", Pipeline.events("b", 30), Map.of());
            job.await("the tables go on, and it is told how many events wait", progress -> JobProcess.read(progress) == 100
                && progress.path("profiles").path("lag").asLong() == 30);
            assertEquals(100, pipeline.lake().counts().get(OutputTable.EVENTS));
            hbase.start();
            job.await("the profiles have caught up again", progress -> isCaughtUp(progress, 100));
            expectCount();
        }
    }
}
