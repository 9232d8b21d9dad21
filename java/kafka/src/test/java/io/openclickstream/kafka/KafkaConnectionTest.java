package io.openclickstream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.openclickstream.model.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The connection to Kafka")
class KafkaConnectionTest {
    private static final KafkaSettings.Tls NO_FILES = new KafkaSettings.Tls(null, null, null);

    private static KafkaConnection connection(KafkaSettings.Tls tls, String mechanism) {
        return new KafkaConnection(new KafkaSettings("a:9092", tls, mechanism));
    }

    @Test
    @DisplayName("is plain when nothing is asked for")
    void plain() {
        assertEquals(
            Map.of("kafka.bootstrap.servers", "a:9092", "kafka.security.protocol", "PLAINTEXT"),
            connection(null, null).sourceOptions());
    }

    @Test
    @DisplayName("trusts the given authority, or the system's, and shows the given certificate")
    void tls() {
        assertEquals(
            Map.of("kafka.bootstrap.servers", "a:9092", "kafka.security.protocol", "SSL",
                "kafka.ssl.engine.factory.class", "io.openclickstream.kafka.TlsFiles",
                "kafka.openclickstream.tls.ca.file", "/ca.crt",
                "kafka.openclickstream.tls.client.certificate.file", "/tls.crt",
                "kafka.openclickstream.tls.client.key.file", "/tls.key"),
            connection(new KafkaSettings.Tls("/ca.crt", "/tls.crt", "/tls.key"), null).sourceOptions());
        assertEquals("SSL", connection(NO_FILES, null).clientProperties().get("security.protocol"));
    }

    @Test
    @DisplayName("needs a certificate and its key together")
    void halfACertificate() {
        assertEquals(
            "job.json: \"kafka.security.clientCertificateFile\" and \"kafka.security.clientKeyFile\" must be given together",
            assertThrows(ConfigException.class, () -> connection(new KafkaSettings.Tls(null, "/tls.crt", null), null)).getMessage());
    }

    @Test
    @DisplayName("with a login needs name and password in the environment and a mechanism that it knows")
    void login() {
        assertEquals(
            "the environment variable KAFKA_SASL_USERNAME must be set when Kafka has a SASL mechanism",
            assertThrows(ConfigException.class, () -> connection(NO_FILES, "SCRAM-SHA-512")).getMessage());
        assertEquals(
            "job.json: \"kafka.security.saslMechanism\" must be one of [PLAIN, SCRAM-SHA-256, SCRAM-SHA-512]",
            assertThrows(ConfigException.class, () -> connection(NO_FILES, "GSSAPI")).getMessage());
    }
}
