package io.openclickstream.batch;

import io.openclickstream.model.BatchDocument;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;

/**
 * The table that a product's rows go to.
 *
 * @param table for commits on branches and for snapshots
 * @param catalog the catalog's name in Spark
 */
record TargetTable(Table table, String catalog, BatchDocument.Target name) {
    static TargetTable load(Catalog catalog, BatchDocument document) {
        BatchDocument.Target target = document.target();
        TableIdentifier identifier = TableIdentifier.of(target.database(), target.table());
        try {
            return new TargetTable(catalog.loadTable(identifier), document.catalog().name(), target);
        } catch (NoSuchTableException e) {
            throw new IllegalStateException("table " + identifier + " does not exist: the LakeTable of the product makes it");
        }
    }

    /** Of the main branch; a summary without a count has some. */
    boolean hasRows() {
        Snapshot current = table.currentSnapshot();
        return current != null && !"0".equals(current.summary().get(SnapshotSummary.TOTAL_RECORDS_PROP));
    }

    /** As Spark's SQL names it. */
    String sql() {
        return quoted(catalog) + "." + quoted(name.database()) + "." + quoted(name.table());
    }

    /** A branch of it, as Spark's SQL names it. */
    String sqlOfBranch(String branch) {
        return sql() + "." + quoted("branch_" + branch);
    }

    static String quoted(String identifier) {
        return "`" + identifier.replace("`", "``") + "`";
    }
}
