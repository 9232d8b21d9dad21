// Generated from contracts/progress.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.Map;

/**
 * How far the stream job is.
 *
 * @param state STARTING leads to RUNNING, each of them to STOPPING or FAILED
 * @param message The state for a person, and of FAILED the cause
 * @param batchId The batch that was committed last; none before the first; may be null
 * @param inputRowsPerSecond Records a second that came in during the last batch
 * @param processedRowsPerSecond Records a second that the last batch worked through
 * @param lag Records of the topic that are not committed; none while unknown; may be null
 * @param offsets Next offset to read, by partition
 * @param executorsLost Executors that ended without being asked to since the start; an older job tells none; may be null
 * @param lastExecutorLoss Why the last of them ended; may be null
 * @param erased Records whose rows were ever erased from the tables by the product's own means; none before the first batch; may be
 *     null
 * @param profiles How far visitors' profiles are; none where none are kept
 * @param rows Records since the start by what became of them
 */
public record ProgressDocument(
    State state,
    String message,
    Long batchId,
    double inputRowsPerSecond,
    double processedRowsPerSecond,
    Long lag,
    Map<String, Long> offsets,
    Long executorsLost,
    String lastExecutorLoss,
    Long erased,
    Profiles profiles,
    Rows rows) {

    /** STARTING leads to RUNNING, each of them to STOPPING or FAILED. */
    public enum State {
        STARTING,
        RUNNING,
        STOPPING,
        FAILED
    }

    /**
     * How far visitors' profiles are; none where none are kept.
     *
     * @param problem What keeps them from going on, for a person; none while they do; may be null
     * @param lag Records of the topic that the tables have and the profiles do not, as of the last look at the tables; none while
     *     unknown; may be null
     * @param changed How often a visitor's row was changed since the start
     */
    public record Profiles(
        String problem,
        Long lag,
        long changed) {
    }

    /**
     * Records since the start by what became of them.
     *
     * @param stored Rows of the table of events
     * @param failed Rows of the table of failed events
     * @param duplicate Rows of the table of duplicate events
     * @param conflict Those of them whose content is not that of the first, so that they are no retries; an older job tells none; may be
     *     null
     */
    public record Rows(
        long stored,
        long failed,
        long duplicate,
        Long conflict) {
    }
}
