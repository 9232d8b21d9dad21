package io.openclickstream.lake;

import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.OffsetRanges;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;

/**
 * What one task wrote.
 *
 * @param files data files by table; empty for a table that had no rows or already holds this micro-batch
 * @param rows number of rows by table, written or not
 * @param offsets Kafka offsets by table
 * @param supersessions failed events that were superseded
 * @param conflicts duplicates whose content is another one than that of the first
 * @param oldestReceivedAt the earliest time of receipt, microseconds since the epoch; Long.MAX_VALUE without rows
 */
public record TaskOutput(
    Map<OutputTable, List<DataFile>> files,
    Map<OutputTable, Long> rows,
    Map<OutputTable, OffsetRanges> offsets,
    List<Supersession> supersessions,
    long conflicts,
    long oldestReceivedAt) implements Serializable {

    /** Of a task without rows. */
    public static TaskOutput empty() {
        return new TaskOutput(
            new EnumMap<>(OutputTable.class), new EnumMap<>(OutputTable.class), new EnumMap<>(OutputTable.class), new ArrayList<>(), 0,
            Long.MAX_VALUE);
    }

    /** This and the other together; neither is to be used afterwards. */
    public TaskOutput plus(TaskOutput other) {
        other.files.forEach((table, written) -> files.merge(table, written, TaskOutput::concatenation));
        other.rows.forEach((table, count) -> rows.merge(table, count, Long::sum));
        other.offsets.forEach((table, ranges) -> offsets.merge(table, ranges, OffsetRanges::plus));
        supersessions.addAll(other.supersessions);
        return new TaskOutput(files, rows, offsets, supersessions, conflicts + other.conflicts, Math.min(oldestReceivedAt, other.oldestReceivedAt));
    }

    /** Kafka offsets of all tables together. */
    OffsetRanges allOffsets() {
        OffsetRanges all = new OffsetRanges();
        offsets.values().forEach(all::plus);
        return all;
    }

    private static List<DataFile> concatenation(List<DataFile> one, List<DataFile> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }
}
