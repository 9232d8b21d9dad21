package io.openclickstream.lake;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.TableMarks;
import io.openclickstream.offsets.ErasedOffsets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Takes rows out of an output table on purpose. The commit that deletes them also writes into the table's property {@link #ERASED} which
 * records they were, so that the pipeline's account still balances. Rows that come while it is at work stay. One use only.
 */
public final class Erasure {
    /** All records that were ever erased from the table, as {@link ErasedOffsets}. */
    public static final String ERASED = TableMarks.ERASED;
    /** All output tables have these columns. An identifier too: a topic that was made anew counts its offsets from 0 again. */
    static final List<String> KEY =
        List.of(EventColumns.EVENT_ID.name(), EventColumns.KAFKA_PARTITION.name(), EventColumns.KAFKA_OFFSET.name());

    private final Table table;
    private final String seen;
    private final ErasedOffsets erased;
    private final Transaction transaction;

    private Erasure(Table table) {
        this.table = table;
        this.seen = table.properties().get(ERASED);
        this.erased = ErasedOffsets.parse(seen);
        this.transaction = Transactions.newTransaction(
            table.name(), new GuardedOperations(((HasTableOperations) table).operations(), this::requireSameMark));
    }

    /** Whether the table's rows are records of Kafka, which have to be accounted for when they go. */
    public static boolean isNeeded(Table table) {
        return KEY.stream().allMatch(column -> table.schema().findField(column) != null);
    }

    /** Of a table as it is now. */
    public static Erasure of(Table table) {
        table.refresh();
        return new Erasure(table);
    }

    /** Erases the rows that match; gives how many records they were. What a file holds of them goes when the file is compacted. */
    public long rows(Expression filter) {
        try (CloseableIterable<FileScanTask> tasks = table.newScan().filter(filter).planFiles();
            KeyDeletes deletes = new KeyDeletes(table, KEY);
            CloseableIterable<Record> rows = IcebergGenerics.read(table).where(filter).build()) {
            tasks.forEach(this::requireReach);
            for (Record row : rows) {
                deletes.delete(row);
                add(row);
            }
            List<DeleteFile> files = deletes.complete();
            if (files.isEmpty()) {
                return 0;
            }
            RowDelta delta = transaction.newRowDelta();
            files.forEach(delta::addDeletes);
            delta.commit();
            return commit();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Erases whole files, all of whose rows must match by the table's partitions; gives how many records they held. */
    public long files(Expression filter) {
        List<DataFile> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().filter(filter).planFiles();
            CloseableIterable<Record> rows = IcebergGenerics.read(table).where(filter).select(KEY).build()) {
            for (FileScanTask task : tasks) {
                if (!task.residual().isEquivalentTo(Expressions.alwaysTrue())) {
                    throw new IllegalArgumentException("files of table " + table.name() + " hold other rows too than those with " + filter
                        + ": erase whole partitions, or single rows");
                }
                files.add(task.file());
            }
            rows.forEach(this::add);
        } catch (IOException e) {
            throw unreadable(e);
        }
        if (files.isEmpty()) {
            return 0;
        }
        DeleteFiles delete = transaction.newDelete().validateFilesExist();
        files.forEach(delete::deleteFile);
        delete.commit();
        return commit();
    }

    /** A deletion by key reaches only files that are partitioned like itself. */
    private void requireReach(FileScanTask task) {
        if (task.spec().specId() != table.spec().specId()) {
            throw new IllegalStateException("files of table " + table.name() + " with rows to erase were written before its partitions changed:"
                + " compact them first, so that they are partitioned as the table is now");
        }
    }

    private void add(Record row) {
        erased.add(((Number) row.getField(KEY.get(1))).intValue(), ((Number) row.getField(KEY.get(2))).longValue());
    }

    private long commit() {
        long records = erased.records() - ErasedOffsets.parse(seen).records();
        transaction.updateProperties().set(ERASED, erased.toString()).commit();
        transaction.commitTransaction();
        return records;
    }

    private UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException("rows of table " + table.name() + " cannot be erased: " + e.getMessage(), e);
    }

    /** Another erasure at the same time would have its mark written over. */
    private void requireSameMark(TableMetadata base) {
        if (!Objects.equals(seen, base.properties().get(ERASED))) {
            throw new CommitFailedException("rows of table %s were erased by somebody else at the same time; do it again", table.name());
        }
    }
}
