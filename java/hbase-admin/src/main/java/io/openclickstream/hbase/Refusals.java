package io.openclickstream.hbase;

import io.openclickstream.service.Causes;
import java.io.IOException;
import javax.net.ssl.SSLException;
import javax.security.auth.login.LoginException;
import javax.security.sasl.SaslException;
import org.apache.hadoop.hbase.ipc.FatalConnectionException;
import org.apache.hadoop.hbase.ipc.FallbackDisallowedException;
import org.apache.hadoop.hbase.security.AccessDeniedException;
import org.apache.hadoop.security.KerberosAuthException;

/** Failures that mean that HBase does not take us for whom we say to be, or that it is not whom we believe. */
final class Refusals {
    private static final int MOST_CAUSES = 20;

    private Refusals() {
    }

    /** In one line, or null where the failure is another one. */
    static String of(IOException failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            if (cause instanceof SSLException && !isEnd(cause)) {
                return "the TLS connection failed: " + Causes.describe(cause);
            }
            if (cause instanceof SaslException || cause instanceof LoginException || cause instanceof KerberosAuthException) {
                return "Kerberos failed: " + Causes.describe(cause);
            }
            if (cause instanceof AccessDeniedException || cause instanceof FallbackDisallowedException
                || cause instanceof FatalConnectionException) {
                return Causes.describe(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** A server that ends says nothing about us. */
    private static boolean isEnd(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("closed");
    }
}
