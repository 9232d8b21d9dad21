package io.openclickstream.stream.sink;

import io.openclickstream.stream.model.OutputTable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
