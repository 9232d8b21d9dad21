package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.openclickstream.model.ConfigException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.io.FileIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Further certificate authorities")
class TrustedAuthoritiesTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;
    private Properties before;
    private SSLContext contextBefore;
    private HttpsServer server;
    private Path authority;

    /** A server that plays both: a catalog without settings, and an S3 without objects. */
    @BeforeEach
    void serve() throws IOException, InterruptedException, GeneralSecurityException {
        before = (Properties) System.getProperties().clone();
        contextBefore = SSLContext.getDefault();
        Path file = folder.resolve("server.p12");
        List<String> command = List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "one", "-keyalg", "EC",
            "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storetype", "PKCS12", "-storepass", new String(PASSWORD),
            "-keystore", file.toString());
        assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start().waitFor());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        authority = Files.writeString(folder.resolve("ca.crt"), "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(store.getCertificate("one").getEncoded()) + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/v1/config", exchange -> {
            byte[] body = "{\"defaults\":{},\"overrides\":{}}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void restore() {
        server.stop(0);
        System.setProperties(before);
        SSLContext.setDefault(contextBefore);
    }

    private String address() {
        return "https://localhost:" + server.getAddress().getPort();
    }

    private void connect() throws IOException {
        CatalogSettings catalog = new CatalogSettings("lake", address(), null, null, null);
        ((Closeable) LakeCatalog.connect(catalog, new StorageSettings(address(), "us-east-1", true), new Configuration(false))).close();
    }

    private boolean hasObject() {
        Map<String, String> properties = Map.of(
            "s3.endpoint", address(), "s3.path-style-access", "true", "client.region", "us-east-1",
            "s3.access-key-id", "id", "s3.secret-access-key", "key");
        try (FileIO io = CatalogUtil.loadFileIO("org.apache.iceberg.aws.s3.S3FileIO", properties, new Configuration(false))) {
            return io.newInputFile("s3://bucket/key").exists();
        }
    }

    @Test
    @DisplayName("are trusted by the clients of catalog and S3 once they are added, and not before")
    void added() throws Exception {
        Throwable refused = assertThrows(RuntimeException.class, this::connect).getCause();
        assertTrue(refused.toString().contains("PKIX path building failed"), refused.toString());
        TrustedAuthorities.add(List.of(authority));
        connect();
        assertFalse(hasObject());
    }

    @Test
    @DisplayName("must be in the files that are named")
    void unreadable() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.crt"), "");
        assertEquals(
            "the file \"" + empty + "\" holds no certificate in PEM form",
            assertThrows(ConfigException.class, () -> TrustedAuthorities.add(List.of(empty))).getMessage());
    }
}
