package io.openclickstream.batch;

import io.openclickstream.lake.TimeWindow;
import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.ConfigException;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.spark.CommitMetadata;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/** Writes the rows of a product's query to a branch, in the product's mode. */
final class RowWriter {
    private static final String SOURCE = "openclickstream_rows";

    private final SparkSession spark;
    private final BatchDocument document;
    private final TargetTable target;

    RowWriter(SparkSession spark, BatchDocument document, TargetTable target) {
        this.spark = spark;
        this.document = document;
        this.target = target;
        check();
    }

    private void check() {
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
    long write(RunRequest run, String branch, Snapshot before, Map<String, String> summary) throws Exception {
        Dataset<Row> rows = rows(run.window());
        String name = target.sqlOfBranch(branch);
        return CommitMetadata.withCommitProperties(summary, () -> switch (document.mode()) {
            case Full -> counted(branch, before, () -> rows.writeTo(name).overwrite(functions.lit(true)));
            case Append -> counted(branch, before, () -> rows.writeTo(name).append());
            case OverwritePartitions -> counted(branch, before, () -> rows.writeTo(name).overwritePartitions());
            case Merge -> merge(rows, name);
        }, Exception.class);
    }

    private Dataset<Row> rows(TimeWindow window) {
        if (!isWindowed()) {
            return spark.sql(document.sql());
        }
        if (window == null) {
            throw new ConfigException("--from and --to must be given: batch.json has \"sqlWindow\" and \"mode\" " + document.mode());
        }
        return spark.sql(document.sqlWindow(), Map.<String, Object>of("from", window.from(), "to", window.to()));
    }

    /** Whether only the rows of the run's window are read. */
    boolean isWindowed() {
        return document.mode() != BatchDocument.Mode.Full && document.sqlWindow() != null;
    }

    /** A write of the DataFrame API, which throws a checked exception. */
    private interface Write {
        void run() throws NoSuchTableException;
    }

    /** These writes add the query's rows and no others. */
    private long counted(String branch, Snapshot before, Write write) throws NoSuchTableException {
        write.run();
        target.table().refresh();
        Snapshot after = target.table().snapshot(branch);
        boolean isWritten = after != null && (before == null || after.snapshotId() != before.snapshotId());
        return isWritten ? Long.parseLong(after.summary().getOrDefault(SnapshotSummary.ADDED_RECORDS_PROP, "0")) : 0;
    }

    /** The rows are kept for the time of the merge: it reads them twice, and must count and join the same ones. */
    private long merge(Dataset<Row> rows, String name) {
        Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
        try {
            kept.createOrReplaceTempView(SOURCE);
            String same = document.keys().stream().map(TargetTable::quoted)
                .map(key -> "target." + key + " <=> source." + key).collect(Collectors.joining(" AND "));
            spark.sql("MERGE INTO " + name + " AS target USING " + SOURCE + " AS source ON " + same
                + " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *");
            return kept.count();
        } finally {
            spark.catalog().dropTempView(SOURCE);
            kept.unpersist();
        }
    }
}
