package io.openclickstream.batch;

import io.openclickstream.lake.Erasure;
import io.openclickstream.lake.TableTime;
import io.openclickstream.model.UpkeepDocument;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.actions.BinPackRewriteFilePlanner;
import org.apache.iceberg.actions.RewriteDataFiles;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.spark.actions.SparkActions;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upkeep of one table: rows that are too old, small files, manifests, old snapshots, files that no snapshot has; in this order, so that
 * each step clears away what the one before left. It stands beside a writer that appends: none of its commits makes one of an append fail,
 * and what the stream job remembers is in the table's properties, which it does not touch.
 */
final class TableUpkeep {
    /** So many small files, or a file of any size with rows that were deleted by key: they are gone only when it is written anew. */
    private static final Map<String, String> CLOSED =
        Map.of(BinPackRewriteFilePlanner.MIN_INPUT_FILES, "5", BinPackRewriteFilePlanner.DELETE_FILE_THRESHOLD, "1");
    /** The partition that is written just now: small files go on coming, and to write them together again and again is a waste. */
    private static final Map<String, String> OPEN = Map.of(BinPackRewriteFilePlanner.MIN_INPUT_FILES, "20");
    private static final int MANIFEST_CLUSTERS = 5;
    private static final int MIN_MANIFESTS = 50;
    private static final long SMALL_MANIFEST_BYTES = 4L << 20;
    private static final int DELETE_THREADS = 8;
    private static final Map<String, String> SCHEMES = Map.of("s3a,s3n", "s3");
    private static final Logger LOG = LoggerFactory.getLogger(TableUpkeep.class);

    private final SparkSession spark;
    private final Table table;
    private final UpkeepDocument.Table settings;
    private final Instant now;
    private final UpkeepFigures figures;

    TableUpkeep(SparkSession spark, Table table, UpkeepDocument.Table settings, Instant now, UpkeepFigures figures) {
        this.spark = spark;
        this.table = table;
        this.settings = settings;
        this.now = now;
        this.figures = figures;
    }

    /** A step that fails does not keep the next ones from being done. */
    void run() {
        requireSameTable();
        figures.begin(table);
        attempt("deleting old rows", this::eraseRows);
        attempt("compacting data files", this::compact);
        attempt("rewriting manifests", this::rewriteManifests);
        boolean mayDelete = PropertyUtil.propertyAsBoolean(table.properties(), TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT);
        if (mayDelete) {
            attempt("expiring snapshots", this::expireSnapshots);
            attempt("removing orphan files", this::removeOrphans);
        } else {
            figures.note("snapshots and orphan files stay: the catalog forbids to delete files (gc.enabled is false)");
        }
        figures.end(table);
    }

    /** A catalog's client takes whatever table has the name now for the one that it loaded. */
    private void requireSameTable() {
        if (!table.uuid().toString().equals(settings.tableUuid())) {
            throw new IllegalStateException("the table of this name is another one: its uuid is " + table.uuid() + ", not " + settings.tableUuid());
        }
    }

    private void attempt(String step, Runnable action) {
        table.refresh();
        requireSameTable();
        try {
            StepException.during(step, action);
        } catch (RuntimeException e) {
            LOG.error("Failed table={} {}", table.name(), StepException.describe(e), e);
            figures.fail(StepException.describe(e));
        }
    }

    /** Rows that are records of Kafka go by an erasure, which accounts for them. */
    private void eraseRows() {
        String column = settings.retention().column();
        if (column == null || settings.retention().keepSeconds() == null || table.currentSnapshot() == null) {
            return;
        }
        TableTime time = TableTime.of(table, column);
        Instant oldest = now.minusSeconds(settings.retention().keepSeconds());
        if (Erasure.isNeeded(table)) {
            figures.erased(erase(time.before(oldest)));
        } else {
            figures.erased(delete(time, oldest));
        }
    }

    private long erase(Expression filter) {
        try {
            return Erasure.of(table).files(filter);
        } catch (IllegalArgumentException e) {
            // The table is not partitioned by this column: files hold younger rows too.
            return Erasure.of(table).rows(filter);
        }
    }

