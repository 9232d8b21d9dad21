package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How to reach a Kafka; all but the servers are null for one that asks for nothing. The mechanism is PLAIN or a SCRAM; a Kafka that
 * asks for a certificate has none.
 */
record KafkaAccess(
    String bootstrapServers, String caFile, String mechanism, String username, String password, String certificateFile, String keyFile) {

    /** Reads {@code {"bootstrapServers": [...], "caFile", "username", "password", "certificateFile", "keyFile"}}. */
    static KafkaAccess of(JsonNode kafka) {
        return new KafkaAccess(
            kafka.required("bootstrapServers").required(0).textValue(),
            kafka.path("caFile").textValue(),
            null, kafka.path("username").textValue(), kafka.path("password").textValue(),
            kafka.path("certificateFile").textValue(), kafka.path("keyFile").textValue());
    }

    KafkaAccess with(String saslMechanism) {
        return new KafkaAccess(bootstrapServers, caFile, saslMechanism, username, password, certificateFile, keyFile);
    }

    KafkaAccess withPassword(String other) {
        return new KafkaAccess(bootstrapServers, caFile, mechanism, username, other, certificateFile, keyFile);
    }

    private boolean asksForCertificate() {
        return certificateFile != null;
    }

    /** Settings of a client, as Kafka's own documentation gives them: independent of the job's. */
    Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrapServers));
        if (mechanism != null || asksForCertificate()) {
            settings.putAll(Map.of(
                "security.protocol", mechanism == null ? "SSL" : "SASL_SSL",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", caFile));
        }
        if (asksForCertificate()) {
            settings.putAll(Map.of(
                "ssl.keystore.type", "PEM",
                "ssl.keystore.certificate.chain", contentOf(certificateFile),
                "ssl.keystore.key", contentOf(keyFile)));
        }
        if (mechanism != null) {
            String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
            settings.putAll(Map.of(
                "sasl.mechanism", mechanism,
                "sasl.jaas.config", "org.apache.kafka.common.security." + module
                    + " required username=\"" + username + "\" password=\"" + password + "\";"));
        }
        return settings;
    }

    private static String contentOf(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What job.json says of it. */
    Map<String, Object> jobSecurity() {
        if (asksForCertificate()) {
            return Map.of("tls", true, "caFile", caFile, "clientCertificateFile", certificateFile, "clientKeyFile", keyFile);
        }
        return mechanism == null ? Map.of("tls", false) : Map.of("tls", true, "caFile", caFile, "saslMechanism", mechanism);
    }

    /** What the job finds in its environment. */
    Map<String, String> environment() {
        return mechanism == null ? Map.of() : Map.of("KAFKA_SASL_USERNAME", username, "KAFKA_SASL_PASSWORD", password);
    }
}
