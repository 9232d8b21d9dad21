package io.openclickstream.batch;

import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.BatchResult;
import io.openclickstream.model.ConfigException;
import io.openclickstream.service.Causes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.ParseException;

/** Looks whether a table holds what a product promises, at one snapshot. */
final class TableChecks {
    private static final String UNDER_AUDIT = "this";
    private static final String ROW_COUNT = "rowCount";
    private static final double PERCENT = 100.0;

    /**
     * What an audit found.
     *
     * @param tableRows rows of the table
     */
    record Findings(List<BatchResult.Check> checks, long tableRows) {
        boolean isHeld() {
            return checks.stream().anyMatch(check -> check.severity() == BatchResult.Check.Severity.Error && check.violations() > 0);
        }
    }

    private final SparkSession spark;
    private final BatchDocument document;
    private final TargetTable target;

    TableChecks(SparkSession spark, BatchDocument document, TargetTable target) {
        this.spark = spark;
        this.document = document;
        this.target = target;
    }

    /**
     * Runs all checks.
     *
     * @param before what readers see now; null when the table is empty
     */
    Findings run(Snapshot audited, Snapshot before) {
        Dataset<Row> table = at(audited);
        table.createOrReplaceTempView(UNDER_AUDIT);
        try {
            List<BatchResult.Check> checks = new ArrayList<>();
            for (BatchDocument.Check check : document.checks()) {
                long violations = StepException.in("check \"" + check.name() + "\"", () -> violations(check));
                checks.add(new BatchResult.Check(check.name(), BatchResult.Check.Severity.valueOf(check.severity().name()), violations));
            }
            long rows = table.count();
            if (isRowCountLimited()) {
                checks.add(new BatchResult.Check(ROW_COUNT, BatchResult.Check.Severity.Error, isRowCountWrong(rows, before) ? 1 : 0));
            }
            return new Findings(List.copyOf(checks), rows);
        } finally {
            spark.catalog().dropTempView(UNDER_AUDIT);
        }
    }

    /** The SQL runs as a part of a query: what writes, drops or calls is no such part. */
    private long violations(BatchDocument.Check check) throws Exception {
        String query = check.sql().strip().replaceFirst(";$", "");
        try {
            return spark.sql("SELECT * FROM (\n" + query + "\n)").count();
        } catch (Exception e) {
            if (e instanceof ParseException) {
                throw new ConfigException("check \"" + check.name() + "\" must be one query in Spark's SQL, and nothing that writes; its lines count from 2: "
                    + Causes.describe(e));
            }
            throw e;
        }
    }

    private Dataset<Row> at(Snapshot snapshot) {
        return spark.read().option("snapshot-id", snapshot.snapshotId()).table(target.sql());
    }

    private boolean isRowCountLimited() {
        BatchDocument.RowCount limits = document.rowCount();
        return limits.min() != null || limits.max() != null || limits.changeAtMostPercent() != null;
    }

    private boolean isRowCountWrong(long rows, Snapshot before) {
        BatchDocument.RowCount limits = document.rowCount();
        boolean isOutside = rows < Objects.requireNonNullElse(limits.min(), 0L) || rows > Objects.requireNonNullElse(limits.max(), Long.MAX_VALUE);
        if (isOutside || limits.changeAtMostPercent() == null || before == null) {
            return isOutside;
        }
        long rowsBefore = at(before).count();
        return rowsBefore > 0 && Math.abs(rows - rowsBefore) * PERCENT > limits.changeAtMostPercent() * (double) rowsBefore;
    }
}
