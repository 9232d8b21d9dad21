package io.openclickstream.offsets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;

/** For each Kafka partition the next offset to read: everything before it is in the tables. Immutable. */
public final class NextOffsets {
    /** Nothing was read yet. */
    public static final NextOffsets NONE = new NextOffsets(new TreeMap<>());
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TreeMap<Integer, Long> offsets;

    private NextOffsets(TreeMap<Integer, Long> offsets) {
        this.offsets = offsets;
    }

    /** Of offsets by partition. */
    public static NextOffsets at(Map<Integer, Long> offsets) {
        return new NextOffsets(new TreeMap<>(offsets));
    }

    /** Out of the text that {@link #toString} gives; null gives none. */
    public static NextOffsets parse(String text) {
        if (text == null) {
            return NONE;
        }
        try {
            TreeMap<Integer, Long> offsets = new TreeMap<>();
            JsonNode partitions = JSON.readTree(text);
            partitions.fields().forEachRemaining(entry -> offsets.put(Integer.valueOf(entry.getKey()), entry.getValue().longValue()));
            return new NextOffsets(offsets);
        } catch (JsonProcessingException | NumberFormatException e) {
            throw new IllegalArgumentException("not offsets by partition, such as {\"0\":17}: " + text, e);
        }
    }

    /** What a partition's next offset is; 0 for a partition that was not read. */
    public long of(int partition) {
        return offsets.getOrDefault(partition, 0L);
    }

    public boolean isEmpty() {
        return offsets.isEmpty();
    }

    /** Whether any partition is further on here than there. */
    public boolean isAheadOf(NextOffsets other) {
        return offsets.entrySet().stream().anyMatch(entry -> entry.getValue() > other.of(entry.getKey()));
    }

    /** These and a batch's offsets together. */
    public NextOffsets after(OffsetRanges batch) {
        TreeMap<Integer, Long> next = new TreeMap<>(offsets);
        batch.lastOffsets().forEach((partition, last) -> next.merge(partition, last + 1, Math::max));
        return new NextOffsets(next);
    }

    /** Of each partition whichever is further. */
    public NextOffsets furthest(NextOffsets other) {
        TreeMap<Integer, Long> next = new TreeMap<>(offsets);
        other.offsets.forEach((partition, offset) -> next.merge(partition, offset, Math::max));
        return new NextOffsets(next);
    }

    /** JSON, for example {@code {"0":17,"1":4}}. */
    @Override
    public String toString() {
        try {
            return JSON.writeValueAsString(offsets);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can be written as JSON", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NextOffsets next && next.offsets.equals(offsets);
    }

    @Override
    public int hashCode() {
        return offsets.hashCode();
    }

    /** The offsets by partition, for readers; not to be changed. */
    public Map<Integer, Long> byPartition() {
        return Map.copyOf(offsets);
    }
}
