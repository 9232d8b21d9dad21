package io.openclickstream.offsets;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/** The span of Kafka offsets in each Kafka partition. Not thread-safe. */
public final class OffsetRanges implements Serializable {
    private static final long serialVersionUID = 1L;

    private record Range(long first, long last) implements Serializable {
        Range plus(Range other) {
            return new Range(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    private final TreeMap<Integer, Range> ranges = new TreeMap<>();

    /** Widens the span of the partition to this offset. */
    public void add(int partition, long offset) {
        ranges.merge(partition, new Range(offset, offset), Range::plus);
    }

    /** Widens these spans by the others; gives this object. */
    public OffsetRanges plus(OffsetRanges other) {
        other.ranges.forEach((partition, range) -> ranges.merge(partition, range, Range::plus));
        return this;
    }

    /** The lowest offset by partition. */
    public Map<Integer, Long> firstOffsets() {
        Map<Integer, Long> first = new TreeMap<>();
        ranges.forEach((partition, range) -> first.put(partition, range.first()));
        return first;
    }

    /** The highest offset by partition. */
    public Map<Integer, Long> lastOffsets() {
        Map<Integer, Long> last = new TreeMap<>();
        ranges.forEach((partition, range) -> last.put(partition, range.last()));
        return last;
    }

    /** Whether any of these offsets lies before the next one of its partition. */
    public boolean overlaps(NextOffsets next) {
        return ranges.entrySet().stream().anyMatch(entry -> entry.getValue().first() < next.of(entry.getKey()));
    }

    /** For the snapshot summary, for example {@code 0:120-180,1:7-7}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        ranges.forEach((partition, range) -> text.append(text.isEmpty() ? "" : ",")
            .append(partition).append(':').append(range.first()).append('-').append(range.last()));
        return text.toString();
    }
}
