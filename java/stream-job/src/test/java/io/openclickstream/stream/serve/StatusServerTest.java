package io.openclickstream.stream.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.OutputTable;
import io.openclickstream.model.ProgressDocument;
import io.openclickstream.service.StatusServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The status server")
class StatusServerTest {
    private final HandClock clock = new HandClock();
    private final JobStatus status = new JobStatus(clock);
    private StatusServer server;

    private static final class HandClock extends Clock {
        private Instant now = Instant.parse("2025-05-17T10:05:03Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = StatusServer.start(0, status);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static BatchProgress batch(long id) {
        return new BatchProgress(id, 120.5, 2000, Map.of("0", 60L, "1", 40L), 7L, 1500);
    }

    @Test
    @DisplayName("is alive but not ready before the first sign of the query")
    void starting() throws IOException, InterruptedException {
        assertEquals(200, get("/healthz").statusCode());
        assertEquals(503, get("/readyz").statusCode());
        assertTrue(get("/progress").body().contains("\"state\":\"STARTING\""), get("/progress").body());
    }

    @Test
    @DisplayName("tells batch, rates, lag, offsets and rows once a batch is done")
    void running() throws IOException, InterruptedException {
        status.addRows(Map.of(OutputTable.EVENTS, 99L, OutputTable.FAILED_EVENTS, 1L), 3, (clock.millis() - 2500) * 1000);
        status.erased(5L);
        status.batchDone(batch(4));
        assertEquals(200, get("/readyz").statusCode());
        assertEquals(
            "{\"state\":\"RUNNING\",\"message\":\"running\",\"batchId\":4,\"inputRowsPerSecond\":120.5,\"processedRowsPerSecond\":2000.0,"
                + "\"lag\":7,\"offsets\":{\"0\":60,\"1\":40},\"executorsLost\":0,\"lastExecutorLoss\":null,\"erased\":5,\"profiles\":null,\"rows\":{\"stored\":99,\"failed\":1,\"duplicate\":0,\"conflict\":3}}\n",
            get("/progress").body());
        String metrics = get("/metrics").body();
        assertTrue(metrics.contains("openclickstream_stream_rows_total{result=\"stored\"} 99\n"), metrics);
        assertTrue(metrics.contains("openclickstream_stream_conflicts_total 3\n"), metrics);
        assertTrue(metrics.contains("openclickstream_stream_lag_records 7\n"), metrics);
        assertTrue(metrics.contains("openclickstream_stream_erased_records 5\n"), metrics);
        assertTrue(metrics.contains("openclickstream_stream_oldest_event_age_seconds 2.5\n"), metrics);
        assertTrue(metrics.contains("openclickstream_stream_state{state=\"running\"} 1\n"), metrics);
        assertTrue(metrics.contains("openclickstream_stream_kafka_offset{partition=\"1\"} 40\n"), metrics);
    }

    @Test
    @DisplayName("tells how far profiles are, and what they wait for")
    void profiles() throws IOException, InterruptedException {
        ProfileProgress profiles = new ProfileProgress(clock);
        status.keepsProfiles(profiles);
        profiles.took(4, 12, (clock.millis() - 1500) * 1000);
        assertTrue(get("/progress").body().contains("\"profiles\":{\"problem\":null,\"lag\":12,\"changed\":4}"), get("/progress").body());
        assertTrue(get("/metrics").body().contains("openclickstream_stream_profiles_oldest_event_age_seconds 1.5\n"), get("/metrics").body());
        profiles.waits("HBase is away", 20L);
        assertTrue(
            get("/progress").body().contains("\"profiles\":{\"problem\":\"HBase is away\",\"lag\":20,\"changed\":4}"), get("/progress").body());
        assertTrue(get("/metrics").body().contains("openclickstream_stream_profiles_wait 1\n"), get("/metrics").body());
        profiles.caughtUp();
        assertTrue(get("/metrics").body().contains("openclickstream_stream_profiles_lag_records 0\n"), get("/metrics").body());
        status.idle();
        assertEquals(200, get("/readyz").statusCode());
    }

