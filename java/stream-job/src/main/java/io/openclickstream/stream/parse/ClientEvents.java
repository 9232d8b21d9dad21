package io.openclickstream.stream.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.model.EventMembers;
import io.openclickstream.model.RecordHeaders;
import io.openclickstream.model.Source;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads events that clients send as JSON objects. */
final class ClientEvents {
    static final int MAX_EVENT_ID_LENGTH = 128;
    private static final int MAX_EVENT_TYPE_LENGTH = 128;
    /** Members with a column of their own; all others go to the column properties. */
    private static final Set<String> KNOWN = Set.of(
        EventMembers.EVENT_ID, EventMembers.EVENT_TYPE, EventMembers.TIMESTAMP, EventMembers.ANONYMOUS_ID, EventMembers.USER_ID,
        EventMembers.PAGE_URL, EventMembers.PAGE_TITLE, EventMembers.REFERRER, EventMembers.IP, EventMembers.USER_AGENT,
        EventMembers.LANGUAGE, EventMembers.PROPERTIES);

    private ClientEvents() {
    }

    /** What the event leaves out of the client is taken from the record's headers. */
    static Event read(JsonNode event, RawRecord record) throws EventException {
        return new Event(
            JsonText.optional(event, EventMembers.EVENT_ID, MAX_EVENT_ID_LENGTH),
            JsonText.required(event, EventMembers.EVENT_TYPE, MAX_EVENT_TYPE_LENGTH),
            timestamp(event),
            new Event.Visitor(
                JsonText.optional(event, EventMembers.ANONYMOUS_ID),
                JsonText.optional(event, EventMembers.USER_ID),
                record.header(RecordHeaders.COOKIE_ID)),
            new Event.Page(
                JsonText.optional(event, EventMembers.PAGE_URL),
                JsonText.optional(event, EventMembers.PAGE_TITLE),
                JsonText.optional(event, EventMembers.REFERRER)),
            new Event.Client(
                either(JsonText.optional(event, EventMembers.IP), record.header(RecordHeaders.IP)),
                either(JsonText.optional(event, EventMembers.USER_AGENT), record.header(RecordHeaders.USER_AGENT)),
                either(JsonText.optional(event, EventMembers.LANGUAGE), firstLanguage(record))),
            Event.Exchange.NONE,
            source(record),
            properties(event, record));
    }

    /** The event's identifier if it is usable, for a failed event; null otherwise. */
    static String readableEventId(JsonNode event) {
        JsonNode id = event.get(EventMembers.EVENT_ID);
        boolean usable = id != null && id.isTextual() && !id.textValue().isEmpty()
            && id.textValue().length() <= MAX_EVENT_ID_LENGTH;
        return usable ? id.textValue() : null;
    }

    /** A source that this job does not know yet keeps its own name; a record of another producer than the collector has none. */
    private static String source(RawRecord record) {
        String source = record.header(RecordHeaders.SOURCE);
        return source == null ? Source.HTTP.stored() : Source.of(source).map(Source::stored).orElse(source);
    }

    /** Headers that the pipeline's collector was told to keep, as entries of the column properties. */
    static Map<String, String> capturedHeaders(RawRecord record) {
        Map<String, String> captured = new TreeMap<>();
        record.headers().forEach((name, value) -> {
            if (name.startsWith(RecordHeaders.CAPTURED_PREFIX)) {
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
            throw JsonText.invalid(EventMembers.TIMESTAMP, "must be an RFC 3339 time such as 2025-05-17T10:05:03Z, or milliseconds since 1970");
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
                throw JsonText.invalid(EventMembers.PROPERTIES, "must be an object, not " + JsonText.typeName(given));
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
        String header = record.header(RecordHeaders.ACCEPT_LANGUAGE);
        if (header == null) {
            return null;
        }
        String first = header.split("[,;]", 2)[0].strip();
        return first.isEmpty() || first.equals("*") ? null : first;
    }

    private static String either(String first, String second) {
        return first == null ? second : first;
    }
}
