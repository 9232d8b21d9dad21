package io.openclickstream.stream.parse;

import io.openclickstream.model.EventMembers;
import io.openclickstream.model.FailureReason;
import io.openclickstream.model.LogFormat;
import io.openclickstream.model.Unicode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads events that carry a line of an access log. The record's headers describe whoever sent the log, not the visitor,
 * so address, user agent, language and cookie are never taken from them.
 */
final class LogEvents {
    private static final String NO_REQUEST = "-";
    private static final String PAGE_VIEW = "page_view";
    private static final String OTHER_REQUEST = "http_request";
    private static final String FORMATS =
        Stream.of(LogFormat.values()).map(LogFormat::text).collect(Collectors.joining(", "));
    private static final Set<String> KNOWN =
        Set.of(EventMembers.EVENT_ID, EventMembers.LINE, EventMembers.LINE_BASE64, EventMembers.FORMAT);

    private LogEvents() {
    }

    /** An object with a line and without an event type. */
    static boolean isLogEvent(JsonObject event) {
        return !event.has(EventMembers.EVENT_TYPE) && (event.has(EventMembers.LINE) || event.has(EventMembers.LINE_BASE64));
    }

    static Event read(JsonObject event, RawRecord record) throws EventException {
        String id = JsonText.optional(event, EventMembers.EVENT_ID, ClientEvents.MAX_EVENT_ID_LENGTH);
        LogFormat format = format(event);
        AccessLogLine line;
        try {
            line = AccessLogParser.parse(line(event), format);
        } catch (LogLineException e) {
            throw new EventException(FailureReason.MALFORMED_LOG_LINE, EventMembers.LINE, e.getMessage());
        }
        return new Event(
            id,
            isPage(line) ? PAGE_VIEW : OTHER_REQUEST,
            line.timeMicros(),
            null,
            new Event.Visitor(null, line.user(), null),
            new Event.Page(line.target(), null, line.referrer()),
            new Event.Client(line.host(), line.userAgent(), null),
            new Event.Exchange(line.method(), line.status(), line.responseBytes()),
            format.text(),
            properties(line, event, record));
    }

    private static boolean isPage(AccessLogLine line) {
        String path = UrlParts.of(line.target()).path();
        return line.method() != null && path != null && !StaticAssets.isStaticAsset(path);
    }

    private static LogFormat format(JsonObject event) throws EventException {
        String name = JsonText.required(event, EventMembers.FORMAT, Integer.MAX_VALUE);
        LogFormat format = LogFormat.of(name).orElseThrow(
            () -> JsonText.invalid(EventMembers.FORMAT, "must be one of " + FORMATS + ", not \"" + name + "\""));
        if (format != LogFormat.COMBINED && format != LogFormat.COMMON) {
            throw JsonText.invalid(EventMembers.FORMAT, "is \"" + name + "\", which this version does not read yet");
        }
        return format;
    }

    private static String line(JsonObject event) throws EventException {
        String encoded = JsonText.optional(event, EventMembers.LINE_BASE64);
        if (encoded == null) {
            String line = JsonText.required(event, EventMembers.LINE, Integer.MAX_VALUE);
            if (!Unicode.isValid(line)) {
                // Stored with U+FFFD the bytes would be in no table.
                throw JsonText.invalid(EventMembers.LINE, "must be UTF-8; send the bytes of any other line in \"line_base64\"");
            }
            return line;
        }
        try {
            // Such a line is not UTF-8; Latin-1 keeps every byte as one character.
            return new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            throw JsonText.invalid(EventMembers.LINE_BASE64, "must be base64: " + e.getMessage());
        }
    }

    private static Map<String, String> properties(AccessLogLine line, JsonObject event, RawRecord record) {
        // A request that is none is kept as it was logged: it tells who knocked at the door.
        boolean isNoRequest = line.method() == null && !line.request().isEmpty() && !line.request().equals(NO_REQUEST);
        return Properties.ofHeaders(record)
            .add("http_protocol", line.protocol())
            .add("log_extra", line.extra())
            .add("request", isNoRequest ? line.request() : null)
            .addRest(event, KNOWN)
            .orNull();
    }
}
