package io.openclickstream.stream.enrich;

import io.openclickstream.model.OutputRow;
import io.openclickstream.stream.parse.Event;

/**
 * Fills columns of an event's row that follow from what is known of the event. The row has all that the event itself says, and
 * what the enrichments before this one added. Gives the same for the same event at any time. Used by one thread.
 */
public interface Enrichment {
    /** Adds to the row; what cannot be told stays null. Must not fail: an event that it falls over is stored as a failed one. */
    void apply(OutputRow row, Event event);
}
