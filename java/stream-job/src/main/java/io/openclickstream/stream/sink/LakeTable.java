package io.openclickstream.stream.sink;

import io.openclickstream.stream.model.OutputTable;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
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
    static final String NEXT_OFFSETS = "openclickstream.next-offsets";
    static final String KAFKA_OFFSETS = "openclickstream.kafka-offsets";
    private static final Logger LOG = LoggerFactory.getLogger(LakeTable.class);

    private final OutputTable output;
    private final Table table;
    private final TableOperations operations;
    private int checkedSchema = -1;

    LakeTable(OutputTable output, Table table) {
        this.output = output;
        this.table = table;
        this.operations = ((HasTableOperations) table).operations();
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

    boolean holds(MicroBatch batch) {
        return holds(table.properties(), batch);
    }

    /** Where the table's last batch ended, if it was of this topic. */
    NextOffsets nextOffsets(String topicId) {
        Map<String, String> properties = table.properties();
        return topicId.equals(properties.get(TOPIC_ID)) ? NextOffsets.parse(properties.get(NEXT_OFFSETS)) : NextOffsets.NONE;
    }

    /**
     * Removes the rows of the table's last batch, which did not get into all tables before its checkpoint was lost, so that they
     * can be read again from these offsets.
     */
    void undoLastBatch(NextOffsets from) {
        Map<String, String> properties = table.properties();
        Snapshot last = table.currentSnapshot();
        boolean isOfLastBatch = last != null
            && properties.get(QUERY_ID).equals(last.summary().get(QUERY_ID))
            && properties.get(EPOCH_ID).equals(last.summary().get(EPOCH_ID));
        if (!isOfLastBatch) {
            throw new IllegalStateException("table " + name() + " holds a part of a batch whose checkpoint was lost, and was changed since;"
                + " delete its rows from these Kafka offsets on by hand, and set its property " + NEXT_OFFSETS + " to them: " + from);
        }
        Transaction transaction = table.newTransaction();
        DeleteFiles delete = transaction.newDelete();
        last.addedDataFiles(table.io()).forEach(delete::deleteFile);
        delete.commit();
        transaction.updateProperties().set(NEXT_OFFSETS, from.toString()).commit();
        transaction.commitTransaction();
    }

    /** The table as tasks need it. */
    Table forTasks() {
        return SerializableTable.copyOf(table);
    }

    /**
     * Adds files, if there are any, and remembers the micro-batch, atomically. Should a second driver on the same checkpoint add
     * the same batch at the same time, the catalog lets one commit through, and the other is refused when it is repeated.
     */
    void commit(MicroBatch batch, List<DataFile> files, OffsetRanges offsets, NextOffsets next) {
        Transaction transaction = Transactions.newTransaction(table.name(), new GuardedOperations(operations, base -> {
            if (holds(base.properties(), batch)) {
                throw new ValidationException("table %s got batch %d from another driver", table.name(), batch.epoch());
            }
        }));
        try {
            if (!files.isEmpty()) {
                AppendFiles append = transaction.newAppend();
                files.forEach(append::appendFile);
                append.set(QUERY_ID, batch.queryId());
                append.set(EPOCH_ID, Long.toString(batch.epoch()));
                append.set(KAFKA_OFFSETS, offsets.toString());
                append.commit();
            }
            transaction.updateProperties()
                .set(QUERY_ID, batch.queryId())
                .set(EPOCH_ID, Long.toString(batch.epoch()))
                .set(TOPIC_ID, batch.topicId())
                .set(NEXT_OFFSETS, next.toString())
                .commit();
            transaction.commitTransaction();
        } catch (CommitFailedException | ValidationException e) {
            // Only these say for certain that nothing was committed; after any other the files may be in the table.
            delete(files);
            throw e;
        }
    }

    private static boolean holds(Map<String, String> properties, MicroBatch batch) {
        return batch.queryId().equals(properties.get(QUERY_ID))
            && Long.parseLong(properties.getOrDefault(EPOCH_ID, "-1")) >= batch.epoch();
    }

    private void check() {
        if (table.schema().schemaId() != checkedSchema) {
            new RecordLayout(output, table.name(), table.schema());
            checkedSchema = table.schema().schemaId();
        }
    }

    /** Deletes files that no table refers to. */
    void delete(List<DataFile> files) {
        for (DataFile file : files) {
            try {
                table.io().deleteFile(file.location());
            } catch (RuntimeException e) {
                LOG.warn("Leaving behind a data file of a failed commit: {}", file.location(), e);
            }
        }
    }
}
