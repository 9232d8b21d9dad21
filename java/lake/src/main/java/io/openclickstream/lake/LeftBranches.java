package io.openclickstream.lake;

import io.openclickstream.model.TableMarks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The branches that earlier runs of a table left: of runs that a check holds, and of runs that broke off. The upkeep removes them by age;
 * here their number is bounded, whether the table has upkeep or not.
 */
final class LeftBranches {
    /** So many held runs stay for a look at their rows, the newest. */
    static final int KEPT = 3;
    /** A run is not believed to be under way any more when it wrote nothing for so long; the operator says the same of its pod. */
    static final long LONGEST_RUN_MS = 24L * 3600 * 1000;
    private static final Logger LOG = LoggerFactory.getLogger(LeftBranches.class);

    private final Table table;
    private final long now;
    private final Set<Long> published = new HashSet<>();

    LeftBranches(Table table, long now) {
        this.table = table;
        this.now = now;
        SnapshotUtil.currentAncestors(table).forEach(snapshot -> published.add(snapshot.snapshotId()));
    }

    private record Left(String name, SnapshotRef ref, Snapshot head) {
    }

    /**
     * Removes what is too much, with the files that only it has. What cannot be removed, because another run of the table does it at this moment
     * or the table keeps its files for ever, is no reason for a run to fail: the next one comes here again.
     */
    void bound(String own) {
        List<Left> surplus = surplus(own);
        if (surplus.isEmpty()) {
            return;
        }
        try {
            surplus.forEach(left -> remove(left));
        } catch (RuntimeException e) {
            LOG.info("Leaving old branches to the next run table={} reason={}", table.name(), e.toString());
            table.refresh();
        }
    }

    private List<Left> surplus(String own) {
        List<Left> held = new ArrayList<>();
        List<Left> surplus = new ArrayList<>();
        for (Map.Entry<String, SnapshotRef> entry : table.refs().entrySet()) {
            Snapshot head = table.snapshot(entry.getValue().snapshotId());
            boolean isOther = entry.getKey().startsWith(AuditBranch.PREFIX) && !entry.getKey().equals(own);
            if (!isOther || head == null) {
                continue;
            }
            Left left = new Left(entry.getKey(), entry.getValue(), head);
            boolean isOld = now - lastSign(left) > LONGEST_RUN_MS;
            if (head.summary().containsKey(AuditBranch.HELD) || isOld && isWritten(left) && head.summary().containsKey(TableMarks.CHECKS)) {
                held.add(left);
            } else if (isOld) {
                surplus.add(left);
            }
        }
        held.sort(Comparator.comparingLong((Left left) -> left.head().timestampMillis()).reversed());
        surplus.addAll(held.subList(Math.min(KEPT, held.size()), held.size()));
        return surplus;
    }

    private boolean isWritten(Left left) {
        return !published.contains(left.head().snapshotId());
    }

    /** When its run wrote last, or began: until then the head is the table's own, and the branch is kept for as long as that is old. */
    private long lastSign(Left left) {
        long at = left.head().timestampMillis();
        Long kept = left.ref().maxRefAgeMs();
        return isWritten(left) || kept == null ? at : at + Math.max(0, kept - AuditBranch.KEPT.toMillis());
    }

    private void remove(Left left) {
        List<Long> only = new ArrayList<>();
        for (Snapshot snapshot : SnapshotUtil.ancestorsOf(left.head().snapshotId(), table::snapshot)) {
            if (published.contains(snapshot.snapshotId())) {
                break;
            }
            only.add(snapshot.snapshotId());
        }
        LOG.info("Removing the branch of an earlier run table={} branch={} snapshots={}", table.name(), left.name(), only.size());
        if (!table.refs().containsKey(left.name())) {
            return;
        }
        table.manageSnapshots().removeBranch(left.name()).commit();
        if (only.isEmpty()) {
            return;
        }
        // Nothing is so old that it goes for its age: only these do.
        ExpireSnapshots expire = table.expireSnapshots().expireOlderThan(0);
        only.forEach(expire::expireSnapshotId);
        expire.commit();
    }
}
