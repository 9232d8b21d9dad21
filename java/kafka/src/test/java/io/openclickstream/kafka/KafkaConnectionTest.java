package io.openclickstream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.openclickstream.model.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The connection to Kafka")
class KafkaConnectionTest {
    private static KafkaConnection connection(boolean tls, String mechanism, String caFile) {
        return new KafkaConnection(new KafkaSettings("a:9092", tls, mechanism, caFile));
    }

    @Test
    @DisplayName("is plain when nothing is asked for")
    void plain() {
        assertEquals(
            Map.of("kafka.bootstrap.servers", "a:9092", "kafka.security.protocol", "PLAINTEXT"),
            connection(false, null, null).sourceOptions());
    }

    @Test
    @DisplayName("trusts the given authority, or the system's")
    void tls() {
        assertEquals(
            Map.of("kafka.bootstrap.servers", "a:9092", "kafka.security.protocol", "SSL", "kafka.ssl.truststore.type", "PEM",
                "kafka.ssl.truststore.location", "/ca.crt"),
            connection(true, null, "/ca.crt").sourceOptions());
        assertEquals("SSL", connection(true, null, null).clientProperties().get("security.protocol"));
    }

    @Test
    @DisplayName("with a login needs name and password in the environment and a mechanism that it knows")
    void login() {
        assertEquals(
            "the environment variable KAFKA_SASL_USERNAME must be set when Kafka has a SASL mechanism",
            assertThrows(ConfigException.class, () -> connection(true, "SCRAM-SHA-512", null)).getMessage());
        assertEquals(
            "job.json: \"kafka.security.saslMechanism\" must be one of [PLAIN, SCRAM-SHA-256, SCRAM-SHA-512]",
            assertThrows(ConfigException.class, () -> connection(true, "GSSAPI", null)).getMessage());
    }
}
