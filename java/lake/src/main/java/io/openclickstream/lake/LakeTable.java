package io.openclickstream.lake;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.TableMarks;
import io.openclickstream.offsets.ErasedOffsets;
import io.openclickstream.offsets.KeptRecords;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.offsets.OffsetRanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.WriteResult;
import org.apache.iceberg.util.DateTimeUtil;
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
    static final String TOPIC_ID = TableMarks.TOPIC_ID;
    static final String NEXT_OFFSETS = TableMarks.NEXT_OFFSETS;
    /** Random; by it a commit whose answer got lost is known again, and another driver's is told. */
    static final String COMMIT_ID = "openclickstream.commit-id";
    /** Where the last batch began: the offsets up to which all tables were complete before it. */
    static final String BATCH_START = "openclickstream.batch-start";
    static final String KAFKA_OFFSETS = "openclickstream.kafka-offsets";
    /** Up to where the table can hold records that a recovery reads again. */
    static final String HELD_OFFSETS = "openclickstream.held-offsets";
    /** Before this time, in microseconds since the epoch, its rows came from another topic, whose offsets mean nothing in this one. */
    static final String TOPIC_SINCE = "openclickstream.topic-since";
    /** The recovery that was carried out last. */
    static final String RECOVERY_ID = TableMarks.RECOVERY_ID;
    /** From it on a table can hold deletions of single rows. */
    private static final int ROW_DELETES_VERSION = 2;
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

    /** Reads the table again, and checks that it can still take the job's rows. */
    void refresh() {
        table.refresh();
        check();
    }

    boolean holds(MicroBatch batch) {
        Map<String, String> properties = table.properties();
        return batch.queryId().equals(properties.get(QUERY_ID))
            && Long.parseLong(properties.getOrDefault(EPOCH_ID, "-1")) >= batch.epoch();
    }

    /** Where the table's last batch ended, if it was of this topic. */
    NextOffsets nextOffsets(String topicId) {
        Map<String, String> properties = table.properties();
        return topicId.equals(properties.get(TOPIC_ID)) ? offsets(NEXT_OFFSETS) : NextOffsets.NONE;
    }

    private NextOffsets offsets(String property) {
        try {
            return NextOffsets.parse(table.properties().get(property));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("property \"" + property + "\" of table " + name() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The records whose rows were erased from it on purpose. */
    ErasedOffsets erased() {
        return ErasedOffsets.parse(table.properties().get(Erasure.ERASED));
    }

    /** What tells it from another table of its name. */
    String uuid() {
        return operations.current().uuid();
    }

    /** Whether a query has committed since the table was made or recovered. */
    boolean hasCommitted() {
        return table.properties().containsKey(QUERY_ID);
    }

    /** Whether this recovery was carried out, and was the last one. */
    boolean isRecoveredBy(Recovery recovery) {
        return recovery.id().equals(table.properties().get(RECOVERY_ID));
    }

    /** Up to where the table can hold records that come again, if they are of this topic. */
    NextOffsets heldOffsets(String topicId) {
        return topicId.equals(table.properties().get(TOPIC_ID)) ? offsets(HELD_OFFSETS) : NextOffsets.NONE;
    }

    /**
     * Lets the table go on from these offsets. Its rows stay, so it remembers up to where it can hold records that come again. There is
     * a snapshot to it, as of each commit: a driver that was frozen meanwhile must not commit on what was before.
     */
    void rewind(NextOffsets to, KeptRecords kept, Recovery recovery) {
        String topicId = kept.topicId();
        Map<String, String> properties = table.properties();
        NextOffsets held = heldOffsets(topicId).furthest(nextOffsets(topicId));
        String commitId = UUID.randomUUID().toString();
        Transaction transaction = table.newTransaction();
        transaction.newAppend().set(COMMIT_ID, commitId).set(RECOVERY_ID, recovery.id()).commit();
        UpdateProperties update = transaction.updateProperties()
            .set(RECOVERY_ID, recovery.id())
            .set(COMMIT_ID, commitId)
            .set(TOPIC_ID, topicId)
            .set(NEXT_OFFSETS, to.toString())
            .set(HELD_OFFSETS, held.toString())
            .remove(QUERY_ID)
            .remove(EPOCH_ID)
            .remove(BATCH_START);
        if (!topicId.equals(properties.getOrDefault(TOPIC_ID, topicId))) {
            update.set(TOPIC_SINCE, micros(Instant.now()));
        } else if (!properties.containsKey(TOPIC_SINCE)) {
            // It may have outlived another topic before this was noted. What was processed before the oldest record was sent is none of Kafka's.
            update.set(TOPIC_SINCE, micros(kept.since()));
        }
        update.commit();
        transaction.commitTransaction();
    }

    private static String micros(Instant time) {
        return Long.toString(TimeUnit.MILLISECONDS.toMicros(time.toEpochMilli()));
    }

    /**
     * Adds the table's records of the present topic from these offsets on. Reads their places alone, and of files that can have some.
     *
     * @param onRead is told of each file
     */
    void addHeld(HeldRecords held, NextOffsets from, Runnable onRead) {
        long since = Long.parseLong(table.properties().getOrDefault(TOPIC_SINCE, "0"));
        String partition = EventColumns.KAFKA_PARTITION.name();
        String offset = EventColumns.KAFKA_OFFSET.name();
        String processedAt = EventColumns.PROCESSED_AT.name();
        Expression isOfTopic = Expressions.greaterThanOrEqual(processedAt, DateTimeUtil.microsToIsoTimestamptz(since));
        Table noticed = withFiles(new NoticedFiles(table.io(), onRead));
        try (CloseableIterable<Record> rows = IcebergGenerics.read(noticed)
            .select(partition, offset, processedAt).where(Expressions.and(isOfTopic, liesBehind(from))).build()) {
            for (Record row : rows) {
                held.add(((Number) row.getField(partition)).intValue(), ((Number) row.getField(offset)).longValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the records that table " + name() + " holds cannot be read: " + e.getMessage(), e);
        }
    }

    /** Says it of each partition, so that files are passed over by their statistics. */
    private static Expression liesBehind(NextOffsets from) {
        String partition = EventColumns.KAFKA_PARTITION.name();
        String offset = EventColumns.KAFKA_OFFSET.name();
        int last = from.byPartition().keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
        Expression liesBehind = Expressions.greaterThan(partition, last);
        for (int number = 0; number <= last; number++) {
            Expression here = Expressions.and(Expressions.equal(partition, number), Expressions.greaterThanOrEqual(offset, from.of(number)));
            liesBehind = Expressions.or(liesBehind, here);
        }
        return liesBehind;
    }

    /** The table as tasks need it. */
    Table forTasks() {
        return SerializableTable.copyOf(withFiles(TaskFileIo.forTasks(table.io(), table.location())));
    }

    /** The table as it is now, read through other means. */
    private Table withFiles(FileIO io) {
        return new BaseTable(new StaticTableOperations(operations.current(), io, table.locationProvider()), table.name());
    }

    /**
     * Adds files, if there are any, and remembers the micro-batch, atomically, provided that no other driver has written since the
     * table was last looked at. An append without files makes a snapshot too: its parent is what the catalog compares, while table
     * properties alone would be taken from a driver that was frozen for an hour.
     */
    void commit(MicroBatch batch, BatchFiles written, OffsetRanges offsets, Advance advance) {
        String commitId = UUID.randomUUID().toString();
        String seen = table.properties().get(COMMIT_ID);
        Transaction transaction = Transactions.newTransaction(
            table.name(), new GuardedOperations(operations, base -> guard(batch, base, seen, commitId)));
        try {
            SnapshotUpdate<?> added = added(transaction, written);
            added.set(QUERY_ID, batch.queryId());
            added.set(EPOCH_ID, Long.toString(batch.epoch()));
            added.set(COMMIT_ID, commitId);
            added.set(KAFKA_OFFSETS, offsets.toString());
            added.commit();
            transaction.updateProperties()
                .set(QUERY_ID, batch.queryId())
                .set(EPOCH_ID, Long.toString(batch.epoch()))
                .set(COMMIT_ID, commitId)
                .set(TOPIC_ID, batch.topicId())
                .set(BATCH_START, advance.from().toString())
                .set(NEXT_OFFSETS, advance.to().toString())
                .commit();
            transaction.commitTransaction();
        } catch (AlreadyCommittedException e) {
            LOG.info("The catalog did a commit that it answered with a conflict table={} batchId={}", table.name(), batch.epoch());
        }
    }

    /** Rows that are written again must not bring back what somebody deletes just now. */
    private SnapshotUpdate<?> added(Transaction transaction, BatchFiles written) {
        boolean canRewrite = table.currentSnapshot() != null && operations.current().formatVersion() >= ROW_DELETES_VERSION;
        if (written.supersessions().isEmpty() || !canRewrite) {
            AppendFiles append = transaction.newAppend();
            written.files().forEach(append::appendFile);
            return append;
        }
        WriteResult rewritten = SupersededRows.write(table, written.supersessions());
        RowDelta delta = transaction.newRowDelta();
        written.files().forEach(delta::addRows);
        List.of(rewritten.dataFiles()).forEach(delta::addRows);
        List.of(rewritten.deleteFiles()).forEach(delta::addDeletes);
        return delta.validateFromSnapshot(table.currentSnapshot().snapshotId())
            .conflictDetectionFilter(SupersededRows.filter(written.supersessions()))
            .validateNoConflictingDeleteFiles();
    }

    /**
     * The exceptions are such that Iceberg deletes no file after them, nor does the job: what another driver's commit hides may be
     * this driver's own, in use. Files that are not are left to the removal of orphans.
     */
    private void guard(MicroBatch batch, TableMetadata base, String seen, String commitId) {
        String found = base.properties().get(COMMIT_ID);
        if (commitId.equals(found)) {
            throw new AlreadyCommittedException();
        }
        if (!Objects.equals(seen, found)) {
            throw new IllegalStateException("table " + table.name() + " was written by another driver while batch " + batch.epoch()
                + " was done: only one job may write it; stop the other one");
        }
    }

    /** The table's newest commit is the very one that is being tried. */
    private static final class AlreadyCommittedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
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
