package io.openclickstream.stream.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.EventMembers;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.enrich.Enrichment;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads the fields of an event that a client sent as a JSON object. */
final class EventFields {
    static final int MAX_EVENT_ID_LENGTH = 128;
    private static final int MAX_EVENT_TYPE_LENGTH = 128;
    private static final String CAPTURED_HEADER = "header.";
    /** Fields with a column of their own; all others go to the column properties. */
    private static final Set<String> KNOWN = Set.of(
        "event_id", "event_type", "timestamp", "anonymous_id", "user_id", "page_url", "page_title", "referrer", "ip",
        "user_agent", "language", "properties");

    private EventFields() {
    }

    /** The event's row without what the record alone tells; access-log events are recognised here. */
    static OutputRow read(JsonNode event, RawRecord record) throws EventException {
        if (LogEventFields.isLogEvent(event)) {
            return LogEventFields.read(event, record);
        }
        OutputRow row = new OutputRow(OutputTable.EVENTS);
        row.set(EventColumns.EVENT_ID, JsonText.optional(event, "event_id", MAX_EVENT_ID_LENGTH));
        row.set(EventColumns.EVENT_TYPE, JsonText.required(event, "event_type", MAX_EVENT_TYPE_LENGTH));
        row.set(EventColumns.EVENT_TIME, timestamp(event));
        row.set(EventColumns.ANONYMOUS_ID, JsonText.optional(event, "anonymous_id"));
        row.set(EventColumns.USER_ID, JsonText.optional(event, "user_id"));
        row.set(EventColumns.PAGE_TITLE, JsonText.optional(event, "page_title"));
        row.set(EventColumns.LANGUAGE, either(JsonText.optional(event, "language"), firstLanguage(record)));
        row.set(EventColumns.PROPERTIES, properties(event, record));
        row.set(EventColumns.SOURCE, "pixel".equals(record.header("source")) ? "pixel" : "json");
        String ip = either(JsonText.optional(event, "ip"), record.header("ip"));
        String userAgent = either(JsonText.optional(event, "user_agent"), record.header("user_agent"));
        Enrichment.addPage(row, JsonText.optional(event, "page_url"), JsonText.optional(event, "referrer"));
        Enrichment.addClient(row, ip, userAgent);
        row.set(EventColumns.VISITOR_ID, visitorId(row.get(EventColumns.ANONYMOUS_ID), record.header("cookie_id"), row));
        return row;
    }

    /** The event's identifier if it is usable, for a failed event; null otherwise. */
    static String readableEventId(JsonNode event) {
        JsonNode id = event.get(EventMembers.EVENT_ID);
        boolean usable = id != null && id.isTextual() && !id.textValue().isEmpty()
            && id.textValue().length() <= MAX_EVENT_ID_LENGTH;
        return usable ? id.textValue() : null;
    }

    /** The first identifier that is known, else one made of address and user agent. */
    static String visitorId(String anonymousId, String cookieId, OutputRow row) {
        String given = either(anonymousId, cookieId);
        if (given != null) {
            return given;
        }
        return Digests.identifier(orEmpty(row.get(EventColumns.IP)) + "\n" + orEmpty(row.get(EventColumns.USER_AGENT)));
    }

    /** Headers that the pipeline's collector was told to keep, as entries of the column properties. */
    static Map<String, String> capturedHeaders(RawRecord record) {
        Map<String, String> captured = new TreeMap<>();
        record.headers().forEach((name, value) -> {
            if (name.startsWith(CAPTURED_HEADER)) {
                captured.put(name, value);
            }
        });
        return captured;
    }

    private static Long timestamp(JsonNode event) throws EventException {
        JsonNode value = event.get(EventMembers.TIMESTAMP);
        if (value == null || value.isNull()) {
            return null;
        }
        Long micros = Timestamps.micros(value);
        if (micros == null) {
            throw JsonText.invalid("timestamp", "must be an RFC 3339 time such as 2025-05-17T10:05:03Z, or milliseconds since 1970");
        }
        return micros;
    }

    private static Map<String, String> properties(JsonNode event, RawRecord record) throws EventException {
        Map<String, String> properties = capturedHeaders(record);
        for (Iterator<Map.Entry<String, JsonNode>> fields = event.fields(); fields.hasNext();) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (!KNOWN.contains(field.getKey())) {
                add(properties, field);
            }
        }
        JsonNode given = event.get(EventMembers.PROPERTIES);
        if (given != null && !given.isNull()) {
            if (!given.isObject()) {
                throw JsonText.invalid("properties", "must be an object, not " + JsonText.typeName(given));
            }
            given.fields().forEachRemaining(field -> add(properties, field));
        }
        return properties.isEmpty() ? null : properties;
    }

    private static void add(Map<String, String> properties, Map.Entry<String, JsonNode> field) {
        JsonNode value = field.getValue();
        if (!value.isNull()) {
            properties.put(field.getKey(), value.isTextual() ? value.textValue() : value.toString());
        }
    }

    /** The first language of an Accept-Language header, such as {@code en-US,en;q=0.9}. */
    private static String firstLanguage(RawRecord record) {
        String header = record.header("accept_language");
        if (header == null) {
            return null;
        }
        String first = header.split("[,;]", 2)[0].strip();
        return first.isEmpty() || first.equals("*") ? null : first;
    }

    private static String either(String first, String second) {
        return first == null ? second : first;
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
