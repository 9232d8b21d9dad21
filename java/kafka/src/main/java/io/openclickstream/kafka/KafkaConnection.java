package io.openclickstream.kafka;

import io.openclickstream.model.ConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** How Kafka clients of driver and executors connect. Holds no secret: {@link EnvironmentLogin} reads those. */
public final class KafkaConnection {
    private static final Map<String, String> LOGIN_MODULES = Map.of(
        "PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule",
        "SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule",
        "SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule");

    private final Map<String, String> settings = new LinkedHashMap<>();

    /** Fails when the mechanism is unknown, or the environment lacks the login that it needs. */
    public KafkaConnection(KafkaSettings kafka) {
        boolean hasLogin = kafka.saslMechanism() != null;
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        settings.put("security.protocol", (hasLogin ? "SASL_" : "") + (kafka.tls() == null ? "PLAINTEXT" : "SSL"));
        if (kafka.tls() != null) {
            addTls(kafka.tls());
        }
        if (hasLogin) {
            addLogin(kafka.saslMechanism());
        }
    }

    private void addTls(KafkaSettings.Tls tls) {
        if ((tls.clientCertificateFile() == null) != (tls.clientKeyFile() == null)) {
            throw new ConfigException(
                "job.json: \"kafka.security.clientCertificateFile\" and \"kafka.security.clientKeyFile\" must be given together");
        }
        settings.put("ssl.engine.factory.class", TlsFiles.class.getName());
        putIfGiven(TlsFiles.AUTHORITIES, tls.caFile());
        putIfGiven(TlsFiles.CLIENT_CERTIFICATE, tls.clientCertificateFile());
        putIfGiven(TlsFiles.CLIENT_KEY, tls.clientKeyFile());
    }

    private void putIfGiven(String name, String value) {
        if (value != null) {
            settings.put(name, value);
        }
    }

    private void addLogin(String mechanism) {
        String module = LOGIN_MODULES.get(mechanism);
        if (module == null) {
            throw new ConfigException(
                "job.json: \"kafka.security.saslMechanism\" must be one of " + LOGIN_MODULES.keySet().stream().sorted().toList());
        }
        EnvironmentLogin.requireVariables();
        settings.put("sasl.mechanism", mechanism);
        settings.put("sasl.jaas.config", module + " required;");
        settings.put("sasl.client.callback.handler.class", EnvironmentLogin.class.getName());
    }

    /** Settings for a Kafka client of our own. */
    public Properties clientProperties() {
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }

    /** The same as options of Spark's Kafka source. */
    public Map<String, String> sourceOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        settings.forEach((name, value) -> options.put("kafka." + name, value));
        return options;
    }
}
