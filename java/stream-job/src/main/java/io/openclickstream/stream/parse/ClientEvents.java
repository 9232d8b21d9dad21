package io.openclickstream.stream.parse;

import io.openclickstream.model.EventMembers;
import io.openclickstream.model.RecordHeaders;
import io.openclickstream.model.Source;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads events that clients send as JSON objects. */
final class ClientEvents {
    static final int MAX_EVENT_ID_LENGTH = 128;
    private static final int MAX_EVENT_TYPE_LENGTH = 128;
    /** Members with a column of their own; all others go to the column properties. */
    private static final Set<String> KNOWN = Set.of(
        EventMembers.EVENT_ID, EventMembers.EVENT_TYPE, EventMembers.TIMESTAMP, EventMembers.ANONYMOUS_ID, EventMembers.USER_ID,
        EventMembers.PAGE_URL, EventMembers.PAGE_TITLE, EventMembers.REFERRER, EventMembers.IP, EventMembers.USER_AGENT,
        EventMembers.LANGUAGE, EventMembers.PROPERTIES);
    private static final Set<String> KNOWN_WITH_SENT_AT =
        Stream.concat(KNOWN.stream(), Stream.of(EventMembers.SENT_AT)).collect(Collectors.toUnmodifiableSet());

    private ClientEvents() {
    }

    /** What the event leaves out of the client is taken from the record's headers. */
    static Event read(JsonObject event, RawRecord record) throws EventException {
        Long sentAt = sentAt(event);
        return new Event(
            JsonText.optional(event, EventMembers.EVENT_ID, MAX_EVENT_ID_LENGTH),
            JsonText.required(event, EventMembers.EVENT_TYPE, MAX_EVENT_TYPE_LENGTH),
            timestamp(event),
            sentAt,
            new Event.Visitor(
                JsonText.optional(event, EventMembers.ANONYMOUS_ID),
                JsonText.optional(event, EventMembers.USER_ID),
                record.header(RecordHeaders.COOKIE_ID)),
            Event.Page.of(
                JsonText.optional(event, EventMembers.PAGE_URL),
                JsonText.optional(event, EventMembers.PAGE_TITLE),
                JsonText.optional(event, EventMembers.REFERRER)),
            new Event.Client(
                either(JsonText.optional(event, EventMembers.IP), record.header(RecordHeaders.IP)),
                either(JsonText.optional(event, EventMembers.USER_AGENT), record.header(RecordHeaders.USER_AGENT)),
                either(JsonText.optional(event, EventMembers.LANGUAGE), firstLanguage(record))),
            Event.Logged.NONE,
            source(record),
            properties(event, sentAt != null, record));
    }

    /** The event's identifier if it is usable, for a failed event; null otherwise. */
    static String readableEventId(JsonObject event) {
        boolean isUsable = event.get(EventMembers.EVENT_ID) instanceof JsonValue.Text id
            && !id.value().isEmpty() && id.value().length() <= MAX_EVENT_ID_LENGTH;
        return isUsable ? ((JsonValue.Text) event.get(EventMembers.EVENT_ID)).value() : null;
    }

    /** A source that this job does not know yet keeps its own name; a record of another producer than the collector has none. */
    private static String source(RawRecord record) {
        String source = record.header(RecordHeaders.SOURCE);
        return source == null ? Source.HTTP.stored() : Source.of(source).map(Source::stored).orElse(source);
    }

    /** An empty text is as good as none, like that of every other field. */
    private static boolean isAbsent(JsonValue value) {
        return value == null || value instanceof JsonValue.Text text && text.value().isEmpty();
    }

    private static Long timestamp(JsonObject event) throws EventException {
        JsonValue value = event.get(EventMembers.TIMESTAMP);
        if (isAbsent(value)) {
            return null;
        }
        Long micros = Timestamps.micros(value);
        if (micros == null) {
            throw JsonText.invalid(EventMembers.TIMESTAMP, Timestamps.EXPECTED);
        }
        return micros;
    }

    /** A time of sending that cannot be read corrects nothing; it is kept in the properties. */
    private static Long sentAt(JsonObject event) {
        JsonValue value = event.get(EventMembers.SENT_AT);
        return value == null ? null : Timestamps.micros(value);
    }

    private static Map<String, String> properties(JsonObject event, boolean hasSentAt, RawRecord record) throws EventException {
        JsonValue given = event.get(EventMembers.PROPERTIES);
        if (given != null && !(given instanceof JsonObject)) {
            throw JsonText.invalid(EventMembers.PROPERTIES, "must be an object, not " + given.typeName());
        }
        return Properties.ofHeaders(record).addRest(event, hasSentAt ? KNOWN_WITH_SENT_AT : KNOWN).orNull();
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
