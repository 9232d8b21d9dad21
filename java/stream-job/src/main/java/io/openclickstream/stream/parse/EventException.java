package io.openclickstream.stream.parse;

import io.openclickstream.model.FailureReason;

/** An event cannot be read. Carries what the failed event's row says; has no stack trace, as it is data, not a fault. */
public final class EventException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureReason reason;
    private final String field;

    /** The field is null when the event as a whole is at fault. */
    public EventException(FailureReason reason, String field, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.field = field;
    }

    public FailureReason reason() {
        return reason;
    }

    public String field() {
        return field;
    }
}
