package io.openclickstream.stream.parse;

import io.openclickstream.model.FailureReason;

/**
 * A record that holds no event.
 *
 * @param eventId the identifier that it gives itself; null when that cannot be read either
 * @param reason why it cannot be read
 * @param field the field that is at fault; null when it is the whole
 * @param message what is wrong, for a person
 */
public record UnreadableEvent(String eventId, FailureReason reason, String field, String message) implements EventInput {
    private static final int MAX_MESSAGE_LENGTH = 1000;

    /** Cuts the message to 1000 characters; without one it is the reason's text. */
    public UnreadableEvent {
        String text = message == null ? reason.text() : message;
        message = text.substring(0, Math.min(text.length(), MAX_MESSAGE_LENGTH));
    }

    /** A record that brought our own code to a fall. */
    public static UnreadableEvent unforeseen(String eventId, Throwable problem) {
        return new UnreadableEvent(eventId, FailureReason.UNREADABLE_BODY, null, "the event could not be read: " + problem);
    }
}
