package io.openclickstream.lake;

import java.io.Serializable;

/**
 * A failed event whose sender sent a corrected one, which is stored under the same identifier.
 *
 * @param eventId the identifier of both
 * @param failed where the failed record stands in Kafka
 * @param failedReceivedAt when that one was received, in microseconds since the epoch
 * @param by where the record of the stored event stands
 */
public record Supersession(String eventId, Place failed, long failedReceivedAt, Place by) implements Serializable {
    /** A partition of the raw topic and an offset in it. */
    public record Place(int partition, long offset) implements Serializable {
    }
}
