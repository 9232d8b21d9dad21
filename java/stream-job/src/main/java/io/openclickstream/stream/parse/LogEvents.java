package io.openclickstream.stream.parse;

import io.openclickstream.model.EventMembers;
import io.openclickstream.model.FailureReason;
import io.openclickstream.model.LogFormat;
import io.openclickstream.model.Unicode;
import io.openclickstream.stream.accesslog.AccessLogLine;
import io.openclickstream.stream.accesslog.AccessLogs;
import io.openclickstream.stream.accesslog.HttpRequest;
import io.openclickstream.stream.accesslog.LogLineException;
import io.openclickstream.stream.accesslog.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads events that carry a line of an access log. The record's headers describe the sender of the log, not the visitor,
 * so address, user agent, language and cookie are never taken from them.
 */
final class LogEvents {
    private static final String NO_REQUEST = "-";
    private static final String GET = "GET";
    private static final int NOT_MODIFIED = 304;
    private static final String PAGE_VIEW = "page_view";
    private static final String OTHER_REQUEST = "http_request";
    private static final String FORMATS =
        Stream.of(LogFormat.values()).map(LogFormat::text).collect(Collectors.joining(", "));
    private static final Set<String> KNOWN =
        Set.of(
            EventMembers.EVENT_ID, EventMembers.LINE, EventMembers.LINE_BASE64, EventMembers.FORMAT, EventMembers.FIELDS, EventMembers.SITE);

    private LogEvents() {
    }

    /** An object with a line and without an event type. */
    static boolean isLogEvent(JsonObject event) {
        return !event.has(EventMembers.EVENT_TYPE) && (event.has(EventMembers.LINE) || event.has(EventMembers.LINE_BASE64));
    }

    static Event read(JsonObject event, RawRecord record) throws EventException {
        String id = JsonText.optional(event, EventMembers.EVENT_ID, ClientEvents.MAX_EVENT_ID_LENGTH);
        String text = line(event);
        LogFormat format = format(event);
        AccessLogLine line;
        try {
            line = AccessLogs.parse(text, format, fields(event, format));
        } catch (LogLineException e) {
            throw new EventException(FailureReason.MALFORMED_LOG_LINE, EventMembers.LINE, e.getMessage());
        }
        AccessLogLine.Client client = line.client();
        RequestTarget target = line.request().target();
        return new Event(
            id,
            isPageView(line) ? PAGE_VIEW : OTHER_REQUEST,
            line.timeMicros(),
            null,
            new Event.Visitor(null, client.user(), null),
            new Event.Page(target == null ? null : target.text(), parts(target), null, client.referrer()),
            new Event.Client(client.host(), client.userAgent(), null),
            new Event.Logged(text, line.request().method(), line.answer().status(), line.answer().bytes(), site(line, event)),
            format.text(),
            properties(line, event, record));
    }

    /** A page view is a page that somebody got, be it out of a cache. */
    private static boolean isPageView(AccessLogLine line) {
        Integer status = line.answer().status();
        boolean isGot = status != null && (status / 100 == 2 || status == NOT_MODIFIED);
        RequestTarget target = line.request().target();
        return isGot && GET.equals(line.request().method()) && target.path() != null && !StaticAssets.isStaticAsset(target.path());
    }

    /** The parts without the host, which the server must have served. */
    private static UrlParts parts(RequestTarget target) {
        return target == null
            ? UrlParts.of(null)
            : new UrlParts(target.scheme(), null, target.path(), target.query(), target.fragment());
    }

    private static Event.Site site(AccessLogLine line, JsonObject event) throws EventException {
        AccessLogLine.Site site = line.site();
        RequestTarget target = line.request().target();
        String hosts = JsonText.optional(event, EventMembers.SITE);
        return new Event.Site(
            site.isAsked() ? null : site.host(),
            site.isAsked() ? site.host() : null,
            target == null ? null : target.host(),
            hosts == null ? SiteHosts.NONE : new SiteHosts(List.of(hosts.split(" "))));
    }

    private static LogFormat format(JsonObject event) throws EventException {
        String name = JsonText.required(event, EventMembers.FORMAT, Integer.MAX_VALUE);
        return LogFormat.of(name).orElseThrow(
            () -> JsonText.invalid(EventMembers.FORMAT, "must be one of " + FORMATS + ", not \"" + name + "\""));
    }

    private static String fields(JsonObject event, LogFormat format) throws EventException {
        return AccessLogs.needsFields(format)
            ? JsonText.required(event, EventMembers.FIELDS, Integer.MAX_VALUE)
            : JsonText.optional(event, EventMembers.FIELDS);
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
        HttpRequest request = line.request();
        boolean isNoRequest = request.method() == null && !request.logged().isEmpty() && !request.logged().equals(NO_REQUEST);
        return Properties.ofHeaders(record)
            .add("http_protocol", request.protocol())
            .add(IpMasking.LOG_EXTRA, line.extra())
            .add("request", isNoRequest ? request.logged() : null)
            .addRest(event, KNOWN)
            .orNull();
    }
}
