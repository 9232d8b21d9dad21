package io.openclickstream.batch;

import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.ConfigException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.spark.CommitMetadata;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/** Writes the rows of a product's query to a branch, in the product's mode. */
final class RowWriter {
    private static final String SOURCE = "openclickstream_rows";
    private static final String COUNT = "openclickstream_count";

    private final SparkSession spark;
    private final BatchDocument document;
    private final TargetTable target;

    RowWriter(SparkSession spark, BatchDocument document, TargetTable target) {
        this.spark = spark;
        this.document = document;
        this.target = target;
    }

    /** Refuses a document that does not fit its table or its run. */
    static void check(BatchDocument document, TargetTable target, RunRequest run) {
        if (isWindowed(document) && run.window() == null) {
            throw new ConfigException("--from and --to must be given: batch.json has \"sqlWindow\" and \"mode\" " + document.mode());
        }
        if (document.mode() == BatchDocument.Mode.OverwritePartitions && isWindowed(document) && document.windowRows() == null) {
            throw new ConfigException("batch.json: \"windowRows\" must be given with \"sqlWindow\" when \"mode\" is OverwritePartitions:"
                + " it tells which rows of the table the window's rows replace");
        }
        if (document.mode() == BatchDocument.Mode.OverwritePartitions && target.table().spec().isUnpartitioned()) {
            throw new ConfigException("batch.json: \"mode\" OverwritePartitions needs a table with partitions, and " + target.sql()
                + " has none: every run would replace all of its rows");
        }
        if (document.mode() != BatchDocument.Mode.Merge) {
            return;
        }
        if (document.keys().isEmpty()) {
            throw new ConfigException("batch.json: \"keys\" must name columns when \"mode\" is Merge");
        }
        for (String key : document.keys()) {
            if (target.table().schema().findField(key) == null) {
                throw new ConfigException("batch.json: \"keys\" names \"" + key + "\", which table " + target.sql() + " does not have");
            }
        }
    }

    /** Gives how many rows the query had; each snapshot's summary gets these members. */
    long write(RunRequest run, String branch, Map<String, String> summary) throws Exception {
        boolean isWindowed = isWindowed(document);
        Map<String, Object> window = isWindowed ? Map.of("from", run.window().from(), "to", run.window().to()) : Map.of();
        Dataset<Row> rows = isWindowed ? spark.sql(document.sqlWindow(), window) : spark.sql(document.sql());
        String name = target.sqlOfBranch(branch);
        return CommitMetadata.withCommitProperties(summary, () -> switch (document.mode()) {
            case Full -> counted(branch, () -> rows.writeTo(name).overwrite(functions.lit(true)));
            case Append -> counted(branch, () -> rows.writeTo(name).append());
            case OverwritePartitions -> isWindowed ? replaceWindow(rows, branch, window) : counted(branch, () -> rows.writeTo(name).overwritePartitions());
            case Merge -> merge(rows, name, window);
        }, Exception.class);
    }

    /** Whether only the rows of the run's window are read. */
    static boolean isWindowed(BatchDocument document) {
        return document.mode() != BatchDocument.Mode.Full && document.sqlWindow() != null;
    }

    /**
     * Takes the window's rows out and puts the query's in. Partitions are days of UTC, and the window's days may be of another zone: its
     * rows are a part of a partition then, and of a day that has no rows any more no partition would be known.
     */
    private long replaceWindow(Dataset<Row> rows, String branch, Map<String, Object> window) throws NoSuchTableException {
        String name = target.sqlOfBranch(branch);
        spark.sql("DELETE FROM " + name + " WHERE " + document.windowRows(), window);
        return counted(branch, () -> rows.writeTo(name).append());
    }

    /** A write of the DataFrame API, which throws a checked exception. */
    private interface Write {
        void run() throws NoSuchTableException;
    }

    /** These writes add the query's rows and no others. */
    private long counted(String branch, Write write) throws NoSuchTableException {
        target.table().refresh();
        Snapshot before = target.table().snapshot(branch);
        write.run();
        target.table().refresh();
        Snapshot after = target.table().snapshot(branch);
        boolean isWritten = after != null && (before == null || after.snapshotId() != before.snapshotId());
        return isWritten ? Long.parseLong(after.summary().getOrDefault(SnapshotSummary.ADDED_RECORDS_PROP, "0")) : 0;
    }

    /**
     * The rows are kept for the time of the merge: it reads them several times, and must count and join the same ones. Rows of the window that
     * the query gives no more are taken out first: in the MERGE itself they would have the whole table written anew. A row that the table has
     * of a later time stays: a backfill, or a run that another one has overtaken, does not put what was in place of what is.
     */
    private long merge(Dataset<Row> rows, String name, Map<String, Object> window) {
        Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
        try {
            requireDistinctKeys(kept);
            kept.createOrReplaceTempView(SOURCE);
            String same = document.keys().stream().map(TargetTable::quoted)
                .map(key -> "target." + key + " <=> source." + key).collect(Collectors.joining(" AND "));
            if (!window.isEmpty() && document.windowRows() != null) {
                spark.sql("DELETE FROM " + name + " AS target WHERE (" + document.windowRows() + ") AND NOT EXISTS (SELECT 1 FROM " + SOURCE
                    + " AS source WHERE " + same + ")", window);
            }
            String source = SOURCE;
            if (!window.isEmpty() && document.windowLater() != null) {
                source = "(SELECT * FROM " + SOURCE + " AS source WHERE NOT EXISTS (SELECT 1 FROM " + name + " AS target WHERE ("
                    + document.windowLater() + ") AND " + same + "))";
            }
            spark.sql("MERGE INTO " + name + " AS target USING " + source + " AS source ON " + same
                + " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *", window);
            return kept.count();
        } finally {
            spark.catalog().dropTempView(SOURCE);
            kept.unpersist();
        }
    }

    /** MERGE tells of two rows of one key only where the table has the key; else it adds both. */
    private void requireDistinctKeys(Dataset<Row> rows) {
        Column[] keys = document.keys().stream().map(TargetTable::quoted).map(functions::col).toArray(Column[]::new);
        Dataset<Row> repeated = rows.groupBy(keys).agg(functions.count(functions.lit(1)).as(COUNT)).where(functions.col(COUNT).gt(1)).drop(COUNT);
        long count = repeated.count();
        if (count > 0) {
            Row example = repeated.first();
            String key = IntStream.range(0, document.keys().size())
                .mapToObj(index -> document.keys().get(index) + " = " + example.get(index)).collect(Collectors.joining(", "));
            throw new IllegalStateException(count + (count == 1 ? " key occurs" : " keys occur") + " more than once in the rows of this run, such as "
                + key + ": have the SQL give one row for each of \"keys\", or add a column to them");
        }
    }
}
