package io.openclickstream.lake;

import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.KeptRecords;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.offsets.OffsetRanges;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

    /** What tells the tables from others of their names, by the name in the event model. */
    public Map<String, String> uuids() {
        Map<String, String> uuids = new TreeMap<>();
        tables.forEach((output, table) -> uuids.put(output.modelName(), table.uuid()));
        return uuids;
    }

    long erased() {
        return tables.values().stream().mapToLong(table -> table.erased().records()).sum();
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
            throw foreign("the tables already hold records of Kafka offsets " + offsets + " (they are complete up to " + complete
                + "): another pipeline writes them, or the checkpoint is not theirs");
        }
        tables.forEach((output, table) -> {
            if (!due.contains(output)) {
                requireSame(batch, offsets, table, next);
            } else if (table.nextOffsets(batch.topicId()).isAheadOf(complete)) {
                throw foreign("table " + table.name() + " holds records up to " + table.nextOffsets(batch.topicId())
                    + ", which the other tables lack (they are complete up to " + complete + "): the batch that wrote them was not finished"
                    + " and is not known to the checkpoint");
            }
        });
    }

    /** A table that holds the batch must have got it with just these records. */
    private static void requireSame(MicroBatch batch, OffsetRanges offsets, LakeTable table, NextOffsets next) {
        NextOffsets held = table.nextOffsets(batch.topicId());
        if (!held.equals(next)) {
            throw foreign("batch " + batch.epoch() + " has the Kafka offsets " + offsets + ", but table " + table.name()
                + " holds it already and ends at " + held + ": the checkpoint is older than the tables, or two drivers wrote it");
        }
    }

    private static CheckpointException foreign(String message) {
        return new CheckpointException(CheckpointException.Reason.FOREIGN, message);
    }

    /**
     * For a start without a checkpoint: where to begin. Tables that a query has committed to go on only with a recovery; then all of them
     * are set to one place, what lies behind it in them is {@link #held}, and no row is touched. Commits nothing when it fails for what
     * the tables or Kafka have.
     *
     * @param recovery null when nobody asked for one
     */
    public NextOffsets begin(KeptRecords kept, Recovery recovery) {
        String topicId = kept.topicId();
        requireReached(kept);
        NextOffsets complete = complete(topicId);
        LakeTable events = tables.get(OutputTable.EVENTS);
        boolean isDue = recovery != null && !(events.isRecoveredBy(recovery) && events.hasCommitted());
        if (!isDue) {
            if (tables.values().stream().anyMatch(LakeTable::hasCommitted)) {
                throw new CheckpointException(CheckpointException.Reason.LOST, "the checkpoint is empty, but a job has committed with one:"
                    + " the tables are complete up to the Kafka offsets " + complete + ", and which identifiers were seen is forgotten");
            }
            return complete;
        }
        NextOffsets begin = recovery.readAgain() ? kept.earliest() : complete;
        LOG.warn("Recovering recovery={} offsets={} completeBefore={}", recovery.id(), begin, complete);
        // The events table last, as in each batch: it says that the recovery is done.
        COMMIT_ORDER.forEach(output -> tables.get(output).rewind(begin, kept, recovery));
        return begin;
    }

    /** A topic that ends before what a table has read of it gives other records the offsets that the table takes for held. */
    private void requireReached(KeptRecords kept) {
        tables.values().forEach(table -> {
            NextOffsets reached = table.nextOffsets(kept.topicId()).furthest(table.heldOffsets(kept.topicId()));
            reached.byPartition().forEach((partition, next) -> {
                if (next > kept.end().of(partition)) {
                    throw new IllegalStateException("the tables hold records up to offset " + next + " of partition " + partition
                        + " of the topic, which ends at " + kept.end().of(partition) + " (table " + table.name() + "): Kafka lost records");
                }
            });
        });
    }

    /** Whether records come again that a table can hold from before a recovery. */
    boolean canHoldAgain(String topicId) {
        NextOffsets complete = complete(topicId);
        return tables.values().stream().anyMatch(table -> table.heldOffsets(topicId).isAheadOf(complete));
    }

    /** The records behind what the tables have together that a table holds from before a recovery; tells of each file that it reads. */
    HeldRecords held(String topicId, Runnable onRead) {
        NextOffsets complete = complete(topicId);
        HeldRecords held = new HeldRecords();
        tables.values().stream()
            .filter(table -> table.heldOffsets(topicId).isAheadOf(complete))
            .forEach(table -> table.addHeld(held, complete, onRead));
        LOG.info("Reading records again offsets={} heldAlready={}", complete, held.count());
        return held;
    }
}
