package io.openclickstream.profileapi.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The profile API over a real HBase")
class ProfileApiIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PROFILES = "/v1/profiles/";

    @TempDir
    private static Path folder;
    private static ApiWorld world;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        world = new ApiWorld(folder);
        world.start();
    }

    @AfterAll
    static void stop() throws IOException {
        world.close();
    }

    private static HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create(world.url() + path)).timeout(PATIENCE).header("Authorization", "Bearer " + ApiWorld.TOKEN);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    private JsonNode json(int status, HttpRequest.Builder request) throws Exception {
        HttpResponse<byte[]> response = send(request);
        assertEquals(status, response.statusCode(), () -> new String(response.body(), StandardCharsets.UTF_8));
        String type = status == 200 ? "application/json" : "application/problem+json";
        assertEquals(type, response.headers().firstValue("Content-Type").orElse(""));
        return new ObjectMapper().readTree(response.body());
    }

    private static HttpRequest.Builder batch(String body) {
        return at("/v1/profiles:batchGet").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static String time(int second) {
        return Instant.ofEpochMilli(ApiWorld.START + second * 1000L).toString();
    }

    @Test
    @DisplayName("answers a profile, as it is, as of a time, and with its history")
    void profile() throws Exception {
        for (int second = 1; second <= 7; second++) {
            world.view("reader/ü", second);
        }
        String path = PROFILES + "reader%2F%C3%BC";
        JsonNode now = json(200, at(path));
        assertEquals(7, now.at("/profile/events/byType/page_view").asInt(), now.toString());
        assertEquals(List.of(time(1), time(7), "newsletter"),
            List.of(now.at("/profile/firstSeen").asText(), now.at("/profile/lastSeen").asText(), now.at("/profile/firstTouch/source").asText()));
        assertEquals(5, json(200, at(path + "?asOf=" + time(5))).at("/profile/events/total").asInt());
        JsonNode history = json(200, at(path + "?history=3")).path("history");
        assertEquals(List.of(time(7), time(6), time(5)), history.findValuesAsText("since"));
        JsonNode gone = json(410, at(path + "?asOf=" + time(1)));
        assertTrue(gone.path("detail").asText().contains(time(2)), gone.toString());
    }

    @Test
    @DisplayName("answers a visitor who is merged with the user's profile")
    void merged() throws Exception {
        world.view("phone", 1);
        world.view("laptop", 2);
        world.merge("user-7", "phone", "laptop");
        JsonNode phone = json(200, at(PROFILES + "phone"));
        assertEquals("user-7", phone.path("mergedInto").asText());
        assertEquals(2, phone.at("/profile/events/total").asInt());
        assertEquals("[\"laptop\",\"phone\"]", phone.path("visitors").toString());
        assertEquals(2, json(200, at(PROFILES + "user-7?kind=user")).at("/profile/events/total").asInt());
        json(404, at(PROFILES + "user-7"));
    }

    @Test
    @DisplayName("answers batches, with the unknown named, as JSON and as Arrow")
    void batches() throws Exception {
        world.view("one", 1);
        world.view("two", 2);
        String body = "{\"ids\":[\"two\",\"nobody\",\"one\"]}";
        JsonNode found = json(200, batch(body));
        assertEquals(List.of("two", "one"), found.path("profiles").findValuesAsText("id"));
        assertEquals("[\"nobody\"]", found.path("unknown").toString());
        HttpResponse<byte[]> arrow = send(batch(body).header("Accept", "application/vnd.apache.arrow.stream"));
        assertEquals("application/vnd.apache.arrow.stream", arrow.headers().firstValue("Content-Type").orElse(""));
        try (RootAllocator memory = new RootAllocator(); ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(arrow.body()), memory)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertTrue(reader.loadNextBatch());
            assertEquals(3, root.getRowCount());
            assertEquals(List.of("two", "nobody", "one"), List.of(
                root.getVector("id").getObject(0).toString(), root.getVector("id").getObject(1).toString(), root.getVector("id").getObject(2).toString()));
            assertEquals("[{\"key\":\"page_view\",\"value\":1}]", root.getVector("events").getObject(2).toString());
            assertTrue(root.getVector("pages").getObject(0).toString().contains("https://shop.example/2"));
            assertTrue(root.getVector("pages").isNull(1) && root.getVector("first_touch").isNull(1));
            assertTrue(root.getVector("first_touch").getObject(2).toString().contains("newsletter"));
        }
    }

    @Test
    @DisplayName("answers bad requests with what is wrong, and tells strangers nothing")
    void badRequests() throws Exception {
        assertEquals("nobody-at-all", json(404, at(PROFILES + "nobody-at-all")).path("value").asText());
        assertEquals("id", json(400, at(PROFILES + "%ff")).path("field").asText());
        assertEquals("asOf", json(400, at(PROFILES + "a?asOf=now")).path("field").asText());
        String ids = "\"x\",".repeat(100) + "\"x\"";
        assertEquals("ids", json(413, batch("{\"ids\":[" + ids + "]}")).path("field").asText());
        assertEquals("body", json(413, batch("{\"ids\":[\"" + "x".repeat(70_000) + "\"]}")).path("field").asText());
        json(415, batch("{\"ids\":[\"x\"]}").setHeader("Content-Type", "text/plain"));
        json(406, at(PROFILES + "a").header("Accept", "text/html"));
        json(405, at(PROFILES + "a").DELETE());
        json(404, at("/v2"));
        JsonNode none = json(401, HttpRequest.newBuilder(URI.create(world.url() + PROFILES + "nobody-at-all")));
        JsonNode wrong = json(401, at(PROFILES + "a").setHeader("Authorization", "Bearer wrong-wrong-wrong-wrong"));
        assertEquals(none, wrong);
        json(403, at(PROFILES + "a").setHeader("Authorization", "Bearer " + ApiWorld.TOKEN + "-other"));
        assertEquals("3.1.0", json(200, HttpRequest.newBuilder(URI.create(world.url() + "/openapi.json"))).path("openapi").asText());
    }

    private static List<String> event(BufferedReader stream) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.isEmpty() && !lines.isEmpty()) {
                return lines;
            }
            if (!line.isEmpty() && !line.equals(":")) {
                lines.add(line);
            }
        }
        throw new IOException("the stream ended");
    }

    private BufferedReader stream(HttpRequest.Builder request) throws Exception {
        HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("streams a profile as it changes, and goes on where a client left off")
    void streams() throws Exception {
        world.view("watched", 1);
        String id;
        try (BufferedReader stream = stream(at(PROFILES + "watched/stream"))) {
            assertTrue(event(stream).get(2).contains("\"page_view\":1"));
            world.view("watched", 2);
            List<String> second = event(stream);
            assertTrue(second.get(2).contains("\"page_view\":2"), second.toString());
            id = second.get(0).substring("id: ".length());
        }
        try (BufferedReader stream = stream(at(PROFILES + "watched/stream").header("Last-Event-ID", id))) {
            world.view("watched", 3);
            assertTrue(event(stream).get(2).contains("\"page_view\":3"));
        }
        json(404, at(PROFILES + "nobody-at-all/stream"));
        List<BufferedReader> open = new ArrayList<>();
        HttpResponse<InputStream> last;
        do {
            last = http.send(at(PROFILES + "watched/stream").build(), BodyHandlers.ofInputStream());
            open.add(new BufferedReader(new InputStreamReader(last.body(), StandardCharsets.UTF_8)));
        } while (last.statusCode() == 200 && open.size() < 10);
        assertEquals(503, last.statusCode());
        for (BufferedReader one : open) {
            one.close();
        }
    }

    @Test
    @DisplayName("lets a client read so much, answers 503 while HBase is away, and then goes on")
    void faults() throws Exception {
        world.view("kept", 1);
        world.startApi(1, 100);
        json(200, batch("{\"ids\":[" + "\"x\",".repeat(98) + "\"x\"]}"));
        json(200, at(PROFILES + "kept"));
        JsonNode many = json(429, at(PROFILES + "kept?history=5"));
        assertTrue(many.path("retryAfter").asInt() >= 1, many.toString());
        world.startApi(10_000, 10_000);
        world.hbase.kill();
        HttpResponse<byte[]> away = send(at(PROFILES + "kept"));
        assertEquals(503, away.statusCode());
        assertEquals("2", away.headers().firstValue("Retry-After").orElse(""));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (world.api().unreadyBecause() == null && System.nanoTime() < deadline) {
            Thread.sleep(100);
        }
        assertNotNull(world.api().unreadyBecause());
        assertFalse(world.api().metrics().contains("store_up 1"));
        world.hbase.start();
        world.awaitReady();
        assertEquals(1, json(200, at(PROFILES + "kept")).at("/profile/events/total").asInt());
        assertTrue(world.api().metrics().contains("answer_seconds_bucket{route=\"profile\",le=\"+Inf\"}"));
    }
}
