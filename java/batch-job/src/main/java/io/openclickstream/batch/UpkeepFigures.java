package io.openclickstream.batch;

import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;

/** What the upkeep of one table did so far. */
final class UpkeepFigures {
    private static final int MAX_FAILURE = 300;

    private final UpkeepDocument.Table settings;
    private Size before = Size.NONE;
    private Size after = Size.NONE;
    private long snapshots;
    private long compactedFiles;
    private long expiredSnapshots;
    private long removedFiles;
    private long erasedRows;
    private boolean orphansSearched;
    private boolean isDone;
    private boolean isFailed;
    private String message;

    /** Data files of a table's current snapshot. */
    private record Size(long files, long bytes) {
        private static final Size NONE = new Size(0, 0);

        static Size of(Table table) {
            Snapshot current = table.currentSnapshot();
            return current == null
                ? NONE
                : new Size(whole(current.summary(), SnapshotSummary.TOTAL_DATA_FILES_PROP), whole(current.summary(), SnapshotSummary.TOTAL_FILE_SIZE_PROP));
        }

        private static long whole(Map<String, String> summary, String member) {
            return Long.parseLong(summary.getOrDefault(member, "0"));
        }
    }

    UpkeepFigures(UpkeepDocument.Table settings) {
        this.settings = settings;
    }

    void begin(Table table) {
        before = Size.of(table);
        after = before;
        snapshots = table.history().size();
    }

    void end(Table table) {
        table.refresh();
        after = Size.of(table);
        snapshots = table.history().size();
    }

    void compacted(long files) {
        compactedFiles += files;
        isDone |= files > 0;
    }

    void expired(long count) {
        expiredSnapshots += count;
        isDone |= count > 0;
    }

    void removed(long files) {
        removedFiles += files;
        isDone |= files > 0;
    }

    void erased(long rows) {
        erasedRows += rows;
        isDone |= rows > 0;
    }

    void rewroteManifests() {
        isDone = true;
    }

    void searchedOrphans() {
        orphansSearched = true;
    }

    /** What a person should know of it. */
    void note(String text) {
        message = message == null ? text : message + "; " + text;
    }

    /** Why a step failed. */
    void fail(String text) {
        isFailed = true;
        note(text.substring(0, Math.min(text.length(), MAX_FAILURE)));
    }

    UpkeepResult.Table result() {
        UpkeepResult.Table.State done = isDone ? UpkeepResult.Table.State.Done : UpkeepResult.Table.State.NothingToDo;
        return new UpkeepResult.Table(settings.database(), settings.table(), isFailed ? UpkeepResult.Table.State.Failed : done,
            before.files(), after.files(), before.bytes(), after.bytes(), snapshots, compactedFiles, expiredSnapshots, removedFiles, erasedRows,
            orphansSearched, message);
    }
}
