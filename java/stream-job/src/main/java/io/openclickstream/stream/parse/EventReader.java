package io.openclickstream.stream.parse;

import io.openclickstream.model.FailureReason;
import io.openclickstream.model.RecordHeaders;

/** Reads any raw record. Never throws for what a record holds, and reads the same out of the same record at any time. */
public final class EventReader {
    private EventReader() {
    }

    /** The event that the record holds, or why it holds none. */
    public static Reading read(RawRecord record) {
        JsonObject event = null;
        try {
            failIfCollectorCouldNotRead(record);
            JsonReader.Read read = JsonReader.object(record.value());
            event = read.object();
            if (read.beyondLimit() != null) {
                throw read.beyondLimit();
            }
            Event known = LogEvents.isLogEvent(event) ? LogEvents.read(event, record) : ClientEvents.read(event, record);
            return new Reading(known, Fingerprint.of(event));
        } catch (EventException failure) {
            return unreadable(new UnreadableEvent(readableEventId(event), failure.reason(), failure.field(), failure.getMessage()), record);
        } catch (RuntimeException | StackOverflowError unforeseen) {
            // Whatever a record holds, it must not stop all the others: the batch would fail on it for ever.
            return unreadable(UnreadableEvent.unforeseen(readableEventId(event), unforeseen), record);
        }
    }

    private static Reading unreadable(UnreadableEvent event, RawRecord record) {
        return new Reading(event, Fingerprint.of(record.value()));
    }

    private static String readableEventId(JsonObject event) {
        return event == null ? null : ClientEvents.readableEventId(event);
    }

    private static void failIfCollectorCouldNotRead(RawRecord record) throws EventException {
        String failure = record.header(RecordHeaders.FAILURE);
        if (failure != null) {
            String message = record.header(RecordHeaders.FAILURE_MESSAGE);
            throw new EventException(
                FailureReason.of(failure).orElse(FailureReason.UNREADABLE_BODY),
                null,
                message == null ? "the collector could not read it: " + failure : message);
        }
        if (record.value().length == 0) {
            throw new EventException(FailureReason.UNREADABLE_BODY, null, "the record is empty");
        }
    }
}
