package io.openclickstream.stream.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.FailureReason;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.enrich.Enrichment;
import io.openclickstream.stream.enrich.StaticAssets;
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

    static OutputRow read(JsonNode event, RawRecord record) throws EventException {
        OutputRow row = new OutputRow(OutputTable.EVENTS);
        row.set(EventColumns.EVENT_ID, JsonText.optional(event, "event_id", EventFields.MAX_EVENT_ID_LENGTH));
        AccessLogFormat format = format(event);
        AccessLogLine line;
        try {
            line = AccessLogParser.parse(line(event), format);
        } catch (LogLineException e) {
            throw new EventException(FailureReason.MALFORMED_LOG_LINE, "line", e.getMessage());
        }
        row.set(EventColumns.EVENT_TIME, line.timeMicros());
        row.set(EventColumns.USER_ID, line.user());
        row.set(EventColumns.HTTP_METHOD, line.method());
        row.set(EventColumns.HTTP_STATUS, line.status());
        row.set(EventColumns.HTTP_RESPONSE_BYTES, line.responseBytes());
        row.set(EventColumns.SOURCE, format.text());
        row.set(EventColumns.PROPERTIES, properties(line, record));
        Enrichment.addPage(row, line.target(), line.referrer());
        Enrichment.addClient(row, line.host(), line.userAgent());
        row.set(EventColumns.EVENT_TYPE, isPage(row) ? "page_view" : "http_request");
        row.set(EventColumns.VISITOR_ID, EventFields.visitorId(null, null, row));
        return row;
    }

    private static boolean isPage(OutputRow row) {
        String path = row.get(EventColumns.PAGE_PATH);
        return row.get(EventColumns.HTTP_METHOD) != null && path != null && !StaticAssets.isStaticAsset(path);
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
