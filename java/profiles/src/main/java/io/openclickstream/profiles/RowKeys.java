package io.openclickstream.profiles;

import java.nio.charset.StandardCharsets;

/**
 * Keys of rows: one byte of salt, which spreads them evenly over the regions of a table that was split before it was filled, and 16 bytes of
 * a hash. They show no identifier, and one visitor of two pipelines has two keys.
 */
public final class RowKeys {
    /** Family of the row {@link #cursor}, whose cells have the time at which they were written and never end. */
    public static final String CURSOR_FAMILY = "c";
    private static final int HASH_BYTES = 16;
    /** No other key is so short. */
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
        key[0] = digest[HASH_BYTES];
        System.arraycopy(digest, 0, key, 1, HASH_BYTES);
        return key;
    }
}
