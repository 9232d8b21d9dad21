// Generated from contracts/batch-result.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * What became of a run.
 *
 * @param runId The run
 * @param state Whether readers see the rows, saw them before this try, do not see them for a check, or the run broke off
 * @param rows Rows that the query gave; none when it broke off; may be null
 * @param tableRows Rows of the table with them; may be null
 * @param seconds How long it took from the start of its process
 * @param snapshotId The audited snapshot, as a text since JSON's numbers cannot hold it; of Held it is on the run's branch; may be null
 * @param checks What the checks found. A list that is too long for the termination message has no checks without violations
 * @param message Why it is held or failed; may be null
 */
public record BatchResult(
    String runId,
    State state,
    Long rows,
    Long tableRows,
    double seconds,
    String snapshotId,
    List<Check> checks,
    String message) {

    /** Whether readers see the rows, saw them before this try, do not see them for a check, or the run broke off. */
    public enum State {
        Published,
        AlreadyPublished,
        Held,
        Failed
    }

    /**
     * One of checks.
     *
     * @param name The check's name
     * @param severity Its severity
     * @param violations Rows that violate it
     */
    public record Check(
        String name,
        Severity severity,
        long violations) {

        /** Its severity. */
        public enum Severity {
            Error,
            Warning
        }
    }
}
