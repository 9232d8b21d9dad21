package io.openclickstream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Files with certificates for Kafka")
class TlsFilesTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;
    private Path certificate;
    private Path key;

    @BeforeEach
    void place() {
        certificate = folder.resolve("tls.crt");
        key = folder.resolve("tls.key");
    }

    /** Puts a certificate of its own for a name, and the key, in the files; the JDK's tool makes them. */
    private void issue(String name) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(name + ".p12");
        List<String> command = List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "one", "-keyalg", "EC",
            "-dname", "CN=" + name, "-storetype", "PKCS12", "-storepass", new String(PASSWORD), "-keystore", store.toString());
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, PASSWORD);
        }
        Files.writeString(certificate, pem("CERTIFICATE", made.getCertificate("one").getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", made.getKey("one", PASSWORD).getEncoded()));
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    private TlsFiles open() {
        TlsFiles files = new TlsFiles();
        files.configure(Map.of(
            "ssl.protocol", "TLSv1.3",
            TlsFiles.AUTHORITIES, certificate.toString(),
            TlsFiles.CLIENT_CERTIFICATE, certificate.toString(),
            TlsFiles.CLIENT_KEY, key.toString()));
        return files;
    }

    /** Name in the certificate that a connection made now shows. */
    private static String shown(TlsFiles files) throws GeneralSecurityException {
        files.createClientSslEngine("localhost", 9093, "https");
        KeyStore store = files.keystore();
        X509Certificate first = (X509Certificate) store.getCertificate(store.aliases().nextElement());
        return first.getSubjectX500Principal().getName();
    }

    @Test
    @DisplayName("are read anew for each connection, and what cannot be used does not replace what can")
    void renewed() throws Exception {
        issue("first");
        TlsFiles files = open();
        assertEquals("CN=first", shown(files));
        issue("second");
        assertEquals("CN=second", shown(files));
        Files.writeString(certificate, "half");
        assertEquals("CN=second", shown(files));
        Files.delete(key);
        assertEquals("CN=second", shown(files));
        issue("third");
        assertEquals("CN=third", shown(files));
    }

    @Test
    @DisplayName("must be there when the client starts")
    void missing() {
        String message = assertThrows(IllegalStateException.class, this::open).getMessage();
        assertTrue(message.startsWith("the certificates for Kafka cannot be read: java.nio.file.NoSuchFileException"), message);
    }
}
