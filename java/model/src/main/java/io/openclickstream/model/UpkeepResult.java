// Generated from contracts/upkeep-result.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * What was done for tables.
 *
 * @param seconds How long it took from the start of its process
 * @param message Why nothing could be done at all; may be null
 * @param tables The tables. A list that is too long for the termination message has those that failed first and ends where it is
 *     full
 */
public record UpkeepResult(
    double seconds,
    String message,
    List<Table> tables) {

    /**
     * One of tables.
     *
     * @param database The table's database
     * @param table The table's name
     * @param state Whether something was done, was due, or broke off
     * @param filesBefore Data files of the current snapshot before
     * @param filesAfter And after
     * @param bytesBefore Their size before
     * @param bytesAfter And after
     * @param snapshots Snapshots that readers can go back to
     * @param compactedFiles Data files that were written together into larger ones
     * @param expiredSnapshots Snapshots that were taken away
     * @param removedFiles Files that went with them, and files that no snapshot had
     * @param erasedRows Rows that were deleted by age
     * @param orphansSearched Whether files that no snapshot has were looked for
     * @param message Why it failed, or what the catalog does not allow; may be null
     */
    public record Table(
        String database,
        String table,
        State state,
        long filesBefore,
        long filesAfter,
        long bytesBefore,
        long bytesAfter,
        long snapshots,
        long compactedFiles,
        long expiredSnapshots,
        long removedFiles,
        long erasedRows,
        boolean orphansSearched,
        String message) {

        /** Whether something was done, was due, or broke off. */
        public enum State {
            Done,
            NothingToDo,
            Failed
        }
    }
}
