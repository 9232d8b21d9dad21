package io.openclickstream.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.flight.server.Gateway;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.FlightDocument;
import io.openclickstream.testing.LakeEngines;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

// Closing a stream of Flight may be interrupted.
@SuppressWarnings("try")
@DisplayName("A table that is read from its files")
class DirectIT {
    private static final String DATABASE = "flight_direct";

    private Gateway gateway;
    private BufferAllocator allocator;
    private FlightSqlClient client;
    private CallOption token;

    @BeforeEach
    void connect() throws Exception {
        JsonNode file = LakeEngines.file();
        LakeEngines lake = LakeEngines.of(file);
        System.setProperty("aws.accessKeyId", lake.accessKey());
        System.setProperty("aws.secretAccessKey", lake.secretKey());
        gateway = Gateway.start(FlightDocument.of(ConfigNode.parse("flight.json", """
            {"trino": {"uri": "http://%s", "catalog": "lake", "schema": "%s"},
             "limits": {"queries": 8, "memoryMebibytes": 64, "batchBytes": 262144, "idleSeconds": 30, "ticketSeconds": 60, "tokenSeconds": 600},
             "direct": {"catalog": {"name": "lake", "uri": "%s"}, "storage": {"endpoint": "%s", "region": "%s", "pathStyle": true}}}
            """.formatted(file.required("trino").required("address").textValue(), DATABASE, lake.catalogUri(), lake.s3Endpoint(), lake.region()))), 0);
        allocator = new RootAllocator();
        FlightClient flight = FlightClient.builder(allocator, Location.forGrpcInsecure("localhost", gateway.port())).build();
        client = new FlightSqlClient(flight);
        token = flight.authenticateBasicToken("ann", "any").orElseThrow();
        update("CREATE SCHEMA IF NOT EXISTS lake." + DATABASE);
    }

    @AfterEach
    void disconnect() throws Exception {
        client.close();
        allocator.close();
        gateway.close();
    }

    private void update(String sql) {
        client.executeUpdate(sql, token);
    }

    /** The path of a query, as its metadata says, and its rows in an order of their own. */
    private record Answer(String about, String schema, List<String> rows) {
    }

    private Answer answer(String sql) throws Exception {
        FlightInfo info = client.execute(sql, token);
        List<String> rows = new ArrayList<>();
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            try (FlightStream stream = client.getStream(endpoint.getTicket(), token)) {
                while (stream.next()) {
                    for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
                        StringBuilder text = new StringBuilder();
                        for (FieldVector vector : stream.getRoot().getFieldVectors()) {
                            Object value = vector.getObject(row);
                            text.append(value instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : value).append('|');
                        }
                        rows.add(text.toString());
                    }
                }
            }
        }
        rows.sort(null);
        return new Answer(new String(info.getAppMetadata(), StandardCharsets.UTF_8), info.getSchemaOptional().orElseThrow().toString(), rows);
    }

    private void bothWays(String columns, String table) throws Exception {
        Answer direct = answer("SELECT " + columns + " FROM " + table);
        Answer trino = answer("SELECT " + columns + " FROM " + table + " WHERE 1 = 1");
        assertTrue(direct.about().contains("\"path\":\"direct\""), direct.about());
        assertTrue(trino.about().contains("\"path\":\"trino\"") && trino.about().contains("\"reason\":\"statement\""), trino.about());
        assertEquals(trino.schema(), direct.schema());
        assertEquals(trino.rows(), direct.rows());
    }

    private void throughTrino(String reason, String sql) throws Exception {
        Answer answer = answer(sql);
        assertTrue(answer.about().contains("\"reason\":\"" + reason + "\""), answer.about());
    }

    @Test
    @DisplayName("gives the rows that Trino gives, for every type that is read so, and names why others are not")
    void kinds() throws Exception {
        update("DROP TABLE IF EXISTS kinds");
        update("CREATE TABLE kinds AS SELECT * FROM (VALUES (true, 1, bigint '2', real '1.5', double '2.5', 'é', X'00ff', date '2026-12-01', "
            + "timestamp '2026-12-01 01:02:03.123456', timestamp '2026-12-01 01:02:03.123456 UTC', decimal '1.50', ARRAY[1, NULL]), "
            + "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), "
            + "(false, -2147483648, bigint '-9223372036854775808', CAST(nan() AS real), -infinity(), '', X'', date '0001-01-01', "
            + "timestamp '1500-01-01 00:00:00.000001', timestamp '9999-12-31 23:59:59.999999 UTC', decimal '-9.99', ARRAY[])) "
            + "AS t(b, i, l, r, d, s, x, da, ts, tz, dc, ar)");
        bothWays("b, i, l, r, d, s, x, da, ts, tz", "kinds");
        bothWays("tz, \"B\"", "lake." + DATABASE + ".kinds");
        throughTrino("type", "SELECT dc FROM kinds");
        throughTrino("type", "SELECT * FROM kinds");
        throughTrino("statement", "SELECT i, i FROM kinds");
        throughTrino("catalog", "SELECT node_id FROM system.runtime.nodes");
        throughTrino("table", "SELECT snapshot_id FROM \"kinds$snapshots\"");
        assertEquals(2, answer("SELECT i FROM kinds LIMIT 2").rows().size());
        update("ALTER TABLE kinds ADD COLUMN late varchar");
        update("INSERT INTO kinds (i, late) VALUES (7, 'x')");
        bothWays("i, s", "kinds");
        throughTrino("absent-column", "SELECT late FROM kinds");
        update("DELETE FROM kinds WHERE i = 1");
        throughTrino("deletes", "SELECT i FROM kinds");
        assertEquals(3, answer("SELECT i FROM kinds").rows().size());
    }

    @Test
    @DisplayName("comes in several parts and small batches, whole and with nothing left in memory")
    void parts() throws Exception {
        update("DROP TABLE IF EXISTS parts");
        update("CREATE TABLE parts AS SELECT n, 'page-' || CAST(n % 7 AS varchar) AS page, rpad('u' || CAST(n AS varchar), 100, 'x') AS t FROM UNNEST(sequence(1, 10000)) AS a(n)");
        update("INSERT INTO parts SELECT n, IF(n % 2 = 0, 'even'), 'y' FROM UNNEST(sequence(1, 10000)) AS a(n)");
        assertEquals(2, client.execute("SELECT n FROM parts", token).getEndpoints().size());
        bothWays("t, page, n", "parts");
        assertEquals(12_345, answer("SELECT page, n FROM parts LIMIT 12345").rows().size());
        assertTrue(gateway.metrics().contains("openclickstream_flight_allocated_bytes 0\n"), gateway.metrics());
    }
}
