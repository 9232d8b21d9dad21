// Generated from contracts/event-model.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.Optional;

/** Why an event could not be read. The list is closed. */
public enum FailureReason {
    /** The event is not valid JSON. */
    INVALID_JSON("invalid_json"),
    /** The event is valid JSON, yet not an object (a number, a text, a list in a list). */
    NOT_AN_OBJECT("not_an_object"),
    /** A required field is missing or empty; {@code field} names it. */
    MISSING_FIELD("missing_field"),
    /**
     * A field has a wrong type, is too long or cannot be read; {@code field} names it. A name has at most 50,000
     * characters, a number 1,000.
     */
    INVALID_FIELD("invalid_field"),
    /** The line of an access log does not follow the format that the event names. */
    MALFORMED_LOG_LINE("malformed_log_line"),
    /** The event is larger than the pipeline's collector.maxEventBytes; its first bytes are kept. */
    TOO_LARGE("too_large"),
    /** The body of the request could not be read (wrong compression, wrong encoding, cut off). */
    UNREADABLE_BODY("unreadable_body");

    private final String text;

    FailureReason(String text) {
        this.text = text;
    }

    /** The value as it is written everywhere outside the job. */
    public String text() {
        return text;
    }

    /** The value with this text. */
    public static Optional<FailureReason> of(String text) {
        for (FailureReason value : values()) {
            if (value.text.equals(text)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
