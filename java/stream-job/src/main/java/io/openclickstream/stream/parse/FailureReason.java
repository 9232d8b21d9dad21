package io.openclickstream.stream.parse;

import java.util.Locale;
import java.util.Optional;

/** Why an event could not be read. The closed list of the event model. */
public enum FailureReason {
    INVALID_JSON,
    NOT_AN_OBJECT,
    MISSING_FIELD,
    INVALID_FIELD,
    MALFORMED_LOG_LINE,
    TOO_LARGE,
    UNREADABLE_BODY;

    /** The reason as it stands in tables and record headers. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The reason with this text. */
    public static Optional<FailureReason> of(String text) {
        for (FailureReason reason : values()) {
            if (reason.text().equals(text)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
