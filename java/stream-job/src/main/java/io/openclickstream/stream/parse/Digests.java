package io.openclickstream.stream.parse;

import io.openclickstream.model.Unicode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/** Identifiers derived from content, so that the same content gets the same identifier after any restart. */
public final class Digests {
    private static final int IDENTIFIER_BYTES = 16;
    /** Namespace of the version 5 UUIDs of events that carry no identifier that could be read. */
    private static final UUID UNREADABLE_EVENTS = UUID.fromString("5f0c3c0e-6d0b-5f5e-9a36-0c1b6f4e7a10");

    private Digests() {
    }

    /** The first 32 hexadecimal digits of the text's SHA-256; texts that are not valid Unicode have different ones too. */
    public static String identifier(String text) {
        byte[] digest = digest("SHA-256", Unicode.bytes(text));
        return HexFormat.of().formatHex(digest, 0, IDENTIFIER_BYTES);
    }

    /** The first 64 bits of the bytes' SHA-256. */
    static long number(byte[] bytes) {
        return ByteBuffer.wrap(digest("SHA-256", bytes)).getLong();
    }

    /** A version 5 UUID over the SHA-256 of the bytes. */
    public static String contentUuid(byte[] bytes) {
        ByteBuffer named = ByteBuffer.allocate(16 + 32)
            .putLong(UNREADABLE_EVENTS.getMostSignificantBits())
            .putLong(UNREADABLE_EVENTS.getLeastSignificantBits())
            .put(digest("SHA-256", bytes));
        ByteBuffer hash = ByteBuffer.wrap(digest("SHA-1", named.array()));
        long high = hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x5000L;
        long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + algorithm, e);
        }
    }
}
