package io.openclickstream.profileapi.access;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** How many profiles each client may still read: a bucket of tokens for each, filled evenly. */
public final class Rates {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    private static final class Bucket {
        private double tokens;
        private long filledAt;
    }

    /** A bucket holds {@code burst} tokens, and gets {@code perSecond} a second; the clock counts nanoseconds. */
    public Rates(long perSecond, long burst, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanos = nanos;
    }

    /**
     * Takes so many tokens, all or none. The number of clients is that of the file of tokens, so buckets are bounded too.
     *
     * @return 0 when they were there, else in how many seconds they will be, rounded up
     */
    public long take(String client, int wanted) {
        Bucket bucket = buckets.computeIfAbsent(client, name -> {
            Bucket full = new Bucket();
            full.tokens = burst;
            full.filledAt = nanos.getAsLong();
            return full;
        });
        synchronized (bucket) {
            long now = nanos.getAsLong();
            bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.filledAt) / NANOS * perSecond);
            bucket.filledAt = now;
            if (bucket.tokens >= wanted) {
                bucket.tokens -= wanted;
                return 0;
            }
            return Math.max(1, (long) Math.ceil((wanted - bucket.tokens) / perSecond));
        }
    }
}
