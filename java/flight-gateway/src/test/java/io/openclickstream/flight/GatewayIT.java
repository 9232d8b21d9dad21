package io.openclickstream.flight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.flight.server.Gateway;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.FlightDocument;
import io.openclickstream.testing.LakeEngines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Closing a stream of Flight may be interrupted.
@SuppressWarnings("try")
@DisplayName("The gateway before a real Trino")
class GatewayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Two million rows of about 80 bytes. */
    private static final String MANY = "SELECT a.n AS n, b.n AS m, rpad(cast(a.n AS varchar), 60, 'x') AS t "
        + "FROM UNNEST(sequence(1, 2000)) AS a(n) CROSS JOIN UNNEST(sequence(1, 1000)) AS b(n)";

    @TempDir
    Path folder;
    private Gateway gateway;
    private BufferAllocator allocator;
    private FlightClient flight;
    private FlightSqlClient client;
    private CallOption token;

    private Gateway start(int ticketSeconds, int idleSeconds, int queries) throws Exception {
        String trino = LakeEngines.file().required("trino").required("address").textValue();
        Files.writeString(folder.resolve("users"), "ann:right\nbob:right\n");
        return Gateway.start(FlightDocument.of(ConfigNode.parse("flight.json", """
            {"trino": {"uri": "http://%s", "catalog": "system"}, "usersFile": "%s",
             "limits": {"queries": %d, "memoryMebibytes": 64, "batchBytes": 1048576, "idleSeconds": %d, "ticketSeconds": %d, "tokenSeconds": 600}}
            """.formatted(trino, folder.resolve("users"), queries, idleSeconds, ticketSeconds))), 0);
    }

    @BeforeEach
    void connect() throws Exception {
        open(start(60, 30, 4));
    }

    private void open(Gateway started) {
        gateway = started;
        allocator = new RootAllocator();
        flight = FlightClient.builder(allocator, Location.forGrpcInsecure("localhost", gateway.port()))
            .intercept(new ClientCookieMiddleware.Factory()).build();
        client = new FlightSqlClient(flight);
        token = login("ann", "right");
    }

    private CredentialCallOption login(String user, String password) {
        Optional<CredentialCallOption> known = flight.authenticateBasicToken(user, password);
        return known.orElseThrow();
    }

    private void restart(Gateway other) throws Exception {
        disconnect();
        open(other);
    }

    @AfterEach
    void disconnect() throws Exception {
        client.close();
        allocator.close();
        gateway.close();
    }

    /** The rows as texts. */
    private List<String> rows(FlightInfo info) throws Exception {
        List<String> rows = new ArrayList<>();
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket(), token)) {
            while (stream.next()) {
                VectorSchemaRoot root = stream.getRoot();
                for (int row = 0; row < root.getRowCount(); row++) {
                    StringBuilder text = new StringBuilder();
                    for (int column = 0; column < root.getSchema().getFields().size(); column++) {
                        text.append(column == 0 ? "" : "|").append(root.getVector(column).getObject(row));
                    }
                    rows.add(text.toString());
                }
            }
        }
        return rows;
    }

    private List<String> query(String sql) throws Exception {
        return rows(client.execute(sql, token));
    }

    private static FlightRuntimeException refused(FlightStatusCode code, org.junit.jupiter.api.function.Executable call) {
        FlightRuntimeException refused = assertThrows(FlightRuntimeException.class, call);
        assertEquals(code, refused.status().code(), refused.getMessage());
        return refused;
    }

    private long metric(String name) {
        Matcher line = Pattern.compile("(?m)^openclickstream_flight_" + Pattern.quote(name) + " (\\d+)$").matcher(gateway.metrics());
        assertTrue(line.find(), () -> "no " + name + " in\n" + gateway.metrics());
        return Long.parseLong(line.group(1));
    }

    private void until(String what, BooleanSupplier holds) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!holds.getAsBoolean()) {
            assertTrue(Instant.now().isBefore(deadline), () -> what + " did not come about\n" + gateway.metrics());
            Thread.sleep(20);
        }
    }

    /** Queries of this test's text that Trino still runs, as Trino says. */
    private int running(String mark) {
        try {
            return Integer.parseInt(query("SELECT count(*) FROM system.runtime.queries WHERE query LIKE '%" + mark + "%' "
                + "AND state IN ('QUEUED', 'PLANNING', 'STARTING', 'RUNNING', 'FINISHING') AND query NOT LIKE '%system.runtime%'").get(0));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private long waitingOrOpen() {
        return metric("waiting_tickets") + metric("open_streams");
    }

    @Test
    @DisplayName("gives values of every type whole, nulls at every level among them")
    void types() throws Exception {
        assertEquals(List.of("1|null|true|0.1|NaN|-Infinity|12345678901234567890123456789012345.678|é'|ab  |20788|2026-12-01T01:02:03.123456|1796086923123456"),
            query("SELECT 1, NULL, true, real '0.1', nan(), -infinity(), decimal '12345678901234567890123456789012345.678', 'é''', cast('ab' AS char(4)), "
                + "date '2026-12-01', timestamp '2026-12-01 01:02:03.123456', timestamp '2026-12-01 01:02:03.123456 UTC'"));
        assertEquals(List.of("[1,null]|null|[]|[{\"key\":\"k\",\"value\":[{\"a\":null}]}]".replace("{\"a\":null}", "{}") + "|{\"x\":1,\"y\":[\"z\",null]}", "null|null|null|null|null"),
            query("SELECT * FROM (VALUES (ARRAY[1, NULL], CAST(NULL AS array(bigint)), CAST(ARRAY[] AS array(bigint)), MAP(ARRAY['k'], ARRAY[ARRAY[CAST(ROW(NULL) AS row(a bigint))]]), "
                + "CAST(ROW(1, ARRAY['z', NULL]) AS row(x bigint, y array(varchar)))), (NULL, NULL, NULL, NULL, NULL)) ORDER BY 1 NULLS LAST"));
        assertEquals(2_000_000, Long.parseLong(query("SELECT count(*) FROM (" + MANY + ")").get(0)));
        refused(FlightStatusCode.UNIMPLEMENTED, () -> query("SELECT approx_set(1)"));
        refused(FlightStatusCode.UNIMPLEMENTED, () -> query("SELECT timestamp '2026-12-01 01:02:03 Europe/Berlin'"));
        until("no query is left", () -> waitingOrOpen() == 0);
    }

    @Test
    @DisplayName("sends every row of a large result once, in batches that gRPC's clients take, and holds nothing afterwards")
    void large() throws Exception {
        long sum = 0;
        long rows = 0;
        FlightInfo info = client.execute(MANY, token);
        assertTrue(new String(info.getAppMetadata(), StandardCharsets.UTF_8).contains("\"path\":\"trino\""));
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket(), token)) {
            while (stream.next()) {
                rows += stream.getRoot().getRowCount();
                for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
                    sum += (Long) stream.getRoot().getVector(0).getObject(row) + (Long) stream.getRoot().getVector(1).getObject(row);
                }
            }
        }
        assertEquals(2_000_000, rows);
        assertEquals(2001L * 1000 * 1000 + 1001L * 500 * 2000, sum);
        until("all memory is back", () -> metric("allocated_bytes") == 0 && waitingOrOpen() == 0);
    }

    @Test
    @DisplayName("names the place of an error, and the fitting status")
    void errors() {
        FlightRuntimeException syntax = refused(FlightStatusCode.INVALID_ARGUMENT, () -> query("SELECT\n 1 +"));
        assertTrue(syntax.getMessage().contains("line 2:5"), syntax.getMessage());
        assertEquals("2", syntax.status().metadata().get("x-trino-error-line"));
        FlightRuntimeException prepared = refused(FlightStatusCode.INVALID_ARGUMENT, () -> client.prepare("SELECT\n 1 +", token));
        assertTrue(prepared.getMessage().contains("line 2:5"), prepared.getMessage());
        assertTrue(refused(FlightStatusCode.NOT_FOUND, () -> query("SELECT * FROM nowhere.x.y")).getMessage().contains("line 1:15"));
        assertTrue(refused(FlightStatusCode.INVALID_ARGUMENT, () -> query("SELECT 1/0 FROM UNNEST(sequence(1,2))")).getMessage().contains("Division by zero"));
        refused(FlightStatusCode.INVALID_ARGUMENT, () -> query("SET SESSION query_max_run_time = '1h'"));
    }

    @Test
    @DisplayName("takes no ticket that is forged, another user's, read already, or too old")
    void tickets() throws Exception {
        FlightInfo info = client.execute(MANY, token);
        byte[] ticket = info.getEndpoints().get(0).getTicket().getBytes();
        byte[] forged = ticket.clone();
        forged[forged.length - 1] ^= 1;
        refused(FlightStatusCode.INVALID_ARGUMENT, () -> read(new Ticket(forged), token));
        refused(FlightStatusCode.UNAUTHORIZED, () -> read(new Ticket(ticket), login("bob", "right")));
        read(new Ticket(ticket), token);
        assertTrue(refused(FlightStatusCode.NOT_FOUND, () -> read(new Ticket(ticket), token)).getMessage().contains("read already"));
        restart(start(1, 30, 4));
        FlightInfo late = client.execute("SELECT 'unread-ticket' AS u, n FROM UNNEST(sequence(1, 10000)) AS a(n), UNNEST(sequence(1, 1000)) AS b(m)", token);
        until("the unread query ends", () -> metric("trino_queries_total{outcome=\"unread\"}") == 1 && metric("waiting_tickets") == 0);
        assertTrue(refused(FlightStatusCode.NOT_FOUND, () -> read(late.getEndpoints().get(0).getTicket(), token)).getMessage().contains("too old"));
        until("Trino has ended it", () -> running("unread-ticket") == 0);
    }

    private void read(Ticket ticket, CallOption as) throws Exception {
        try (FlightStream stream = client.getStream(ticket, as)) {
            while (stream.next()) {
                assertTrue(stream.getRoot().getRowCount() > 0);
            }
        }
    }

    @Test
    @DisplayName("holds a few batches for a client that stops reading, ends the query of one that does so for long, and of one that leaves")
    void readers() throws Exception {
        restart(start(60, 3, 4));
        String slow = MANY + " WHERE 'slow-reader' <> ''";
        FlightInfo info = client.execute(slow, token);
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket(), token)) {
            assertTrue(stream.next());
            until("the idle query ends", () -> metric("trino_queries_total{outcome=\"idle\"}") == 1);
            FlightRuntimeException ended = assertThrows(FlightRuntimeException.class, () -> {
                while (stream.next()) {
                    assertTrue(metric("allocated_bytes") <= 8 << 20, "what is held");
                }
            });
            assertEquals(FlightStatusCode.TIMED_OUT, ended.status().code());
        }
        FlightInfo left = client.execute(MANY + " WHERE 'leaving-reader' <> ''", token);
        try (FlightStream stream = client.getStream(left.getEndpoints().get(0).getTicket(), token)) {
            assertTrue(stream.next());
            stream.cancel("enough", null);
        }
        until("the left query ends", () -> metric("trino_queries_total{outcome=\"cancelled\"}") == 1 && waitingOrOpen() == 0);
        until("all memory is back", () -> metric("allocated_bytes") == 0);
        until("Trino has ended both", () -> running("slow-reader") == 0 && running("leaving-reader") == 0);
    }

    @Test
    @DisplayName("takes so many queries at a time, and cancels one by its flight")
    void limits() throws Exception {
        List<FlightInfo> held = new ArrayList<>();
        for (int query = 0; query < 4; query++) {
            held.add(client.execute(MANY, token));
        }
        refused(FlightStatusCode.RESOURCE_EXHAUSTED, () -> query("SELECT 1"));
        assertEquals(CancelStatus.CANCELLED, client.cancelFlightInfo(new CancelFlightInfoRequest(held.get(0)), token).getStatus());
        assertEquals(List.of("1"), query("SELECT 1"));
        FlightInfo first = held.get(0);
        assertThrows(FlightRuntimeException.class, () -> rows(first));
    }

    @Test
    @DisplayName("knows users by password and token, and tells others nothing")
    void users() {
        for (String[] pair : new String[][] {{"ann", "left-out"}, {"eve", "right"}}) {
            FlightRuntimeException refused = refused(FlightStatusCode.UNAUTHENTICATED, () -> login(pair[0], pair[1]));
            assertTrue(!refused.getMessage().contains(pair[0]) && !refused.getMessage().contains(pair[1]), refused.getMessage());
        }
        refused(FlightStatusCode.UNAUTHENTICATED, () -> client.execute("SELECT 1"));
    }

    @Test
    @DisplayName("keeps the options of a session in the client's cookie")
    void sessions() throws Exception {
        client.setSessionOptions(new SetSessionOptionsRequest(Map.of(
            "catalog", SessionOptionValueFactory.makeSessionOptionValue("system"), "schema", SessionOptionValueFactory.makeSessionOptionValue("jdbc"),
            "time_zone", SessionOptionValueFactory.makeSessionOptionValue("Europe/Berlin"),
            "zoned_timestamps", SessionOptionValueFactory.makeSessionOptionValue("struct"))), token);
        assertEquals(List.of("Europe/Berlin|TABLE|{\"instant\":1796083323000000,\"zone\":\"Europe/Berlin\"}"),
            query("SELECT current_timezone(), min(table_type), timestamp '2026-12-01 01:02:03 Europe/Berlin' FROM table_types"));
        assertTrue(client.setSessionOptions(new SetSessionOptionsRequest(Map.of("x", SessionOptionValueFactory.makeSessionOptionValue("y"),
            "time_zone", SessionOptionValueFactory.makeSessionOptionValue("Mars/Base"))), token).getErrors().keySet().containsAll(List.of("x", "time_zone")));
    }

    @Test
    @DisplayName("serves the JDBC driver: queries, parameters, metadata, and texts that try to leave their literal")
    void jdbc() throws Exception {
        Properties properties = new Properties();
        properties.putAll(Map.of("user", "ann", "password", "right", "useEncryption", "false"));
        try (Connection connection = DriverManager.getConnection("jdbc:arrow-flight-sql://localhost:" + gateway.port(), properties)) {
            try (ResultSet one = connection.createStatement().executeQuery("SELECT timestamp '2026-12-01 01:02:03.123456' AS t, decimal '1.50' AS d, X'00ff' AS b")) {
                assertTrue(one.next());
                assertEquals(Timestamp.valueOf("2026-12-01 01:02:03.123456").toLocalDateTime().getNano(), one.getTimestamp(1).toLocalDateTime().getNano());
                assertEquals("1.50", one.getBigDecimal(2).toPlainString());
                assertArrayEquals(new byte[] {0, -1}, one.getBytes(3));
            }
            try (PreparedStatement prepared = connection.prepareStatement("SELECT table_name FROM system.jdbc.tables WHERE table_cat = 'system' AND table_name = ? AND ? > 1")) {
                prepared.setString(1, "o' OR '1'='1");
                prepared.setLong(2, 2);
                assertTrue(!prepared.executeQuery().next(), "a row for a text that is no name");
                prepared.setString(1, "columns");
                try (ResultSet found = prepared.executeQuery()) {
                    assertTrue(found.next());
                    assertEquals("columns", found.getString(1));
                }
            }
            List<String> names = new ArrayList<>();
            try (ResultSet tables = connection.getMetaData().getTables("system", "jdbc", "t%s", null)) {
                while (tables.next()) {
                    names.add(tables.getString("TABLE_NAME"));
                }
            }
            assertEquals(List.of("table_types", "tables", "types"), names);
            try (ResultSet keys = connection.getMetaData().getPrimaryKeys("system", "jdbc", "tables")) {
                assertTrue(!keys.next());
            }
        }
    }
}
