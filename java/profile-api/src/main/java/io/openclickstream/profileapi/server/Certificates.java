package io.openclickstream.profileapi.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** A certificate with its key, from files of a Secret. */
final class Certificates {
    /** The store is in memory alone, but the JDK wants one. */
    static final String PASSWORD = "in-memory";

    private final Path certificate;
    private final Path key;
    private String taken = "";

    Certificates(Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** What the files hold now; null when they are as they were at the last call. */
    KeyStore changed() throws IOException, GeneralSecurityException {
        String chain = Files.readString(certificate);
        String pem = Files.readString(key);
        if (taken.equals(chain + pem)) {
            return null;
        }
        Certificate[] certificates = CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(chain.getBytes(StandardCharsets.UTF_8))).toArray(Certificate[]::new);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", privateKey(pem), PASSWORD.toCharArray(), certificates);
        taken = chain + pem;
        return store;
    }

    private PrivateKey privateKey(String pem) throws GeneralSecurityException {
        if (!pem.contains("-----BEGIN PRIVATE KEY-----")) {
            throw new InvalidKeySpecException(key + " must be a private key in PKCS#8 (\"BEGIN PRIVATE KEY\"); openssl pkcs8 -topk8 -nodes makes one");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        } catch (InvalidKeySpecException e) {
            return KeyFactory.getInstance("EC").generatePrivate(spec);
        }
    }
}
