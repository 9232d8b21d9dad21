package io.openclickstream.lake;

import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.OffsetRanges;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.iceberg.Table;

/**
 * Writes the rows of one task into data files of up to three tables. Rows of a table that is not among the targets, because it
 * already holds the batch, are only counted. Not thread-safe.
 */
public final class OutputWriter {
    /**
     * What makes the names of a task's files unique.
     *
     * @param partitionId the task's number in its job
     * @param attemptId a number that no other attempt at any task has
     * @param operationId names the job; another one for a batch that is done again
     */
    public record Attempt(int partitionId, long attemptId, String operationId) {
    }

    private final Map<OutputTable, Table> targets;
    private final Attempt attempt;
    private final PropertyColumns propertyColumns;
    private final Map<OutputTable, DataFileWriter> writers = new EnumMap<>(OutputTable.class);
    private final TaskOutput output = TaskOutput.empty();
    private long oldestReceivedAt = Long.MAX_VALUE;
    private long conflicts;

    /** The targets are those of {@link LakeSink#targets}. */
    public OutputWriter(Map<OutputTable, Table> targets, Attempt attempt, PropertyColumns propertyColumns) {
        this.targets = targets;
        this.attempt = attempt;
        this.propertyColumns = propertyColumns;
    }

    /** Counts a row by its place in Kafka and its time of receipt in microseconds since the epoch. Every row must be counted, or passed. */
    public void count(OutputTable table, int partition, long offset, long receivedAt) {
        output.rows().merge(table, 1L, Long::sum);
        pass(table, partition, offset);
        oldestReceivedAt = Math.min(oldestReceivedAt, receivedAt);
    }

    /** Counts the place of a record that a table holds already: it belongs to the batch, and gives no row. */
    public void pass(OutputTable table, int partition, long offset) {
        output.offsets().computeIfAbsent(table, key -> new OffsetRanges()).add(partition, offset);
    }

    /** Counts a duplicate whose content is another one than that of the first. */
    public void countConflict() {
        conflicts++;
    }

    /** Notes a failed event that a row of this batch supersedes. */
    public void supersede(Supersession supersession) {
        output.supersessions().add(supersession);
    }

    /** Whether rows of the table are to be written, not only to be counted. */
    public boolean isTarget(OutputTable table) {
        return targets.containsKey(table);
    }

    /** Writes a row of a table that is a target. */
    public void write(OutputRow row) throws IOException {
        writers.computeIfAbsent(row.table(), table -> new DataFileWriter(table, targets.get(table), attempt, propertyColumns))
            .write(row);
    }

    /** Closes the files; gives what was counted and written. */
    public TaskOutput complete() throws IOException {
        for (Map.Entry<OutputTable, DataFileWriter> entry : writers.entrySet()) {
            output.files().put(entry.getKey(), entry.getValue().complete());
        }
        return new TaskOutput(output.files(), output.rows(), output.offsets(), output.supersessions(), conflicts, oldestReceivedAt);
    }

    /** Deletes what was written, because of this failure; a failure to do so is only added to it. */
    public void abort(Exception cause) {
        writers.values().forEach(writer -> writer.abort(cause));
    }
}
