package io.openclickstream.lake;

import io.openclickstream.model.TableMarks;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The branch of a table that one run writes to. Readers see its rows only after {@link #publish}, which moves the main branch to the
 * very snapshot that was audited. A run is known again by its identifier, in the summary of the snapshot that {@link #audit} makes.
 */
public final class AuditBranch {
    /** In the summary of the audited snapshot of a run that a check holds. */
    static final String HELD = "openclickstream.held";
    static final String PREFIX = "audit_";
    /** Snapshot expiry removes the branch of a held run when its newest snapshot is so old, and not before. */
    static final Duration KEPT = Duration.ofDays(7);
    /** Runs of a backfill change the table's branches at the same time; each conflict is another one's success. */
    private static final int MAX_TRIES = 20;
    private static final Logger LOG = LoggerFactory.getLogger(AuditBranch.class);

    private final Table table;
    private final String runId;
    private final String name;
    private final Snapshot base;

    private AuditBranch(Table table, String runId, Snapshot base) {
        this.table = table;
        this.runId = runId;
        this.name = nameOf(runId);
        this.base = base;
    }

    /** The branch's name. */
    public static String nameOf(String runId) {
        return PREFIX + runId;
    }

    /** The snapshot by which the run was published, if it was and the snapshot has not expired. */
    public static Optional<Snapshot> published(Table table, String runId) {
        for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
            Map<String, String> summary = snapshot.summary();
            if (runId.equals(summary.get(TableMarks.RUN_ID)) && summary.containsKey(TableMarks.CHECKS)) {
                return Optional.of(snapshot);
            }
        }
        return Optional.empty();
    }

    /**
     * Makes the branch where the table is now. One that an earlier try of the run left is taken away first, and so are those that earlier runs
     * left, but for the last three that are held.
     *
     * @throws IllegalStateException when the catalog keeps no branches
     */
    public static AuditBranch begin(Table table, String runId) {
        CommitFailedException conflict = null;
        for (int number = 0; number < MAX_TRIES; number++) {
            try {
                table.refresh();
                new LeftBranches(table, System.currentTimeMillis()).bound(nameOf(runId));
                return new AuditBranch(table, runId, make(table, nameOf(runId)));
            } catch (CommitFailedException e) {
                conflict = e;
                LOG.info("Making a branch again after a conflict table={} branch={}", table.name(), nameOf(runId));
            } catch (BadRequestException | UnsupportedOperationException e) {
                throw noBranches(table, ": " + e.getMessage());
            }
        }
        throw conflict;
    }

    /** Gives the snapshot where the branch begins; null when the table is empty. */
    private static Snapshot make(Table table, String name) {
        if (table.refs().containsKey(name)) {
            LOG.info("Replacing the branch of an earlier try table={} branch={}", table.name(), name);
            table.manageSnapshots().removeBranch(name).commit();
        }
        Snapshot base = table.currentSnapshot();
        if (base == null) {
            table.newFastAppend().toBranch(name).commit();
            requireBranch(table, name);
            table.manageSnapshots().setMaxRefAgeMs(name, KEPT.toMillis()).commit();
        } else {
            // A branch is as old as its snapshot: until the first write to it, as the table is.
            long tableAge = Math.max(0, System.currentTimeMillis() - base.timestampMillis());
            table.manageSnapshots().createBranch(name, base.snapshotId()).setMaxRefAgeMs(name, tableAge + KEPT.toMillis()).commit();
            requireBranch(table, name);
        }
        return base;
    }

    /** A catalog may take the change and forget it. */
    private static void requireBranch(Table table, String name) {
        table.refresh();
        if (!table.refs().containsKey(name)) {
            throw noBranches(table, "");
        }
    }

    private static IllegalStateException noBranches(Table table, String why) {
        return new IllegalStateException("no branch of table " + table.name() + " can be made" + why + "; a data product needs a catalog that"
            + " keeps branches of tables, such as Iceberg's own REST server (Nessie keeps none)");
    }

    public String name() {
        return name;
    }

    /** What readers saw when the branch was made; null when the table was empty. */
    public Snapshot base() {
        return base;
    }

    /** The branch's newest snapshot. */
    public Snapshot head() {
        table.refresh();
        Snapshot head = table.snapshot(name);
        if (head == null) {
            throw taken();
        }
        return head;
    }

    /**
     * Puts a snapshot without files on the written one, which says what the audit found.
     *
     * @param isHeld whether the branch stays as it is, because a check found something
     * @param summary further members of its summary
     * @throws IllegalStateException when another try of the run wrote to the branch meanwhile
     */
    public Snapshot audit(Snapshot written, String checks, boolean isHeld, Map<String, String> summary) {
        AppendFiles append = table.newFastAppend().toBranch(name).set(TableMarks.RUN_ID, runId).set(TableMarks.CHECKS, checks);
        if (isHeld) {
            append.set(HELD, "true");
        }
        summary.forEach(append::set);
        append.commit();
        Snapshot audited = head();
        if (!Objects.equals(audited.parentId(), written.snapshotId())) {
            throw taken();
        }
        return audited;
    }

    private IllegalStateException taken() {
        return new IllegalStateException("branch " + name + " of table " + table.name() + " was changed by another try of run " + runId
            + ": let one try run at a time");
    }

    /**
     * Shows the audited snapshot to readers and takes the branch away, in one commit.
     *
     * @param properties what the table's properties say from then on
     * @return whether it was done; else somebody else wrote the table since the branch was made
     */
    public boolean publish(Snapshot audited, Map<String, String> properties) {
        CommitFailedException conflict = null;
        for (int number = 0; number < MAX_TRIES; number++) {
            table.refresh();
            if (published(table, runId).isPresent()) {
                return true;
            }
            if (!Objects.equals(idOf(table.currentSnapshot()), idOf(base))) {
                return false;
            }
            try {
                moveMain(audited, properties);
                return true;
            } catch (CommitFailedException e) {
                conflict = e;
                LOG.info("Publishing again after a conflict table={} branch={}", table.name(), name);
            }
        }
        throw conflict;
    }

    /**
     * Whether only other runs and the upkeep wrote the table since the branch was made: then each of them had its turn, and this one comes to
     * its own.
     */
    public boolean isBehindRuns() {
        for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
            if (base != null && snapshot.snapshotId() == base.snapshotId()) {
                return true;
            }
            if (!snapshot.summary().containsKey(TableMarks.RUN_ID) && !DataOperations.REPLACE.equals(snapshot.operation())) {
                return false;
            }
        }
        return base == null;
    }

    /** Iceberg does not repeat a change of branches on newer metadata, so a conflict always comes out. */
    private void moveMain(Snapshot audited, Map<String, String> properties) {
        Transaction transaction = table.newTransaction();
        ManageSnapshots change = transaction.manageSnapshots();
        if (base == null) {
            change.createBranch(SnapshotRef.MAIN_BRANCH, audited.snapshotId());
        } else {
            change.replaceBranch(SnapshotRef.MAIN_BRANCH, audited.snapshotId());
        }
        if (table.refs().containsKey(name)) {
            change.removeBranch(name);
        }
        change.commit();
        if (!properties.isEmpty()) {
            UpdateProperties update = transaction.updateProperties();
            properties.forEach(update::set);
            update.commit();
        }
        transaction.commitTransaction();
    }

    private static Long idOf(Snapshot snapshot) {
        return snapshot == null ? null : snapshot.snapshotId();
    }
}
