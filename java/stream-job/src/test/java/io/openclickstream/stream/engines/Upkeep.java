package io.openclickstream.stream.engines;

import io.openclickstream.batch.UpkeepRun;
import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import io.openclickstream.testing.LakeEngines;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.sql.SparkSession;

/** The upkeep of a table, by one Spark in the test's own process. */
final class Upkeep {
    private static final long FILE_BYTES = 128L << 20;
    /** Longer than any clock here goes ahead: the files of a running writer are no orphans. */
    private static final Duration YEAR = Duration.ofDays(365);

    private Upkeep() {
    }

    /** Does all that is due, and keeps one snapshot of those older than an hour. */
    static UpkeepResult.Table run(LakeEngines lake, TableIdentifier table, Duration later) {
        return run(lake, table, later, new UpkeepDocument.Table.Retention(null, null));
    }

    /**
     * Does so, and deletes old rows.
     *
     * @param later how far its clock goes ahead
     */
    static UpkeepResult.Table run(LakeEngines lake, TableIdentifier table, Duration later, UpkeepDocument.Table.Retention retention) {
        SparkSession.Builder spark = SparkSession.builder().master("local[2]").appName("upkeep")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 1)
            .config("spark.sql.defaultCatalog", "lake")
            .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.lake.cache-enabled", false);
        lake.properties().forEach((name, value) -> spark.config("spark.sql.catalog.lake." + name, value));
        UpkeepDocument.Table settings = new UpkeepDocument.Table(table.namespace().toString(), table.name(),
            lake.catalog().loadTable(table).uuid().toString(), FILE_BYTES, Duration.ofHours(1).toSeconds(), 1, YEAR.toSeconds(), retention);
        return new UpkeepRun(spark.getOrCreate(), lake.catalog(), List.of(settings), Clock.offset(Clock.systemUTC(), later)).run().get(0);
    }
}
