package io.openclickstream.hbase;

import io.openclickstream.model.HBaseRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.security.User;
import org.apache.hadoop.hbase.security.provider.SaslClientAuthenticationProviders;
import org.apache.hadoop.security.UserGroupInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who we are to one cluster, with the files that HBase's client reads keys and certificates from. They go with it. */
final class Login implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Login.class);
    private static final String KERBEROS = "kerberos";
    private static final String PEM = "PEM";

    private final List<Path> files = new ArrayList<>();
    private final Configuration configuration;
    private final UserGroupInformation user;
    private final boolean isKerberos;

    static {
        // HBase's client chooses the way to authenticate by the configuration of the process's first connection; and the one that
        // asks a server which cluster it is never authenticates, so that later ones would not either (seen with 2.6.4).
        // Connections without Kerberos do not ask what is chosen here.
        Configuration secured = new Configuration(false);
        secured.set(User.HBASE_SECURITY_CONF_KEY, KERBEROS);
        SaslClientAuthenticationProviders.getInstance(secured);
    }

    private Login(Access access, Configuration configuration) throws IOException {
        this.configuration = configuration;
        this.isKerberos = access.kerberos() != null;
        try {
            if (access.tls() != null) {
                encrypt(access.tls());
            }
            this.user = isKerberos ? authenticate(access.kerberos()) : UserGroupInformation.createRemoteUser(access.user());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Logs in. What HBase's client must know is added to the configuration. */
    static Login to(Access access, Configuration configuration) throws IOException {
        return new Login(access, configuration);
    }

    User user() throws IOException {
        return User.create(user);
    }

    Configuration configuration() {
        return configuration;
    }

    /** HBase's client renews the tickets of the process's own user only. */
    void renew() throws IOException {
        if (isKerberos) {
            user.checkTGTAndReloginFromKeytab();
        }
    }

    private void encrypt(HBaseRequest.Tls tls) throws IOException {
        configuration.setBoolean("hbase.client.netty.tls.enabled", true);
        configuration.setBoolean("hbase.client.netty.tls.verify.server.hostname", true);
        if (tls.authorities() != null) {
            configuration.set("hbase.rpc.tls.truststore.location", file(".pem", tls.authorities().getBytes(StandardCharsets.UTF_8)));
            configuration.set("hbase.rpc.tls.truststore.type", PEM);
        }
        if (tls.certificate() != null) {
            String both = tls.certificate().strip() + "\n" + tls.privateKey().strip() + "\n";
            configuration.set("hbase.rpc.tls.keystore.location", file(".pem", both.getBytes(StandardCharsets.UTF_8)));
            configuration.set("hbase.rpc.tls.keystore.type", PEM);
        }
    }

    private UserGroupInformation authenticate(HBaseRequest.Kerberos kerberos) throws IOException {
        configuration.set(User.HBASE_SECURITY_CONF_KEY, KERBEROS);
        configuration.set("hadoop.security.authentication", KERBEROS);
        configuration.set("hbase.master.kerberos.principal", kerberos.servicePrincipal());
        configuration.set("hbase.regionserver.kerberos.principal", kerberos.servicePrincipal());
        configuration.set("hbase.rpc.protection", kerberos.protection());
        String keytab = file(".keytab", Base64.getDecoder().decode(kerberos.keytab()));
        // For the whole process: with it, users with keys may be made beside those without.
        synchronized (Login.class) {
            if (!UserGroupInformation.isSecurityEnabled()) {
                Configuration secured = new Configuration(false);
                secured.set("hadoop.security.authentication", KERBEROS);
                UserGroupInformation.setConfiguration(secured);
            }
        }
        return UserGroupInformation.loginUserFromKeytabAndReturnUGI(kerberos.principal(), keytab);
    }

    private String file(String suffix, byte[] content) throws IOException {
        Path file = Files.createTempFile("hbase-", suffix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        files.add(file);
        Files.write(file, content);
        return file.toString();
    }

    @Override
    public void close() {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("A file with keys could not be removed", new UncheckedIOException(e));
            }
        }
    }
}
