package io.openclickstream.stream.rows;

import io.openclickstream.model.OutputRow;

/**
 * What became of one raw record: the row of the events or the failed-events table, and what the stateful steps need.
 *
 * @param row the row, without session columns
 * @param eventId identifier by which duplicates are found
 * @param fingerprint the same for records with the same content
 * @param visitorId visitor whose session the event joins; null for a failed event
 * @param sessionTimeMicros the time by which the event joins a session, microseconds since the epoch; 0 for a failed event
 * @param receivedAtMicros when the collector received it, microseconds since the epoch
 */
public record ReadEvent(OutputRow row, String eventId, long fingerprint, String visitorId, long sessionTimeMicros, long receivedAtMicros) {
}
