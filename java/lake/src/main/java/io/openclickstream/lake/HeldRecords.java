package io.openclickstream.lake;

import java.io.Serializable;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** Records that a recovery reads again although a table holds them: a bit for each offset, in blocks, of which only those exist that hold one. */
public final class HeldRecords implements Serializable {
    public static final HeldRecords NONE = new HeldRecords();
    private static final long serialVersionUID = 1L;
    private static final int BLOCK = 1 << 16;

    private final Map<Integer, Map<Long, BitSet>> partitions = new TreeMap<>();

    void add(int partition, long offset) {
        partitions.computeIfAbsent(partition, key -> new TreeMap<>())
            .computeIfAbsent(offset / BLOCK, key -> new BitSet())
            .set((int) (offset % BLOCK));
    }

    /** Whether a table holds this record already. */
    public boolean contains(int partition, long offset) {
        BitSet block = partitions.getOrDefault(partition, Map.of()).get(offset / BLOCK);
        return block != null && block.get((int) (offset % BLOCK));
    }

    /** How many they are. */
    public long count() {
        return partitions.values().stream().flatMap(blocks -> blocks.values().stream()).mapToLong(BitSet::cardinality).sum();
    }
}
