package io.openclickstream.kafka;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers comma-separated {@code host:port}s
 * @param tls how the connection is encrypted; null when it is not
 * @param saslMechanism PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; null without a login
 */
public record KafkaSettings(String bootstrapServers, Tls tls, String saslMechanism) {
    /**
     * PEM files, which are read anew for each connection.
     *
     * @param caFile the authority that signed the servers' certificates; null for the system's authorities
     * @param clientCertificateFile what is shown to servers that ask for a certificate; null for none
     * @param clientKeyFile the private key of that certificate
     */
    public record Tls(String caFile, String clientCertificateFile, String clientKeyFile) {
    }
}
