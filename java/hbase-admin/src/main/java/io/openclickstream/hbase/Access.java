package io.openclickstream.hbase;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.HBaseRequest;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.hbase.exceptions.ConnectionClosedException;

/**
 * How a cluster is reached. Two requests with the same access share a connection.
 *
 * @param bootstrapServers servers to begin with
 * @param user name to be known by where HBase believes its clients
 * @param tls null for plain connections
 * @param kerberos null where HBase believes its clients
 */
record Access(List<String> bootstrapServers, String user, HBaseRequest.Tls tls, HBaseRequest.Kerberos kerberos) {
    private static final String DEFAULT_USER = "openclickstream";
    private static final List<String> PROTECTIONS = List.of("authentication", "integrity", "privacy");

    /** Throws a {@link ConfigException} that names the field. */
    static Access of(HBaseRequest request) {
        HBaseRequest.Kerberos kerberos = request.kerberos().principal() == null ? null : request.kerberos();
        if (kerberos != null) {
            require(kerberos.keytab() != null && kerberos.servicePrincipal() != null, "\"kerberos\" must have keytab and servicePrincipal");
            require(request.user() == null, "\"user\" must be absent with \"kerberos\", whose principal says who it is");
            require(PROTECTIONS.contains(kerberos.protection()), "\"kerberos.protection\" must be one of " + PROTECTIONS);
            require(isBase64(kerberos.keytab()), "\"kerberos.keytab\" must be base64");
        }
        HBaseRequest.Tls tls = request.tls().isUsed() ? request.tls() : null;
        require(tls == null || (tls.certificate() == null) == (tls.privateKey() == null),
            "\"tls.certificate\" and \"tls.privateKey\" must be given together");
        return new Access(request.bootstrapServers(), Objects.requireNonNullElse(request.user(), DEFAULT_USER), tls, kerberos);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new ConfigException("request: " + message);
        }
    }

    private static boolean isBase64(String text) {
        try {
            return Base64.getDecoder().decode(text).length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Completes the words of a failure: servers end connections that lack what they demand, and HBase's client does not say why. */
    String hint(IOException failure) {
        if ((tls != null && kerberos != null) || !Reasons.deepest(failure).startsWith(ConnectionClosedException.class.getSimpleName())) {
            return "";
        }
        String absent = tls != null ? "Kerberos" : kerberos != null ? "TLS" : "TLS or Kerberos";
        return ", as by servers that demand " + absent + ", which is not set here";
    }

    /** Without what nobody may see. */
    @Override
    public String toString() {
        String name = kerberos == null ? user : kerberos.principal();
        return String.join(",", bootstrapServers) + " as " + name + (tls == null ? "" : " with TLS");
    }
}
