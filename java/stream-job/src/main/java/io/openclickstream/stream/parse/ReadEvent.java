package io.openclickstream.stream.parse;

import io.openclickstream.stream.model.Row;

/**
 * What became of one raw record: the row of the events or the failed-events table, and what the stateful steps need.
 *
 * @param row the row, without session columns
 * @param eventId identifier by which duplicates are found
 * @param visitorId visitor whose session the event joins; null for a failed event
 * @param eventTimeMicros when the event happened, microseconds since the epoch; 0 for a failed event
 */
public record ReadEvent(Row row, String eventId, String visitorId, long eventTimeMicros) {
}
