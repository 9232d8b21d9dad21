// Generated from contracts/names.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/**
 * Where the stream job and the batch job leave in a table what they did: its properties, and members of the summaries
 * of its snapshots.
 */
public final class TableMarks {
    /** Property: the times whose rows mode Append has added, as {@code from/to} with commas between them. */
    public static final String APPENDED_WINDOWS = "openclickstream.appended-windows";

    /** Property: the times that published runs of a data product have read, in the same form. */
    public static final String READ_WINDOWS = "openclickstream.read-windows";

    /** Summary: the run of a data product that made the snapshot. */
    public static final String RUN_ID = "openclickstream.run-id";

    /** Summary: the time whose rows the run read, as {@code from/to}. */
    public static final String WINDOW = "openclickstream.window";

    /** Summary: rows that the run's query gave. */
    public static final String ROWS = "openclickstream.rows";

    /** Summary: rows of the table with the run's. */
    public static final String TABLE_ROWS = "openclickstream.table-rows";

    /** Summary: hash of what the SQL meant to the run. */
    public static final String PLAN_HASH = "openclickstream.plan-hash";

    /** Summary: what the checks found; in the snapshot that was audited and in no other. */
    public static final String CHECKS = "openclickstream.checks";

    /** Summary: rows that mode Append lacks, because they came after the runs over their times. */
    public static final String LATE_ROWS = "openclickstream.late-rows";

    /** Summary: the time that was looked at for rows that came late, as {@code from/to}. */
    public static final String LATE_WINDOW = "openclickstream.late-window";

    /** Property: the recovery that the stream job has done. */
    public static final String RECOVERY_ID = "openclickstream.recovery-id";

    /** Property: the topic whose records the table has. */
    public static final String TOPIC_ID = "openclickstream.topic-id";

    /** Property: the offset of each partition up to which the table has the records. */
    public static final String NEXT_OFFSETS = "openclickstream.next-offsets";

    /** Property: how many records of each partition were erased. */
    public static final String ERASED = "openclickstream.erased";

    private TableMarks() {
    }
}
