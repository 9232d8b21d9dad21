package io.openclickstream.batch;

import com.sun.management.OperatingSystemMXBean;
import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/**
 * {@code UpkeepBench FILES ROWS}: compacts so many files of so many rows each on a local disk, and asks ten queries before and after.
 * Prints megabytes a second of processor time, which says about the same on a busy machine as on an idle one.
 */
public final class UpkeepBench {
    private static final double NANOS = 1e9;
    private static final double MEGABYTE = 1e6;
    private static final int QUERIES = 10;

    private UpkeepBench() {
    }

    public static void main(String[] arguments) {
        int files = Integer.parseInt(arguments[0]);
        int rows = Integer.parseInt(arguments[1]);
        // As in production, and unlike the tests.
        System.setProperty("spark.sql.codegen.wholeStage", "true");
        System.setProperty("spark.sql.codegen.factoryMode", "FALLBACK");
        System.setProperty("spark.sql.adaptive.enabled", "true");
        LocalLake lake = LocalLake.shared();
        lake.sql("CREATE NAMESPACE bench");
        lake.sql("CREATE TABLE bench.events (id BIGINT, visitor STRING, page STRING, at TIMESTAMP) USING iceberg PARTITIONED BY (days(at))"
            + " TBLPROPERTIES ('write.distribution-mode' = 'none')");
        lake.sql("INSERT INTO bench.events SELECT /*+ REPARTITION(" + files + ") */ id, md5(string(id % 5000)), concat('/page/', hash(id) % 300),"
            + " TIMESTAMP '2026-01-01 00:00:00' + make_interval(0, 0, 0, 0, 0, 0, id % 80000) FROM range(" + (long) files * rows + ")");
        double before = queries(lake);
        UpkeepDocument.Table settings = new UpkeepDocument.Table("bench", "events", lake.table("bench.events").uuid().toString(), 128L << 20, 3600, 1, null,
            new UpkeepDocument.Table.Retention(null, null));
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double processor = system.getProcessCpuTime() / NANOS;
        UpkeepResult.Table result = new UpkeepRun(lake.spark(), lake.catalog(), List.of(settings), Clock.systemUTC()).run().get(0);
        double seconds = system.getProcessCpuTime() / NANOS - processor;
        print("upkeep_compacted_files", result.compactedFiles(), "files of " + result.bytesBefore() / result.filesBefore() + " bytes");
        print("upkeep_files_after", result.filesAfter(), "files");
        print("upkeep_compaction_megabytes_per_core_second", result.bytesBefore() / MEGABYTE / seconds, "MB/s");
        print("upkeep_ten_queries_before", before, "s");
        print("upkeep_ten_queries_after", queries(lake), "s");
        lake.spark().stop();
    }

    private static double queries(LocalLake lake) {
        double start = System.nanoTime() / NANOS;
        for (int number = 0; number < QUERIES; number++) {
            lake.rows("SELECT page, count(DISTINCT visitor) AS visitors FROM bench.events WHERE id % 10 = " + number
                + " GROUP BY page ORDER BY visitors DESC LIMIT 5");
        }
        return System.nanoTime() / NANOS - start;
    }

    private static void print(String name, double value, String unit) {
        System.out.printf(Locale.ROOT, "%s %.2f %s%n", name, value, unit);
    }
}
