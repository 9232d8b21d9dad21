package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.openclickstream.model.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The connection to the catalog")
class LakeCatalogTest {
    private static final StorageSettings STORAGE = new StorageSettings("http://s3", "us-east-1", true);
    private static final Map<String, String> CLIENT = Map.of("CATALOG_CLIENT_ID", "stream-job", "CATALOG_CLIENT_SECRET", "pa55:word");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private HttpServer server;

    /** A catalog without tables, and a server of tokens that end after a second, which names them in their order. */
    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, 200, "{\"access_token\":\"token-" + asked.size() + "\",\"token_type\":\"bearer\",\"expires_in\":1}");
        });
        server.createContext("/iceberg/v1/", exchange -> {
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            if (exchange.getRequestURI().getPath().endsWith("/config")) {
                answer(exchange, 200, "{\"defaults\":{},\"overrides\":{}}");
            } else {
                answer(exchange, 404, "{\"error\":{\"message\":\"none\",\"type\":\"NoSuchTableException\",\"code\":404}}");
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private Catalog connect(CatalogSettings.Client client, Map<String, String> environment) {
        CatalogSettings settings = new CatalogSettings("lake", address() + "/iceberg", null, null, client);
        return CatalogUtil.buildIcebergCatalog("lake", LakeCatalog.properties(settings, STORAGE, environment), new Configuration(false));
    }

    @Test
    @DisplayName("gets tokens as a client, and asks for another before one ends")
    void client() throws Exception {
        Catalog catalog = connect(new CatalogSettings.Client(address() + "/token", "PRINCIPAL_ROLE:ALL"), CLIENT);
        TableIdentifier table = TableIdentifier.of(Namespace.of("shop"), "events");
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!authorizations.contains("Bearer token-2")) {
            assertFalse(catalog.tableExists(table));
            assertTrue(System.nanoTime() < deadline, "no second token: " + authorizations);
            Thread.sleep(20);
        }
        for (String request : asked) {
            assertTrue(request.contains("grant_type=client_credentials"), request);
            assertTrue(request.contains("scope=PRINCIPAL_ROLE%3AALL"), request);
        }
        assertTrue(asked.get(0).contains("client_id=stream-job") && asked.get(0).contains("client_secret=pa55%3Aword"), asked.get(0));
        assertFalse(authorizations.contains("null"), authorizations.toString());
    }

    @Test
    @DisplayName("has the one token that the environment holds, or none")
    void token() {
        connect(null, Map.of("CATALOG_TOKEN", "fixed"));
        connect(null, Map.of());
        assertEquals(List.of("Bearer fixed", "null"), authorizations);
    }

    @Test
    @DisplayName("says which variables a client lacks")
    void incomplete() {
        assertEquals(
            "the environment variables CATALOG_CLIENT_ID and CATALOG_CLIENT_SECRET must be set when the configuration has \"catalog.client\"",
            assertThrows(ConfigException.class, () -> connect(new CatalogSettings.Client(null, "catalog"), Map.of())).getMessage());
    }
}
