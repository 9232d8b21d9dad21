package io.openclickstream.batch;

import io.openclickstream.lake.TimeWindow;
import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.TableMarks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.spark.sql.SparkSession;

/**
 * Rows that came into the inputs after the run over their time, so that no run of mode Append has read them. They are counted: for times that
 * runs of the same SQL have appended, the query is asked again how many rows it has now.
 */
final class LateRows {
    private static final Duration LEAST_LOOK = Duration.ofHours(1);
    private static final int LOOKED_WINDOWS = 2;

    /**
     * What was found.
     *
     * @param rows that the table lacks
     * @param looked from the first to the last time that was looked at
     */
    record Found(long rows, TimeWindow looked) {
        /** As members of a snapshot's summary. */
        Map<String, String> summary() {
            return Map.of(TableMarks.LATE_ROWS, Long.toString(rows), TableMarks.LATE_WINDOW, looked.toString());
        }
    }

    /** A time, and how many rows of it the table got. */
    private record Appended(TimeWindow window, long rows) {
    }

    private LateRows() {
    }

    /**
     * Looks at the times before a window: an hour of them, or twice the window's length where that is more. Null when the table remembers no
     * run over these.
     */
    static Found before(SparkSession spark, BatchDocument document, Table table, TimeWindow window) {
        List<Appended> known = joined(appendedBefore(table, window, document.planHash()));
        if (known.isEmpty()) {
            return null;
        }
        long late = 0;
        for (Appended time : known) {
            Map<String, Object> arguments = Map.of("from", time.window().from(), "to", time.window().to());
            long now = spark.sql("SELECT count(*) FROM (" + document.sqlWindow() + ")", arguments).first().getLong(0);
            // Fewer than before: rows were erased, or their time is over.
            late += Math.max(0, now - time.rows());
        }
        return new Found(late, new TimeWindow(known.get(0).window().from(), known.get(known.size() - 1).window().to()));
    }

    private static List<Appended> appendedBefore(Table table, TimeWindow window, String planHash) {
        Duration twice = Duration.between(window.from(), window.to()).multipliedBy(LOOKED_WINDOWS);
        Instant begin = window.from().minus(twice.compareTo(LEAST_LOOK) > 0 ? twice : LEAST_LOOK);
        List<Appended> found = new ArrayList<>();
        for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
            Map<String, String> summary = snapshot.summary();
            boolean isOfRun = summary.containsKey(TableMarks.CHECKS) && summary.containsKey(TableMarks.WINDOW) && summary.containsKey(TableMarks.ROWS);
            if (isOfRun && Objects.equals(planHash, summary.get(TableMarks.PLAN_HASH))) {
                TimeWindow appended = TimeWindow.parse(summary.get(TableMarks.WINDOW));
                if (!appended.from().isBefore(begin) && !appended.to().isAfter(window.from())) {
                    found.add(new Appended(appended, Long.parseLong(summary.get(TableMarks.ROWS))));
                }
            }
        }
        return found;
    }

    /** In the order of time; those that touch are one, so that the query is asked once for them. */
    private static List<Appended> joined(List<Appended> times) {
        List<Appended> joined = new ArrayList<>();
        for (Appended next : times.stream().sorted(Comparator.comparing((Appended time) -> time.window().from())).toList()) {
            Appended last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && last.window().to().equals(next.window().from())) {
                joined.set(joined.size() - 1, new Appended(new TimeWindow(last.window().from(), next.window().to()), last.rows() + next.rows()));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }
}
