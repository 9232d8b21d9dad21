package io.openclickstream.profiles;

import java.nio.charset.StandardCharsets;

/**
 * Keys of rows: one byte of salt, 0 to 15, by which a table can be split before it is filled, and 16 bytes of a hash. They show no identifier,
 * and one visitor of two pipelines has two keys.
 */
public final class RowKeys {
    /** How many values the salt has. */
    public static final int SALTS = 16;
    /** Family of the row {@link #cursor}, whose cells have the time at which they were written and never end. */
    public static final String CURSOR_FAMILY = "c";
    private static final int HASH_BYTES = 16;
    /** Its first byte is no salt. */
    private static final byte[] CURSOR = "cursor".getBytes(StandardCharsets.US_ASCII);

    private final String pipeline;

    /** Of a pipeline, {@code namespace/name}. */
    public RowKeys(String pipeline) {
        this.pipeline = pipeline;
    }

    /** The row of a visitor, by {@code visitor_id} of the events. */
    public byte[] visitor(String id) {
        return key("visitor", id);
    }

    /** The row of a user, by {@code user_id} of the events. */
    public byte[] user(String id) {
        return key("user", id);
    }

    /** The row that says how far the profiles are. */
    public static byte[] cursor() {
        return CURSOR.clone();
    }

    private byte[] key(String kind, String id) {
        byte[] digest = Digests.sha256(pipeline + "\n" + kind + "\n" + id);
        byte[] key = new byte[1 + HASH_BYTES];
        key[0] = (byte) (digest[HASH_BYTES] & (SALTS - 1));
        System.arraycopy(digest, 0, key, 1, HASH_BYTES);
        return key;
    }
}
