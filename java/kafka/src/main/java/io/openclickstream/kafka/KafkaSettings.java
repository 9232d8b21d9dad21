package io.openclickstream.kafka;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers comma-separated {@code host:port}s
 * @param tls whether the connection is encrypted
 * @param saslMechanism PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; null without a login
 * @param caFile PEM file of the authority that signed the servers' certificates; null for the system's authorities
 */
public record KafkaSettings(String bootstrapServers, boolean tls, String saslMechanism, String caFile) {
}
