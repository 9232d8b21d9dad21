package io.openclickstream.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.PlanRequest;
import io.openclickstream.model.PlannerEndpoints;
import io.openclickstream.service.StatusServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

@DisplayName("The planner's service")
class PlannerServiceTest {
    /** The default limits, on a machine that is busy with other tests. */
    private static final PlannerService.Limits PATIENT =
        new PlannerService.Limits(PlannerService.Limits.DEFAULT.bodyBytes(), PlannerService.Limits.DEFAULT.atATime(), Duration.ofSeconds(60));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** A service at a port of its own. */
    private record Running(PlannerService service, StatusServer server) implements AutoCloseable {
        static Running start(SqlPlanner planner, PlannerService.Limits limits) throws IOException {
            PlannerService service = new PlannerService(planner, limits);
            return new Running(service, StatusServer.start(0, service, 8, Map.of(PlannerEndpoints.PLAN_PATH, service.handler())));
        }

        HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        }

        @Override
        public void close() {
            server.close();
        }
    }

    private static String body(String sql) throws IOException {
        return "{\"sql\":" + JSON.writeValueAsString(sql) + ",\"tables\":[{\"database\":\"shop\",\"table\":\"t\",\"columns\":[{\"name\":\"a\",\"type\":\"int\"}]}]}";
    }

    @Test
    @DisplayName("answers a plan, what is wrong with a query, and what is wrong with a request")
    void answers() throws Exception {
        try (Running running = Running.start(new SqlPlanner(), PATIENT)) {
            HttpResponse<String> plan = running.send("POST", "/v1/plan", body("SELECT a FROM shop.t"));
            assertEquals(200, plan.statusCode());
            assertEquals("SELECT\n  t1.`a`\nFROM `shop`.`t` AS t1", JSON.readTree(plan.body()).path("spark").textValue());
            HttpResponse<String> wrong = running.send("POST", "/v1/plan", body("SELECT b FROM shop.t"));
            assertEquals(422, wrong.statusCode());
            assertEquals(8, JSON.readTree(wrong.body()).path("errors").path(0).path("column").intValue());
            assertEquals(400, running.send("POST", "/v1/plan", "{\"tables\":[]}").statusCode());
            assertEquals(400, running.send("POST", "/v1/plan", "nothing").statusCode());
            assertEquals(405, running.send("GET", "/v1/plan", null).statusCode());
            assertEquals(404, running.send("GET", "/progress", null).statusCode());
        }
    }

    @Test
    @DisplayName("is ready after its first plan, and counts answers by their code")
    void status() throws Exception {
        try (Running running = Running.start(new SqlPlanner(), PATIENT)) {
            assertEquals(503, running.send("GET", "/readyz", null).statusCode());
            assertEquals(200, running.send("GET", "/healthz", null).statusCode());
            running.service().warmUp(() -> { });
            assertEquals(200, running.send("GET", "/readyz", null).statusCode());
            running.send("POST", "/v1/plan", body("SELECT a FROM shop.t"));
            assertTrue(running.send("GET", "/metrics", null).body().contains("openclickstream_planner_answers_total{code=\"200\"} 1"));
        }
    }

    @Test
    @DisplayName("refuses a body that is too large")
    void large() throws Exception {
        try (Running running = Running.start(new SqlPlanner(), new PlannerService.Limits(1000, 1, Duration.ofSeconds(60)))) {
            assertEquals(413, running.send("POST", "/v1/plan", body("SELECT a FROM shop.t" + " ".repeat(2000))).statusCode());
        }
    }

    @Test
    @DisplayName("tells who comes while it is busy to come again, gives up in time, and takes the next when it is free")
    void busy() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        SqlPlanner slow = new SqlPlanner() {
            @Override
            public Answer plan(PlanRequest request) {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return super.plan(request);
            }
        };
        try (Running running = Running.start(slow, new PlannerService.Limits(100_000, 1, Duration.ofMillis(300)))) {
            assertEquals(504, running.send("POST", "/v1/plan", body("SELECT a FROM shop.t")).statusCode());
            HttpResponse<String> other = running.send("POST", "/v1/plan", body("SELECT a FROM shop.t"));
            assertEquals(503, other.statusCode());
            assertEquals("1", other.headers().firstValue("Retry-After").orElse(""));
            assertEquals(200, running.send("GET", "/healthz", null).statusCode());
            free.countDown();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            int code = 503;
            while (code == 503 && System.nanoTime() < deadline) {
                code = running.send("POST", "/v1/plan", body("SELECT a FROM shop.t")).statusCode();
            }
            assertTrue(code == 200 || code == 504, "code " + code);
        }
    }

    static Stream<Arguments> hostile() {
        String doubling = "WITH c0 AS (SELECT a FROM shop.t)" + IntStream.range(1, 40)
            .mapToObj(level -> ", c" + level + " AS (SELECT x.a FROM c" + (level - 1) + " x CROSS JOIN c" + (level - 1) + " y)")
            .collect(Collectors.joining()) + " SELECT a FROM c39";
        return Stream.of(
            Arguments.of("brackets", "SELECT " + "(".repeat(20_000) + "a" + ")".repeat(20_000) + " AS b FROM shop.t"),
            Arguments.of("subqueries", "SELECT a FROM " + "(SELECT a FROM ".repeat(90) + "shop.t" + ")".repeat(90)),
            Arguments.of("NOT upon NOT", "SELECT a FROM shop.t WHERE " + "NOT ".repeat(15_000) + "a = 1"),
            Arguments.of("minus upon minus", "SELECT " + "- ".repeat(30_000) + "a AS b FROM shop.t"),
            Arguments.of("a long sum", "SELECT a" + " + a".repeat(15_000) + " AS b FROM shop.t"),
            Arguments.of("CASE in CASE", "SELECT " + "CASE WHEN a = 1 THEN ".repeat(2_000) + "1" + " END".repeat(2_000) + " AS b FROM shop.t"),
            Arguments.of("named subqueries that double", doubling),
            Arguments.of("COALESCE in COALESCE", "SELECT " + "COALESCE(".repeat(60) + "a" + ", a)".repeat(60) + " AS b FROM shop.t"),
            Arguments.of("a product of joins", "SELECT 1 AS b FROM " + IntStream.range(0, 3_000).mapToObj(i -> "shop.t t" + i).collect(Collectors.joining(", "))),
            Arguments.of("a quote without an end", "SELECT '" + "x''".repeat(20_000)),
            Arguments.of("a comment without an end", "SELECT /*" + "x".repeat(60_000)),
            Arguments.of("grouping sets", "SELECT count(*) AS n FROM shop.t GROUP BY GROUPING SETS (" + "(a), ".repeat(5_000) + "())"),
            Arguments.of("types in types", "SELECT CAST(a AS " + "ROW(x ".repeat(500) + "INT" + ")".repeat(500) + ") AS b FROM shop.t"),
            Arguments.of("a date_trunc that is long", "SELECT " + "date_trunc ".repeat(5_000) + " FROM shop.t"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    @DisplayName("survives a query of ")
    void hostile(String name, String sql) throws Exception {
        try (Running running = Running.start(new SqlPlanner(), PATIENT)) {
            HttpResponse<String> answer = running.send("POST", "/v1/plan", body(sql));
            assertTrue(answer.statusCode() == 422 || answer.statusCode() == 200, () -> name + ": " + answer.statusCode() + " " + answer.body());
            assertEquals(200, running.send("POST", "/v1/plan", body("SELECT a FROM shop.t")).statusCode());
        }
    }

    @Test
    @DisplayName("plans a list of a thousand values in time")
    void list() throws Exception {
        String values = IntStream.range(0, 4_000).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        try (Running running = Running.start(new SqlPlanner(), PATIENT)) {
            HttpResponse<String> answer = running.send("POST", "/v1/plan", body("SELECT a FROM shop.t WHERE a IN (" + values + ")"));
            assertEquals(200, answer.statusCode(), answer.body());
            assertTrue(JSON.readTree(answer.body()).path("spark").textValue().contains("(t1.`a` IN (0, 1, 2,"));
        }
    }

    @Test
    @DisplayName("plans for several at a time")
    void together() throws Exception {
        try (Running running = Running.start(new SqlPlanner(), new PlannerService.Limits(100_000, 4, Duration.ofSeconds(30)))) {
            var answers = IntStream.range(0, 4).mapToObj(number -> CompletableFuture.supplyAsync(() -> {
                try {
                    return running.send("POST", "/v1/plan", body("SELECT a + " + number + " AS b FROM shop.t")).statusCode();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            })).toList();
            for (CompletableFuture<Integer> answer : answers) {
                assertEquals(200, answer.get());
            }
        }
    }
}
