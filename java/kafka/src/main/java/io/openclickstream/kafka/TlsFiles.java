package io.openclickstream.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of Kafka clients by PEM files that are read anew for each connection: a renewed certificate needs no restart. Kafka's own factory
 * reads them once, and wants certificate and key in one file.
 */
public final class TlsFiles implements SslEngineFactory {
    static final String AUTHORITIES = "openclickstream.tls.ca.file";
    static final String CLIENT_CERTIFICATE = "openclickstream.tls.client.certificate.file";
    static final String CLIENT_KEY = "openclickstream.tls.client.key.file";

    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final Map<String, String> CONTENTS = Map.of(
        AUTHORITIES, SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
        CLIENT_CERTIFICATE, SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
        CLIENT_KEY, SslConfigs.SSL_KEYSTORE_KEY_CONFIG);

    private final Map<String, Path> files = new HashMap<>();
    private Map<String, Object> settings;
    private Map<String, String> contents;
    private DefaultSslEngineFactory factory;

    @Override
    public void configure(Map<String, ?> configs) {
        settings = new HashMap<>(configs);
        CONTENTS.forEach((file, content) -> {
            if (configs.get(file) instanceof String path) {
                files.put(content, Path.of(path));
            }
        });
        try {
            contents = read();
        } catch (IOException e) {
            throw new IllegalStateException("the certificates for Kafka cannot be read: " + e, e);
        }
        factory = build(contents);
    }

    @Override
    public SSLEngine createClientSslEngine(String host, int port, String endpointIdentification) {
        return fresh().createClientSslEngine(host, port, endpointIdentification);
    }

    /** What cannot be used does not replace what can: the files may be half written. */
    private synchronized SslEngineFactory fresh() {
        try {
            Map<String, String> now = read();
            if (!now.equals(contents)) {
                factory = build(now);
                contents = now;
                LOG.info("Read new certificates for Kafka");
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Keeping the certificates for Kafka of before: {}", e.toString());
        }
        return factory;
    }

    private Map<String, String> read() throws IOException {
        Map<String, String> read = new HashMap<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            read.put(file.getKey(), Files.readString(file.getValue()));
        }
        return read;
    }

    private DefaultSslEngineFactory build(Map<String, String> read) {
        Map<String, Object> all = new HashMap<>(settings);
        read.forEach((content, text) -> all.put(content, new Password(text)));
        if (read.containsKey(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG)) {
            all.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, DefaultSslEngineFactory.PEM_TYPE);
        }
        if (read.containsKey(SslConfigs.SSL_KEYSTORE_KEY_CONFIG)) {
            all.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, DefaultSslEngineFactory.PEM_TYPE);
        }
        DefaultSslEngineFactory built = new DefaultSslEngineFactory();
        built.configure(all);
        return built;
    }

    @Override
    public SSLEngine createServerSslEngine(String host, int port) {
        throw new UnsupportedOperationException("this is for clients");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public synchronized KeyStore keystore() {
        return factory.keystore();
    }

    @Override
    public synchronized KeyStore truststore() {
        return factory.truststore();
    }

    @Override
    public void close() {
        // Holds nothing that is open.
    }
}
