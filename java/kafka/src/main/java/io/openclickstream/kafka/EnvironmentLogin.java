package io.openclickstream.kafka;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.SecretVariables;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;

/**
 * Gives Kafka clients name and password from the environment of the process they run in. So the password is in no Spark
 * option, no serialized task and no log, and may hold any character.
 */
public final class EnvironmentLogin implements AuthenticateCallbackHandler {
    /** Fails with the variable's name when one is absent. */
    static void requireVariables() {
        for (String variable : List.of(SecretVariables.KAFKA_USERNAME, SecretVariables.KAFKA_PASSWORD)) {
            if (System.getenv(variable) == null) {
                throw new ConfigException("the environment variable " + variable + " must be set when Kafka has a SASL mechanism");
            }
        }
    }

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
        requireVariables();
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(System.getenv(SecretVariables.KAFKA_USERNAME));
            } else if (callback instanceof PasswordCallback password) {
                password.setPassword(System.getenv(SecretVariables.KAFKA_PASSWORD).toCharArray());
            } else if (!(callback instanceof ScramExtensionsCallback)) {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
