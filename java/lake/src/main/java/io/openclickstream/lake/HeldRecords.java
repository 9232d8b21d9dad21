package io.openclickstream.lake;

import java.io.Serializable;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** Records that a recovery reads again although a table holds them. A bit for each offset from the first one on that is read again. */
public final class HeldRecords implements Serializable {
    public static final HeldRecords NONE = new HeldRecords();
    private static final long serialVersionUID = 1L;

    private record Span(long first, BitSet offsets) implements Serializable {
    }

    private final Map<Integer, Span> spans = new TreeMap<>();

    /** Adds a record; offsets before the first one are not read again. */
    void add(int partition, long offset, long first) {
        if (offset >= first) {
            spans.computeIfAbsent(partition, key -> new Span(first, new BitSet())).offsets().set(Math.toIntExact(offset - first));
        }
    }

    /** Whether a table holds this record already. */
    public boolean contains(int partition, long offset) {
        Span span = spans.get(partition);
        if (span == null || offset < span.first() || offset - span.first() > Integer.MAX_VALUE) {
            return false;
        }
        return span.offsets().get((int) (offset - span.first()));
    }

    /** How many they are. */
    public long count() {
        return spans.values().stream().mapToLong(span -> span.offsets().cardinality()).sum();
    }
}
