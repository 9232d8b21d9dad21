package io.openclickstream.stream.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.openclickstream.model.Column;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.FailureReason;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import java.io.IOException;

/**
 * Turns any raw record into a row of the events or of the failed-events table. Never throws for what a record holds, and
 * gives the same row for the same record at any time, so that a batch that is done again has the same result.
 */
public final class EventReader {
    private static final ObjectMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();
    private static final int MAX_MESSAGE_LENGTH = 1000;
    private static final long MICROS_A_MILLI = 1000L;

    private EventReader() {
    }

    /** The record's row; processedAt is the micro-batch's time in microseconds since the epoch. */
    public static ReadEvent read(RawRecord record, long processedAt, IpMasking masking) {
        ReadEvent event = read(record, processedAt);
        OutputRow row = event.row();
        // Last, as the visitor is told by the whole address: masked, many visitors would be one.
        Column<String> ip = row.table() == OutputTable.EVENTS ? EventColumns.IP : FailedEventColumns.IP;
        row.set(ip, masking.mask(row.get(ip)));
        return event;
    }

    private static ReadEvent read(RawRecord record, long processedAt) {
        JsonNode event = null;
        try {
            failIfCollectorCouldNotRead(record);
            event = parse(record.value());
            return finish(EventFields.read(event, record), record, processedAt);
        } catch (EventException failure) {
            return failed(record, failure, event, processedAt);
        } catch (RuntimeException | StackOverflowError unforeseen) {
            // Whatever a record holds, it must not stop all the others: the batch would fail on it for ever.
            EventException failure = new EventException(
                FailureReason.UNREADABLE_BODY, null, "the event could not be read: " + unforeseen);
            return failed(record, failure, event, processedAt);
        }
    }

    private static void failIfCollectorCouldNotRead(RawRecord record) throws EventException {
        String failure = record.header("failure");
        if (failure != null) {
            String message = record.header("failure_message");
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

    private static ReadEvent finish(OutputRow row, RawRecord record, long processedAt) {
        row.set(EventColumns.RECEIVED_AT, receivedAt(record))
            .set(EventColumns.PROCESSED_AT, processedAt)
            .set(EventColumns.KAFKA_PARTITION, record.partition())
            .set(EventColumns.KAFKA_OFFSET, record.offset());
        if (row.get(EventColumns.EVENT_ID) == null) {
            row.set(EventColumns.EVENT_ID, recordId(record));
        }
        if (row.get(EventColumns.EVENT_TIME) == null) {
            row.set(EventColumns.EVENT_TIME, row.get(EventColumns.RECEIVED_AT));
        }
        return new ReadEvent(
            row,
            row.get(EventColumns.EVENT_ID),
            row.get(EventColumns.VISITOR_ID),
            row.get(EventColumns.EVENT_TIME),
            row.get(EventColumns.RECEIVED_AT));
    }

    private static ReadEvent failed(RawRecord record, EventException failure, JsonNode event, long processedAt) {
        String given = event == null ? null : EventFields.readableEventId(event);
        String eventId = given == null ? Digests.contentUuid(record.value()) : given;
        String message = failure.getMessage() == null ? failure.reason().text() : failure.getMessage();
        OutputRow row = new OutputRow(OutputTable.FAILED_EVENTS)
            .set(FailedEventColumns.EVENT_ID, eventId)
            .set(FailedEventColumns.REASON, failure.reason().text())
            .set(FailedEventColumns.FIELD, failure.field())
            .set(FailedEventColumns.MESSAGE, message.substring(0, Math.min(message.length(), MAX_MESSAGE_LENGTH)))
            .set(FailedEventColumns.PAYLOAD, record.value())
            .set(FailedEventColumns.CONTENT_TYPE, record.header("content_type"))
            .set(FailedEventColumns.IP, record.header("ip"))
            .set(FailedEventColumns.USER_AGENT, record.header("user_agent"))
            .set(FailedEventColumns.RECEIVED_AT, receivedAt(record))
            .set(FailedEventColumns.PROCESSED_AT, processedAt)
            .set(FailedEventColumns.KAFKA_PARTITION, record.partition())
            .set(FailedEventColumns.KAFKA_OFFSET, record.offset());
        return new ReadEvent(row, eventId, null, 0, receivedAt(record));
    }

    /** A record of another producer than the collector has no such header; its place in Kafka is as good a name. */
    private static String recordId(RawRecord record) {
        String id = record.header("record_id");
        return id == null ? "kafka-" + record.partition() + "-" + record.offset() : id;
    }

    private static long receivedAt(RawRecord record) {
        String header = record.header("received_at");
        // 15 digits of milliseconds reach the year 33658; more would overflow as microseconds.
        boolean isNumber = header != null && header.length() <= 15 && header.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Long.parseLong(header) * MICROS_A_MILLI : record.timestampMicros();
    }
}
