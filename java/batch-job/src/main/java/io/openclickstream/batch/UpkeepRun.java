package io.openclickstream.batch;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after tables, one after the other. What fails at one of them does not keep the others waiting. */
public final class UpkeepRun {
    /** A query that began before it may still read. */
    private static final Duration LONGEST_READ = Duration.ofHours(1);
    /** A writer's files are no snapshot's until it commits. */
    private static final Duration LONGEST_WRITE = Duration.ofDays(1);
    private static final Logger LOG = LoggerFactory.getLogger(UpkeepRun.class);

    private final SparkSession spark;
    private final Catalog catalog;
    private final List<UpkeepDocument.Table> tables;
    private final Clock clock;

    /** The clock says what is old. */
    public UpkeepRun(SparkSession spark, Catalog catalog, List<UpkeepDocument.Table> tables, Clock clock) {
        this.spark = spark;
        this.catalog = catalog;
        this.tables = tables;
        this.clock = clock;
    }

    /** Refuses times by which a running query or writer would lose its files. */
    static void check(UpkeepDocument document) {
        document.tables().forEach(table -> {
            requireAtLeast(table, "keepSnapshotsForSeconds", table.keepSnapshotsForSeconds(), LONGEST_READ);
            if (table.orphansOlderThanSeconds() != null) {
                requireAtLeast(table, "orphansOlderThanSeconds", table.orphansOlderThanSeconds(), LONGEST_WRITE);
            }
        });
    }

    private static void requireAtLeast(UpkeepDocument.Table table, String field, long seconds, Duration least) {
        if (seconds < least.toSeconds()) {
            throw new ConfigException("upkeep.json: \"" + field + "\" of table " + table.database() + "." + table.table() + " must be at least "
                + least.toSeconds() + ", not " + seconds);
        }
    }

    /** Gives what was done for each table. */
    public List<UpkeepResult.Table> run() {
        List<UpkeepResult.Table> results = new ArrayList<>();
        for (UpkeepDocument.Table settings : tables) {
            results.add(lookAfter(settings));
        }
        return results;
    }

    private UpkeepResult.Table lookAfter(UpkeepDocument.Table settings) {
        UpkeepFigures figures = new UpkeepFigures(settings);
        try {
            Table table = catalog.loadTable(TableIdentifier.of(settings.database(), settings.table()));
            new TableUpkeep(spark, table, settings, clock.instant(), figures).run();
        } catch (RuntimeException e) {
            String message = StepException.describe(e);
            LOG.error("Failed table={}.{}: {}", settings.database(), settings.table(), message, e);
            figures.fail(message);
        }
        UpkeepResult.Table result = figures.result();
        LOG.info("Looked after table={}.{} {}", settings.database(), settings.table(), result);
        return result;
    }
}