    private long delete(TableTime time, Instant oldest) {
        String name = TargetTable.quoted(spark.conf().get("spark.sql.defaultCatalog")) + "." + TargetTable.quoted(settings.database()) + "."
            + TargetTable.quoted(settings.table());
        String where = " WHERE " + TargetTable.quoted(time.column()) + " < TIMESTAMP '" + time.start(oldest) + "'";
        long rows = spark.sql("SELECT 1 FROM " + name + where).count();
        if (rows > 0) {
            spark.sql("DELETE FROM " + name + where);
        }
        return rows;
    }

    /** Closed partitions first: nobody writes them any more, so one time is enough. */
    private void compact() {
        if (table.currentSnapshot() == null) {
            return;
        }
        Optional<TableTime> time = TableTime.ofPartitions(table);
        if (time.isPresent()) {
            figures.compacted(rewrite(time.get().before(now), CLOSED));
            figures.compacted(rewrite(Expressions.alwaysTrue(), OPEN));
        } else {
            figures.compacted(rewrite(Expressions.alwaysTrue(), CLOSED));
        }
    }

    private long rewrite(Expression filter, Map<String, String> whenDue) {
        table.refresh();
        RewriteDataFiles.Result result = SparkActions.get(spark).rewriteDataFiles(table).binPack().filter(filter)
            .option(RewriteDataFiles.TARGET_FILE_SIZE_BYTES, Long.toString(settings.targetFileBytes()))
            .options(whenDue)
            // A group that is done stays so, whatever becomes of the others.
            .option(RewriteDataFiles.PARTIAL_PROGRESS_ENABLED, "true")
            .option(RewriteDataFiles.REMOVE_DANGLING_DELETES, "true")
            .execute();
        if (result.failedDataFilesCount() > 0) {
            figures.note(result.failedDataFilesCount() + " data files could not be compacted this time");
        }
        return result.rewrittenDataFilesCount();
    }

    private void rewriteManifests() {
        Snapshot current = table.currentSnapshot();
        if (current == null) {
            return;
        }
        List<ManifestFile> small = current.dataManifests(table.io()).stream().filter(TableUpkeep::isSmall).toList();
        if (small.size() >= MIN_MANIFESTS) {
            table.rewriteManifests().clusterBy(file -> file.partition().hashCode() % MANIFEST_CLUSTERS).rewriteIf(TableUpkeep::isSmall).commit();
            figures.rewroteManifests();
        }
    }

    private static boolean isSmall(ManifestFile manifest) {
        return manifest.length() < SMALL_MANIFEST_BYTES;
    }

    /** The history of the main branch tells whether there is anything to expire, without a look at a single snapshot. */
    private void expireSnapshots() {
        long oldest = now.minusSeconds(settings.keepSnapshotsForSeconds()).toEpochMilli();
        List<HistoryEntry> history = table.history();
        boolean isDue = history.stream().anyMatch(entry -> entry.timestampMillis() < oldest) && history.size() > settings.minSnapshots();
        boolean hasBranches = table.refs().size() > 1;
        if (!isDue && !hasBranches) {
            return;
        }
        long before = count();
        AtomicLong files = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(DELETE_THREADS);
        try {
            table.expireSnapshots().expireOlderThan(oldest).retainLast(Math.toIntExact(settings.minSnapshots()))
                .executeDeleteWith(threads)
                .deleteWith(path -> {
                    table.io().deleteFile(path);
                    files.incrementAndGet();
                })
                .commit();
        } finally {
            threads.shutdown();
        }
        table.refresh();
        figures.expired(before - count());
        figures.removed(files.get());
    }

    private long count() {
        long count = 0;
        for (Snapshot ignored : table.snapshots()) {
            count++;
        }
        return count;
    }

    /** Only when asked, and only below the table's own folders of data and metadata: what else lies beside them is not the table's. */
    private void removeOrphans() {
        if (settings.orphansOlderThanSeconds() == null || table.currentSnapshot() == null) {
            return;
        }
        long oldest = now.minusSeconds(settings.orphansOlderThanSeconds()).toEpochMilli();
        for (String folder : List.of("/data/", "/metadata/")) {
            AtomicLong files = new AtomicLong();
            SparkActions.get(spark).deleteOrphanFiles(table).usePrefixListing(true).location(table.location() + folder)
                .olderThan(oldest).equalSchemes(SCHEMES)
                .deleteWith(path -> {
                    table.io().deleteFile(path);
                    files.incrementAndGet();
                })
                .execute();
            figures.removed(files.get());
        }
        figures.searchedOrphans();
    }
}
