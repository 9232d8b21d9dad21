package io.openclickstream.stream.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.stream.enrich.Enrichment;
import io.openclickstream.stream.enrich.StaticAssets;
import io.openclickstream.stream.model.OutputTable;
import io.openclickstream.stream.model.Row;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * Reads events that carry a line of an access log. The record's headers describe whoever sent the log, not the visitor,
 * so address, user agent, language and cookie are never taken from them.
 */
final class LogEventFields {
    private static final String NO_REQUEST = "-";

    private LogEventFields() {
    }

    /** An object with a line and without an event type. */
    static boolean isLogEvent(JsonNode event) {
        return !event.has("event_type") && (event.has("line") || event.has("line_base64"));
    }

    static Row read(JsonNode event, RawRecord record) throws EventException {
        Row row = new Row(OutputTable.EVENTS);
        row.set("event_id", JsonText.optional(event, "event_id", EventFields.MAX_EVENT_ID_LENGTH));
        AccessLogFormat format = format(event);
        AccessLogLine line;
        try {
            line = AccessLogParser.parse(line(event), format);
        } catch (LogLineException e) {
            throw new EventException(FailureReason.MALFORMED_LOG_LINE, "line", e.getMessage());
        }
        row.set("event_time", line.timeMicros());
        row.set("user_id", line.user());
        row.set("http_method", line.method());
        row.set("http_status", line.status());
        row.set("http_response_bytes", line.responseBytes());
        row.set("source", format.text());
        row.set("properties", properties(line, record));
        Enrichment.addPage(row, line.target(), line.referrer());
        Enrichment.addClient(row, line.host(), line.userAgent());
        row.set("event_type", isPage(row) ? "page_view" : "http_request");
        row.set("visitor_id", EventFields.visitorId(null, null, row));
        return row;
    }

    private static boolean isPage(Row row) {
        String path = (String) row.get("page_path");
        return row.get("http_method") != null && path != null && !StaticAssets.isStaticAsset(path);
    }

    private static AccessLogFormat format(JsonNode event) throws EventException {
        String name = JsonText.required(event, "format", Integer.MAX_VALUE);
        return AccessLogFormat.of(name).orElseThrow(
            () -> JsonText.invalid("format", "must be \"combined\" or \"common\", not \"" + name + "\""));
    }

    private static String line(JsonNode event) throws EventException {
        String encoded = JsonText.optional(event, "line_base64");
        if (encoded == null) {
            return JsonText.required(event, "line", Integer.MAX_VALUE);
        }
        try {
            // Such a line is not UTF-8; Latin-1 keeps every byte as one character.
            return new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            throw JsonText.invalid("line_base64", "must be base64: " + e.getMessage());
        }
    }

    private static Map<String, String> properties(AccessLogLine line, RawRecord record) {
        Map<String, String> properties = EventFields.capturedHeaders(record);
        if (line.protocol() != null) {
            properties.put("http_protocol", line.protocol());
        }
        if (line.extra() != null) {
            properties.put("log_extra", line.extra());
        }
        // A request that is none is kept as it was logged: it tells who knocked at the door.
        if (line.method() == null && !line.request().isEmpty() && !line.request().equals(NO_REQUEST)) {
            properties.put("request", line.request());
        }
        return properties.isEmpty() ? null : properties;
    }
}
