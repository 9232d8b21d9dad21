// Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.Optional;

/** How an event came: the values of the record's header {@code source}. */
public enum Source {
    /** Sent as JSON to the endpoint of events. */
    HTTP("http", "json"),
    /** Made of the query of the pixel. */
    PIXEL("pixel", "pixel");

    private final String text;
    private final String stored;

    Source(String text, String stored) {
        this.text = text;
        this.stored = stored;
    }

    /** The value of the record's header. */
    public String text() {
        return text;
    }

    /** The value of the column {@code source}. */
    public String stored() {
        return stored;
    }

    /** The source with this text in the record's header. */
    public static Optional<Source> of(String text) {
        for (Source source : values()) {
            if (source.text.equals(text)) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }
}
