package io.openclickstream.lake;

import io.openclickstream.model.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Makes this process trust further certificate authorities. The clients of catalog and S3 (Iceberg's, Hadoop's and the AWS SDK's) all
 * look at the JVM's own truststore and nowhere else, so it is replaced, before the first of them is made.
 */
public final class TrustedAuthorities {
    private static final String STORE = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "changeit";

    private TrustedAuthorities() {
    }

    /** Adds the certificates of PEM files to those that are trusted already; does nothing without files. */
    public static synchronized void add(List<Path> files) {
        if (files.isEmpty()) {
            return;
        }
        try {
            KeyStore store = trustedSoFar();
            for (Path file : files) {
                for (Certificate certificate : read(file)) {
                    store.setCertificateEntry("added-" + store.size(), certificate);
                }
            }
            Path made = Files.createTempFile("truststore", ".p12");
            made.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(made)) {
                store.store(out, PASSWORD.toCharArray());
            }
            System.setProperty(STORE, made.toString());
            System.setProperty(STORE + "Type", "PKCS12");
            System.setProperty(STORE + "Password", PASSWORD);
            // The JVM keeps the context that it once made of the properties of before.
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLContext.setDefault(context);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the certificate authorities of catalog and S3 cannot be added: " + e, e);
        }
    }

    private static Collection<? extends Certificate> read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new ConfigException("the file \"" + file + "\" holds no certificate in PEM form");
            }
            return certificates;
        }
    }

    private static KeyStore trustedSoFar() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager trusting) {
                for (X509Certificate issuer : trusting.getAcceptedIssuers()) {
                    store.setCertificateEntry("trusted-" + store.size(), issuer);
                }
            }
        }
        return store;
    }
}
