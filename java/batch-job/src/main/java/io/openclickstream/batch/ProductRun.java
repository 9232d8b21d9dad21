package io.openclickstream.batch;

import io.openclickstream.lake.AuditBranch;
import io.openclickstream.lake.TimeWindow;
import io.openclickstream.lake.TimeWindows;
import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.BatchResult;
import io.openclickstream.model.TableMarks;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.catalog.Catalog;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a data product: writes the query's rows to a branch, audits it, and publishes it when no Error check found anything. A run that
 * was published is never done again; one that broke off begins anew.
 */
final class ProductRun {
    static final String PRODUCT = "openclickstream.product";
    /** While others than runs and the upkeep write the table. */
    private static final int MAX_TRIES = 3;
    /** While other runs of a backfill are published: each of its runs, sixteen at once, has its turn before this one at the latest. */
    private static final int MAX_TURNS = 64;
    private static final long LONGEST_PAUSE_MS = 5_000;
    private static final int MAX_MESSAGE = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(ProductRun.class);

    private final Supplier<SparkSession> spark;
    private final Catalog catalog;
    private final BatchDocument document;
    private final RunRequest request;
    private final Stopwatch stopwatch;
    /** Up to here a run without a window reads all. */
    private final Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    /** Spark is asked for when there is work for it: it takes seconds to start. */
    ProductRun(Supplier<SparkSession> spark, Catalog catalog, BatchDocument document, RunRequest request, Stopwatch stopwatch) {
        this.spark = spark;
        this.catalog = catalog;
        this.document = document;
        this.request = request;
        this.stopwatch = stopwatch;
    }

    /** Does the run; what fails comes as an exception, and leaves the branch to the next try. */
    BatchResult run() {
        TargetTable target = StepException.in("loading the table", () -> TargetTable.load(catalog, document));
        Optional<Snapshot> published = AuditBranch.published(target.table(), request.runId());
        if (published.isPresent()) {
            LOG.info("Already published run={} snapshot={}", request.runId(), published.get().snapshotId());
            return already(published.get());
        }
        RowWriter.check(document, target, request);
        int disturbed = 0;
        for (int turn = 1; turn <= MAX_TURNS && disturbed < MAX_TRIES; turn++) {
            AuditBranch branch = AuditBranch.begin(target.table(), request.runId());
            Optional<BatchResult> result = attempt(target, branch);
            if (result.isPresent()) {
                return result.get();
            }
            boolean isBehindRuns = branch.isBehindRuns();
            disturbed += isBehindRuns ? 0 : 1;
            LOG.warn("The table was written meanwhile run={} try={} byRuns={}", request.runId(), turn, isBehindRuns);
            pause(turn);
        }
        throw new IllegalStateException(disturbed < MAX_TRIES
            ? MAX_TURNS + " other runs of the product were published to table " + target.table().name()
                + " during this one: run fewer at once; readers see it without this run"
            : "table " + target.table().name() + " was written by others during each of " + MAX_TRIES
                + " tries: nothing but the product and the upkeep should write it; readers see it without this run");
    }

