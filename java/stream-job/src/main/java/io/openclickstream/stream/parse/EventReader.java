package io.openclickstream.stream.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.openclickstream.model.FailureReason;
import io.openclickstream.model.RecordHeaders;
import java.io.IOException;

/** Reads any raw record. Never throws for what a record holds, and reads the same out of the same record at any time. */
public final class EventReader {
    private static final ObjectMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();

    private EventReader() {
    }

    /** The event that the record holds, or why it holds none. */
    public static EventInput read(RawRecord record) {
        JsonNode event = null;
        try {
            failIfCollectorCouldNotRead(record);
            event = parse(record.value());
            return LogEvents.isLogEvent(event) ? LogEvents.read(event, record) : ClientEvents.read(event, record);
        } catch (EventException failure) {
            return new UnreadableEvent(readableEventId(event), failure.reason(), failure.field(), failure.getMessage());
        } catch (RuntimeException | StackOverflowError unforeseen) {
            // Whatever a record holds, it must not stop all the others: the batch would fail on it for ever.
            return UnreadableEvent.unforeseen(readableEventId(event), unforeseen);
        }
    }

    private static String readableEventId(JsonNode event) {
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

    private static JsonNode parse(byte[] value) throws EventException {
        JsonNode event;
        try {
            event = JSON.readTree(value);
        } catch (JsonProcessingException e) {
            throw new EventException(FailureReason.INVALID_JSON, null, describe(e));
        } catch (IOException e) {
            throw new EventException(FailureReason.INVALID_JSON, null, e.getMessage());
        }
        if (event.isMissingNode()) {
            throw new EventException(FailureReason.INVALID_JSON, null, "the event is blank");
        }
        if (!event.isObject()) {
            String type = JsonText.typeName(event);
            throw new EventException(FailureReason.NOT_AN_OBJECT, null, "the event must be a JSON object, not " + type);
        }
        return event;
    }

    private static String describe(JsonProcessingException error) {
        String message = error.getOriginalMessage();
        return error.getLocation() == null
            ? message
            : message + " (line " + error.getLocation().getLineNr() + ", column " + error.getLocation().getColumnNr() + ")";
    }
}
