package io.openclickstream.stream.state;

import io.openclickstream.model.OutputTable;
import java.nio.ByteBuffer;
import org.apache.spark.sql.Row;

/**
 * The record that has an event identifier. Kept for each identifier during the dedup window, so its bytes are few: 17 for an event
 * that was stored, 29 for a failed one.
 *
 * @param isFailed whether it is a failed event, whose identifier is free for one that can be read
 * @param receivedAt when the collector received it, in microseconds since the epoch
 * @param fingerprint of its content; 0 where the job that read it made none
 * @param partition its partition; of a failed event only
 * @param offset its offset in it
 */
record First(boolean isFailed, long receivedAt, long fingerprint, int partition, long offset) {
    private static final long NO_FINGERPRINT = 0;
    private static final int STORED_BYTES = 1 + 2 * Long.BYTES;
    private static final int FAILED_BYTES = STORED_BYTES + Integer.BYTES + Long.BYTES;

    static First of(Row step) {
        return new First(
            StepRow.table(step) == OutputTable.FAILED_EVENTS,
            StepRow.receivedAt(step),
            StepRow.fingerprint(step),
            StepRow.partition(step),
            StepRow.offset(step));
    }

    /** Of a record of which an earlier version of the job kept no more than this. */
    static First ofEarlierJob(long receivedAt) {
        return new First(false, receivedAt, NO_FINGERPRINT, 0, 0);
    }

    /** Whether another record says something else; where that cannot be known it counts as a retry. */
    boolean conflictsWith(long other) {
        return fingerprint != NO_FINGERPRINT && fingerprint != other;
    }

    /** Null for null. */
    static First of(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer input = ByteBuffer.wrap(bytes);
        boolean isFailed = input.get() != 0;
        long receivedAt = input.getLong();
        long fingerprint = input.getLong();
        return new First(isFailed, receivedAt, fingerprint, isFailed ? input.getInt() : 0, isFailed ? input.getLong() : 0);
    }

    byte[] toBytes() {
        ByteBuffer output = ByteBuffer.allocate(isFailed ? FAILED_BYTES : STORED_BYTES);
        output.put((byte) (isFailed ? 1 : 0)).putLong(receivedAt).putLong(fingerprint);
        if (isFailed) {
            output.putInt(partition).putLong(offset);
        }
        return output.array();
    }
}