    @Test
    @DisplayName("counts the executors that died, and says why the last one did")
    void executorsLost() throws IOException, InterruptedException {
        ClusterListener listener = new ClusterListener(status);
        listener.onExecutorRemoved(new SparkListenerExecutorRemoved(0, "1", "Unable to create executor"));
        listener.onExecutorRemoved(new SparkListenerExecutorRemoved(
            0, "2", " The executor with id 2 exited with exit code 137(SIGKILL, possible container OOM).\n\n The API gave the reason: OOMKilled\n"));
        String progress = get("/progress").body();
        assertTrue(progress.contains("\"executorsLost\":2,\"lastExecutorLoss\":\"executor 2: The executor with id 2 exited with exit code 137"
            + "(SIGKILL, possible container OOM). The API gave the reason: OOMKilled\""), progress);
        assertTrue(get("/metrics").body().contains("openclickstream_stream_executors_lost_total 2\n"), get("/metrics").body());
    }

    @Test
    @DisplayName("tells where the job goes on before there is anything to do")
    void goesOn() throws IOException, InterruptedException {
        status.goesOn(41L, Map.of(0, 10L), Map.of(0, 12L, 1, 3L));
        String progress = get("/progress").body();
        assertTrue(progress.contains("\"batchId\":41,") && progress.contains("\"lag\":5,\"offsets\":{\"0\":10}"), progress);
        status.batchDone(new BatchProgress(42, 0, 0, Map.of("0", 11L), null, 10));
        assertTrue(get("/progress").body().contains("\"lag\":5,"), "a batch that is done again says nothing of the lag");
        status.idle();
        assertTrue(get("/progress").body().contains("\"lag\":0,"), get("/progress").body());
    }

    @Test
    @DisplayName("is ready when there is nothing to do")
    void idle() throws IOException, InterruptedException {
        status.idle();
        assertEquals(200, get("/readyz").statusCode());
    }

    @Test
    @DisplayName("is no longer alive when the query gives no sign for ten minutes")
    void stuck() throws IOException, InterruptedException {
        status.batchDone(batch(1));
        clock.now = clock.now.plus(Duration.ofMinutes(10));
        assertEquals(200, get("/healthz").statusCode());
        clock.now = clock.now.plus(Duration.ofSeconds(5));
        assertEquals(503, get("/healthz").statusCode());
        assertEquals("no sign of life for 605 s\n", get("/healthz").body());
    }

    @Test
    @DisplayName("is alive between two batches that are an hour apart, and in a batch of which a task ended just now")
    void slow() throws IOException, InterruptedException {
        status.batchesEvery(Duration.ofHours(1));
        status.batchDone(batch(1));
        clock.now = clock.now.plus(Duration.ofMinutes(70));
        assertEquals(200, get("/healthz").statusCode());
        status.partDone();
        clock.now = clock.now.plus(Duration.ofMinutes(69));
        assertEquals(200, get("/healthz").statusCode());
        clock.now = clock.now.plus(Duration.ofMinutes(2));
        assertEquals(503, get("/healthz").statusCode());
    }

    @Test
    @DisplayName("says why the job failed, and stays with it")
    void failed() throws IOException, InterruptedException {
        status.become(ProgressDocument.State.FAILED, "topic is gone");
        status.become(ProgressDocument.State.STOPPING, "stopping");
        status.batchDone(batch(2));
        assertEquals("topic is gone\n", get("/healthz").body());
        assertEquals(503, get("/readyz").statusCode());
        assertTrue(get("/progress").body().contains("\"message\":\"topic is gone\""));
    }

    @Test
    @DisplayName("answers GET for known paths only")
    void paths() throws IOException, InterruptedException {
        assertEquals(404, get("/").statusCode());
        HttpRequest post = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/progress"))
            .POST(HttpRequest.BodyPublishers.noBody()).build();
        assertEquals(405, HttpClient.newHttpClient().send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    @Test
    @DisplayName("counts as lag what Kafka holds behind the read offsets, in new partitions too")
    void lag() {
        Map<String, Long> read = BatchProgress.offsets("{\"t\":{\"0\":10,\"1\":5}}");
        assertEquals(3 + 4, BatchProgress.lag(read, BatchProgress.offsets("{\"t\":{\"0\":13,\"1\":5,\"2\":4}}")));
        assertEquals(0, BatchProgress.lag(read, BatchProgress.offsets(null)));
    }
}
