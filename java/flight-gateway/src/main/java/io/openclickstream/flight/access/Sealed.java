package io.openclickstream.flight.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs what the gateway gives clients to bring back, so that it need not remember it: tokens, tickets, handles of prepared statements and
 * sessions. Each has a purpose, for which alone it is good. The content can be read by who has it.
 */
public final class Sealed {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 32;
    /** Keys shorter than the code that they make are guessed more easily than it. */
    public static final int LEAST_KEY_BYTES = 32;

    private final SecretKeySpec key;

    /** Signs with a key of at least {@link #LEAST_KEY_BYTES} bytes. */
    public Sealed(byte[] key) {
        if (key.length < LEAST_KEY_BYTES) {
            throw new IllegalArgumentException("the signing key must have at least " + LEAST_KEY_BYTES + " bytes, and has " + key.length);
        }
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** Signs a content for a purpose. */
    public byte[] seal(String purpose, byte[] content) {
        return ByteBuffer.allocate(MAC_BYTES + content.length).put(mac(purpose, content)).put(content).array();
    }

    /** The content, when it was signed with this key for this purpose. */
    public Optional<byte[]> open(String purpose, byte[] sealed) {
        if (sealed.length < MAC_BYTES) {
            return Optional.empty();
        }
        byte[] content = Arrays.copyOfRange(sealed, MAC_BYTES, sealed.length);
        boolean isOurs = MessageDigest.isEqual(mac(purpose, content), Arrays.copyOf(sealed, MAC_BYTES));
        return isOurs ? Optional.of(content) : Optional.empty();
    }

    /** What only the holder of the key can tell of a content. */
    byte[] mac(String purpose, byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
