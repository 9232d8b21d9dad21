package io.openclickstream.hbase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.openclickstream.model.HBaseRequest;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.security.sasl.SaslException;
import org.apache.hadoop.hbase.client.RetriesExhaustedException;
import org.apache.hadoop.hbase.exceptions.ConnectionClosedException;
import org.apache.hadoop.hbase.exceptions.MasterRegistryFetchException;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

class ReasonsTest {
    private static final String CALL = "Call to address=hbase.example/10.0.0.1:16000 failed on local exception: ";

    /** As HBase's client gives up asking for the masters. */
    private static IOException givenUp(Throwable... tries) {
        return new MasterRegistryFetchException(Set.of(), new RetriesExhaustedException("masters", tries.length, List.of(tries)));
    }

    @Test
    void theDeepestOfTheCausesThatAreOnlyTextIsNamed() {
        SaslException sasl = new SaslException("GSS initiate failed", new GSSException(GSSException.NO_CRED));
        IOException refused = new IOException(CALL + sasl + " [Caused by " + sasl + "]");
        assertEquals("GSSException: No valid credentials provided", Reasons.deepest(givenUp(refused)));
        assertEquals("Kerberos failed: GSSException: No valid credentials provided", Refusals.of(givenUp(refused)));
    }

    @Test
    void theLastTryIsTheOneThatIsTold() {
        IOException first = new IOException(CALL + new IOException("one"));
        IOException last = new IOException(CALL + new SSLHandshakeException("Received fatal alert: bad_certificate"));
        assertEquals("SSLHandshakeException: Received fatal alert: bad_certificate", Reasons.deepest(givenUp(first, last)));
        assertEquals("the TLS connection failed: SSLHandshakeException: Received fatal alert: bad_certificate", Refusals.of(givenUp(first, last)));
    }

    @Test
    void aServerThatIsAwayIsNoRefusal() {
        IOException away = new IOException(CALL + new ConnectException("Connection refused"));
        assertEquals("ConnectException: Connection refused", Reasons.deepest(givenUp(away)));
        assertNull(Refusals.of(givenUp(away)));
        assertEquals("RetriesExhaustedException: none", Reasons.deepest(new RetriesExhaustedException("none")));
    }

    @Test
    void whatServersThatEndAConnectionMayDemandIsNamed() {
        List<String> servers = List.of("hbase.example:16000");
        HBaseRequest.Tls tls = new HBaseRequest.Tls(true, null, null, null);
        HBaseRequest.Kerberos kerberos = new HBaseRequest.Kerberos("operator@EXAMPLE.COM", "a2V5", "hbase/_HOST@EXAMPLE.COM", "privacy");
        IOException closed = givenUp(new IOException(CALL + new ConnectionClosedException("Connection closed")));
        String hint = ", as by servers that demand %s, which is not set here";
        assertEquals(hint.formatted("TLS or Kerberos"), new Access(servers, "me", null, null).hint(closed));
        assertEquals(hint.formatted("Kerberos"), new Access(servers, "me", tls, null).hint(closed));
        assertEquals(hint.formatted("TLS"), new Access(servers, "me", null, kerberos).hint(closed));
        assertEquals("", new Access(servers, "me", tls, kerberos).hint(closed));
        assertEquals("", new Access(servers, "me", null, null).hint(givenUp(new ConnectException("Connection refused"))));
    }
}
