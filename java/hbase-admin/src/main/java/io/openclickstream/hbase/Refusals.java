package io.openclickstream.hbase;

import java.io.IOException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.security.auth.login.LoginException;
import javax.security.sasl.SaslException;
import org.apache.hadoop.hbase.ipc.FallbackDisallowedException;
import org.apache.hadoop.hbase.ipc.FatalConnectionException;
import org.apache.hadoop.hbase.security.AccessDeniedException;
import org.apache.hadoop.security.KerberosAuthException;

/** Failures that mean that HBase does not take us for whom we say to be, or that it is not whom we believe. */
final class Refusals {
    private static final int MOST_CAUSES = 20;
    private static final Pattern TLS = Pattern.compile("\\bSSL\\w*Exception\\b");
    private static final Pattern KERBEROS = Pattern.compile("\\b(Sasl|GSS|Login|KerberosAuth)Exception\\b");
    private static final Pattern OTHER = Pattern.compile("\\b(AccessDenied|FallbackDisallowed|FatalConnection)Exception\\b");

    private Refusals() {
    }

    /** In one line, or null where the failure is another one. */
    static String of(IOException failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            if (cause instanceof SSLException && !isEnd(cause.getMessage())) {
                return "the TLS connection failed: " + Reasons.deepest(cause);
            }
            if (cause instanceof SaslException || cause instanceof LoginException || cause instanceof KerberosAuthException) {
                return "Kerberos failed: " + Reasons.deepest(cause);
            }
            if (cause instanceof AccessDeniedException || cause instanceof FallbackDisallowedException
                || cause instanceof FatalConnectionException) {
                return Reasons.deepest(cause);
            }
            cause = cause.getCause();
        }
        String listed = Reasons.listed(failure);
        return listed == null ? null : inText(listed, Reasons.deepest(failure));
    }

    private static String inText(String listed, String deepest) {
        if (TLS.matcher(listed).find() && !isEnd(listed)) {
            return "the TLS connection failed: " + deepest;
        }
        if (KERBEROS.matcher(listed).find()) {
            return "Kerberos failed: " + deepest;
        }
        return OTHER.matcher(listed).find() ? deepest : null;
    }

    /** A server that ends says nothing about us. */
    private static boolean isEnd(String message) {
        return String.valueOf(message).contains("closed");
    }
}
