package io.openclickstream.stream.sink;

import io.openclickstream.stream.model.OutputTable;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One output table on the driver: takes each micro-batch once. The query's identifier and the batch's number are committed
 * with the rows, as table properties in the same transaction; unlike a snapshot's summary they outlive the expiry of
 * snapshots, compaction, and catalogs that show only the current snapshot.
 */
final class LakeTable {
    static final String QUERY_ID = "openclickstream.query-id";
    static final String EPOCH_ID = "openclickstream.epoch-id";
    static final String TOPIC_ID = "openclickstream.topic-id";
    static final String KAFKA_OFFSETS = "openclickstream.kafka-offsets";
    private static final Logger LOG = LoggerFactory.getLogger(LakeTable.class);

    private final OutputTable output;
    private final Table table;
    private int checkedSchema = -1;

    LakeTable(OutputTable output, Table table) {
        this.output = output;
        this.table = table;
        check();
    }

    String name() {
        return table.name();
    }

    /** Reads the table anew, and checks that it still can take the job's rows. */
    void refresh() {
        table.refresh();
        check();
    }

    boolean holds(String queryId, long epoch) {
        Map<String, String> properties = table.properties();
        return queryId.equals(properties.get(QUERY_ID)) && Long.parseLong(properties.getOrDefault(EPOCH_ID, "-1")) >= epoch;
    }

    /** Whether another query, hence another checkpoint, has put records of this topic into the table. */
    boolean holdsRecordsOfAnotherQuery(String queryId, String topicId) {
        Map<String, String> properties = table.properties();
        return properties.containsKey(QUERY_ID)
            && !queryId.equals(properties.get(QUERY_ID))
            && topicId.equals(properties.get(TOPIC_ID));
    }

    /** The table as tasks need it. */
    Table forTasks() {
        return SerializableTable.copyOf(table);
    }

    /**
     * Adds files and remembers the micro-batch, atomically. Should a second driver add the same offsets at the same time, the
     * catalog lets one commit through, and the other fails on what it finds then.
     */
    void commit(MicroBatch batch, List<DataFile> files, OffsetRanges offsets) {
        Transaction transaction = table.newTransaction();
        RowDelta rows = transaction.newRowDelta();
        files.forEach(rows::addRows);
        rows.set(QUERY_ID, batch.queryId());
        rows.set(EPOCH_ID, Long.toString(batch.epoch()));
        rows.set(KAFKA_OFFSETS, offsets.toString());
        Snapshot base = table.currentSnapshot();
        if (base != null) {
            rows.validateFromSnapshot(base.snapshotId());
        }
        rows.conflictDetectionFilter(offsets.asFilter()).validateNoConflictingDataFiles();
        try {
            rows.commit();
            transaction.updateProperties()
                .set(QUERY_ID, batch.queryId())
                .set(EPOCH_ID, Long.toString(batch.epoch()))
                .set(TOPIC_ID, batch.topicId())
                .commit();
            transaction.commitTransaction();
        } catch (CommitFailedException | ValidationException e) {
            // Only these say for certain that nothing was committed; after any other the files may be in the table.
            delete(files);
            throw e;
        }
    }

    private void check() {
        if (table.schema().schemaId() != checkedSchema) {
            new RecordLayout(output, table.name(), table.schema());
            checkedSchema = table.schema().schemaId();
        }
    }

    private void delete(List<DataFile> files) {
        for (DataFile file : files) {
            try {
                table.io().deleteFile(file.location());
            } catch (RuntimeException e) {
                LOG.warn("Leaving behind a data file of a failed commit: {}", file.location(), e);
            }
        }
    }
}
