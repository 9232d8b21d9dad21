package io.openclickstream.lake;

import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.offsets.OffsetRanges;
import io.openclickstream.offsets.SourceTopic;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each batch once into three tables: {@link #targets} says which of them lack it, tasks write their data files by an
 * {@link OutputWriter}, and {@link #commit} commits table by table. A crash anywhere leaves some tables with the batch and some
 * without; when the batch is done again, which must give the same rows, those that have it are passed over.
 */
public final class LakeSink {
    private static final Logger LOG = LoggerFactory.getLogger(LakeSink.class);

    private final LakeTables tables;
    private final SourceTopic topic;
    private final String topicId;
    private HeldRecords held;

    /** The topic's identifier is the one that the job was started with. */
    public LakeSink(LakeTables tables, SourceTopic topic, String topicId) {
        this.tables = tables;
        this.topic = topic;
        this.topicId = topicId;
    }

    /** The batch of this number in the query, which the checkpoint names. */
    public MicroBatch batch(String queryId, long epoch) {
        return new MicroBatch(queryId, epoch, topicId);
    }

    /** The tables that do not hold the batch yet, as tasks need them. Reads their metadata again. */
    public Map<OutputTable, Table> targets(MicroBatch batch) {
        Map<OutputTable, Table> targets = new EnumMap<>(OutputTable.class);
        tables.forEach((output, table) -> {
            table.refresh();
            if (table.holds(batch)) {
                LOG.info("Passing over a table that already holds the batch table={} batchId={}", table.name(), batch.epoch());
            } else {
                targets.put(output, table.forTasks());
            }
        });
        return targets;
    }

    /**
     * Records of the batch that a table holds from before a recovery: they are counted, and not written again.
     *
     * @param onRead is told of each file that is read to know them, which can take long
     */
    public HeldRecords held(Runnable onRead) {
        if (!tables.canHoldAgain(topicId)) {
            held = HeldRecords.NONE;
        } else if (held == null) {
            held = tables.held(topicId, onRead);
        }
        return held;
    }

    /** How many records' rows were ever erased from the tables on purpose, as of the last batch; null when a table does not say it. */
    public Long erased() {
        try {
            return tables.erased();
        } catch (IllegalArgumentException e) {
            LOG.warn("How many rows were erased is unknown: the property {} of a table cannot be read", Erasure.ERASED, e);
            return null;
        }
    }

    /**
     * Checks that the batch goes on exactly where the tables end, and commits it. The output is that of all its tasks together.
     * Fails with what to do when it does not; then no table has it, and its files are deleted.
     */
    public void commit(MicroBatch batch, Map<OutputTable, Table> targets, TaskOutput output) throws InterruptedException {
        requireContinuation(batch, targets, output);
        // The events table is the last to be committed: with it the batch is done.
        if (targets.containsKey(OutputTable.EVENTS)) {
            commitTables(batch, targets, output);
        }
    }

    private void requireContinuation(MicroBatch batch, Map<OutputTable, Table> targets, TaskOutput output) throws InterruptedException {
        try {
            requireSameTopic();
            tables.requireContinuation(batch, targets.keySet(), output.allOffsets());
            requireNoGap(output.allOffsets());
        } catch (IllegalStateException e) {
            output.files().forEach((table, files) -> tables.get(table).delete(files));
            throw e;
        }
    }

    private void requireSameTopic() throws InterruptedException {
        String now = topic.id();
        if (!now.equals(topicId)) {
            throw new CheckpointException(CheckpointException.Reason.FOREIGN, "the topic was deleted and created again under the running job"
                + " (topic id " + now + ", was " + topicId + "); records of the old one that were not read are lost");
        }
    }

    /** Records that no batch took would be missed by nobody: a checkpoint that is past them never asks for them again. */
    private void requireNoGap(OffsetRanges offsets) {
        NextOffsets complete = tables.complete(topicId);
        offsets.firstOffsets().forEach((partition, first) -> {
            long next = complete.of(partition);
            if (first > next && topic.hasRecords(partition, next, first)) {
                throw new CheckpointException(CheckpointException.Reason.FOREIGN, "the batch begins at offset " + first + " of partition "
                    + partition + ", but the tables end at " + next + ", and Kafka has records between: the checkpoint is not of these"
                    + " tables, or two drivers wrote it");
            }
        });
    }

    private void commitTables(MicroBatch batch, Map<OutputTable, Table> targets, TaskOutput output) {
        NextOffsets complete = tables.complete(topicId);
        Advance advance = new Advance(complete, complete.after(output.allOffsets()));
        for (OutputTable table : LakeTables.COMMIT_ORDER) {
            BatchFiles written = new BatchFiles(
                output.files().getOrDefault(table, List.of()), table == OutputTable.FAILED_EVENTS ? output.supersessions() : List.of());
            boolean isDue = targets.containsKey(table) && (!written.isEmpty() || table == OutputTable.EVENTS);
            if (isDue) {
                tables.get(table).commit(batch, written, output.offsets().getOrDefault(table, new OffsetRanges()), advance);
            }
        }
    }
}
