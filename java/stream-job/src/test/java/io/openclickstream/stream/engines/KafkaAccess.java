package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** How to reach a Kafka; all but the servers are null for one that asks for nothing. The mechanism is PLAIN or a SCRAM. */
record KafkaAccess(String bootstrapServers, String caFile, String mechanism, String username, String password) {
    /** Reads {@code {"bootstrapServers": [...], "caFile", "username", "password"}}. */
    static KafkaAccess of(JsonNode kafka) {
        return new KafkaAccess(
            kafka.required("bootstrapServers").required(0).textValue(),
            kafka.path("caFile").textValue(), null, kafka.path("username").textValue(), kafka.path("password").textValue());
    }

    KafkaAccess with(String saslMechanism) {
        return new KafkaAccess(bootstrapServers, caFile, saslMechanism, username, password);
    }

    /** Settings of a client, as Kafka's own documentation gives them: independent of the job's. */
    Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrapServers));
        if (mechanism != null) {
            String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
            settings.putAll(Map.of(
                "security.protocol", "SASL_SSL",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", caFile,
                "sasl.mechanism", mechanism,
                "sasl.jaas.config", "org.apache.kafka.common.security." + module
                    + " required username=\"" + username + "\" password=\"" + password + "\";"));
        }
        return settings;
    }

    /** What job.json says of it. */
    Map<String, Object> jobSecurity() {
        return mechanism == null ? Map.of("tls", false) : Map.of("tls", true, "caFile", caFile, "saslMechanism", mechanism);
    }

    /** What the job finds in its environment. */
    Map<String, String> environment() {
        return mechanism == null ? Map.of() : Map.of("KAFKA_SASL_USERNAME", username, "KAFKA_SASL_PASSWORD", password);
    }
}
