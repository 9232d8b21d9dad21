package io.openclickstream.lake;

import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.offsets.OffsetRanges;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output tables together. The events table is committed last in each batch, with or without rows, so that its properties say
 * up to which Kafka offsets all three tables are complete.
 */
public final class LakeTables {
    /** The order of a batch's commits. */
    static final List<OutputTable> COMMIT_ORDER =
        List.of(OutputTable.FAILED_EVENTS, OutputTable.DUPLICATE_EVENTS, OutputTable.EVENTS);
    private static final Logger LOG = LoggerFactory.getLogger(LakeTables.class);

    private final Map<OutputTable, LakeTable> tables = new EnumMap<>(OutputTable.class);

    private LakeTables() {
    }

    /** Loads the tables; fails when one is missing or cannot take the job's rows. */
    public static LakeTables open(Catalog catalog, Map<OutputTable, TableIdentifier> identifiers) {
        LakeTables opened = new LakeTables();
        identifiers.forEach((output, identifier) ->
            opened.tables.put(output, new LakeTable(output, catalog.loadTable(identifier))));
        return opened;
    }

    LakeTable get(OutputTable output) {
        return tables.get(output);
    }

    void forEach(BiConsumer<OutputTable, LakeTable> action) {
        tables.forEach(action);
    }

    /** Up to which offsets of the topic the tables are complete. */
    public NextOffsets complete(String topicId) {
        return tables.get(OutputTable.EVENTS).nextOffsets(topicId);
    }

    /**
     * Fails when a batch does not go on exactly where the tables end, whatever checkpoint it comes from: rows would be there twice,
     * or, as Spark takes the batch for done, never.
     *
     * @param due the tables that do not hold the batch yet
     * @param offsets all of the batch's offsets
     */
    void requireContinuation(MicroBatch batch, Set<OutputTable> due, OffsetRanges offsets) {
        NextOffsets complete = complete(batch.topicId());
        NextOffsets next = complete.after(offsets);
        if (!due.contains(OutputTable.EVENTS)) {
            requireSame(batch, offsets, tables.get(OutputTable.EVENTS), next);
            return;
        }
        if (offsets.overlaps(complete)) {
            throw new IllegalStateException("the tables already hold records of Kafka offsets " + offsets + " (they are complete up to "
                + complete + "): another pipeline writes them, or the checkpoint is not theirs; delete the checkpoint to go on behind them");
        }
        tables.forEach((output, table) -> {
            if (!due.contains(output)) {
                requireSame(batch, offsets, table, next);
            } else if (table.nextOffsets(batch.topicId()).isAheadOf(complete)) {
                throw new IllegalStateException("table " + table.name() + " holds records up to " + table.nextOffsets(batch.topicId())
                    + ", which the other tables lack (they are complete up to " + complete + "): the batch that wrote them was not finished"
                    + " and is not known to the checkpoint; delete the checkpoint to have them taken back and read again");
            }
        });
    }

    /** A table that holds the batch must have got it with just these records. */
    private static void requireSame(MicroBatch batch, OffsetRanges offsets, LakeTable table, NextOffsets next) {
        NextOffsets held = table.nextOffsets(batch.topicId());
        if (!held.equals(next)) {
            throw new IllegalStateException("batch " + batch.epoch() + " has the Kafka offsets " + offsets + ", but table " + table.name()
                + " holds it already and ends at " + held + ": the checkpoint is older than the tables, or two drivers wrote it;"
                + " delete the checkpoint to go on behind what the tables hold");
        }
    }

    /**
     * For a start without a checkpoint: up to which offsets the tables are complete, after what lies behind them is removed. Rows
     * that a former query put there can only be of one batch that it did not finish.
     */
    public NextOffsets recover(String topicId) {
        NextOffsets complete = complete(topicId);
        tables.forEach((output, table) -> {
            if (table.nextOffsets(topicId).isAheadOf(complete)) {
                LOG.warn("Removing the rows of a batch that was not finished table={} offsets={}", table.name(), complete);
                table.undoLastBatch(complete);
            }
        });
        return complete;
    }
}