    /** So that runs which began together do not end together again. */
    private static void pause(int turn) {
        StepException.during("waiting for its turn", () -> {
            try {
                Thread.sleep(ThreadLocalRandom.current().nextLong(Math.min(LONGEST_PAUSE_MS, 100L << Math.min(turn, 10))));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        });
    }

    /** Gives nothing when the table was written by somebody else, so that the rows may be wrong by now. */
    private Optional<BatchResult> attempt(TargetTable target, AuditBranch branch) {
        Map<String, String> properties = properties(target);
        LOG.info("Writing run={} branch={} mode={}", request.runId(), branch.name(), document.mode());
        long rows = StepException.in("writing the rows", () -> new RowWriter(spark.get(), document, target).write(request, branch.name(), summary()));
        Snapshot written = branch.head();
        LOG.info("Checking run={} rows={} snapshot={}", request.runId(), rows, written.snapshotId());
        TableChecks.Findings findings = new TableChecks(spark.get(), document, target).run(written, branch.base());
        Map<String, String> summary = auditSummary(rows, findings);
        if (isAppend()) {
            summary.putAll(StepException.in("counting rows that came late", () -> appendSummary(target)));
        }
        Snapshot audited = branch.audit(written, ResultText.checks(findings.checks()), findings.isHeld(), summary);
        if (findings.isHeld()) {
            return Optional.of(held(branch, audited, rows, findings));
        }
        if (!branch.publish(audited, properties)) {
            return Optional.empty();
        }
        LOG.info("Published run={} rows={} snapshot={}", request.runId(), rows, audited.snapshotId());
        return Optional.of(new BatchResult(request.runId(), BatchResult.State.Published, rows, findings.tableRows(), stopwatch.seconds(),
            Long.toString(audited.snapshotId()), findings.checks(), null));
    }

    /** What the table says once the run is published: which times its rows are of, also to a product that takes the table over one day. */
    private Map<String, String> properties(TargetTable target) {
        Map<String, String> properties = new HashMap<>();
        properties.put(TableMarks.READ_WINDOWS, readWindows(target).toString());
        if (isAppend()) {
            properties.put(TableMarks.APPENDED_WINDOWS, appendedWindows(target).toString());
        } else if (target.table().properties().containsKey(TableMarks.APPENDED_WINDOWS)) {
            // This run makes the windows untrue: the table then says of no times, and Append refuses it until somebody tells.
            properties.put(TableMarks.APPENDED_WINDOWS, "");
        }
        return properties;
    }

    private boolean isAppend() {
        return document.mode() == BatchDocument.Mode.Append && RowWriter.isWindowed(document);
    }

    /** A run without a window reads all that is there when it begins. */
    private TimeWindows readWindows(TargetTable target) {
        if (!RowWriter.isWindowed(document)) {
            return TimeWindows.none().with(new TimeWindow(Instant.EPOCH, begin));
        }
        return TimeWindows.of(target.table(), TableMarks.READ_WINDOWS).with(request.window());
    }

    /** Rows of a window that were appended once are not appended under another run's name. */
    private TimeWindows appendedWindows(TargetTable target) {
        TimeWindows windows = TimeWindows.of(target.table(), TableMarks.APPENDED_WINDOWS);
        if (windows.isEmpty() && target.hasRows()) {
            throw new IllegalStateException("table " + target.table().name() + " has rows and does not say of which times, and mode Append would double them:"
                + " set its property " + TableMarks.APPENDED_WINDOWS + " to what it has, such as 2026-03-01T00:00:00Z/2026-03-05T00:00:00Z, or empty the table");
        }
        windows.overlapping(request.window()).ifPresent(appended -> {
            throw new IllegalStateException("rows of " + request.window() + " are in table " + target.table().name()
                + " already, which has those of " + appended + ": mode Append would double them; Merge or OverwritePartitions replaces them");
        });
        return windows.with(request.window());
    }

    private Map<String, String> summary() {
        Map<String, String> summary = new HashMap<>();
        summary.put(TableMarks.RUN_ID, request.runId());
        summary.put(PRODUCT, document.product().namespace() + "/" + document.product().name());
        if (document.planHash() != null) {
            summary.put(TableMarks.PLAN_HASH, document.planHash());
        }
        return summary;
    }

    private Map<String, String> auditSummary(long rows, TableChecks.Findings findings) {
        Map<String, String> summary = summary();
        summary.put(TableMarks.ROWS, Long.toString(rows));
        summary.put(TableMarks.TABLE_ROWS, Long.toString(findings.tableRows()));
        return summary;
    }

    private Map<String, String> appendSummary(TargetTable target) {
        Map<String, String> summary = new HashMap<>(Map.of(TableMarks.WINDOW, request.window().toString()));
        LateRows.Found late = LateRows.before(spark.get(), document, target.table(), request.window());
        if (late != null) {
            if (late.rows() > 0) {
                LOG.warn("Rows came after the run over their time, and the table lacks them rows={} looked={}", late.rows(), late.looked());
            }
            summary.putAll(late.summary());
        }
        return summary;
    }

    private BatchResult held(AuditBranch branch, Snapshot audited, long rows, TableChecks.Findings findings) {
        String violated = findings.checks().stream()
            .filter(check -> check.severity() == BatchResult.Check.Severity.Error && check.violations() > 0)
            .map(check -> check.name() + " (" + check.violations() + ")")
            .collect(Collectors.joining(", "));
        String message = "violated: " + violated + "; the rows are in branch " + branch.name();
        LOG.warn("Held run={} {}", request.runId(), message);
        return new BatchResult(request.runId(), BatchResult.State.Held, rows, findings.tableRows(), stopwatch.seconds(),
            Long.toString(audited.snapshotId()), findings.checks(), message.substring(0, Math.min(message.length(), MAX_MESSAGE)));
    }

    private BatchResult already(Snapshot published) {
        Map<String, String> summary = published.summary();
        return new BatchResult(request.runId(), BatchResult.State.AlreadyPublished, wholeOf(summary.get(TableMarks.ROWS)), wholeOf(summary.get(TableMarks.TABLE_ROWS)),
            stopwatch.seconds(), Long.toString(published.snapshotId()), ResultText.readChecks(summary.get(TableMarks.CHECKS)), null);
    }

    private static Long wholeOf(String text) {
        return text == null ? null : Long.valueOf(text);
    }
}
