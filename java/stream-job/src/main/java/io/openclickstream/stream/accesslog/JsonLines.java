package io.openclickstream.stream.accesslog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;

/** Reads objects with the names that nginx's variables or Caddy's access log have. Pure. */
final class JsonLines {
    private static final ObjectMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();
    private static final String[] TIMES = {"time_iso8601", "time_local", "msec", "ts", "@timestamp", "timestamp", "time"};

    private JsonLines() {
    }

    /** The line's fields. All further members are in the line itself. */
    static AccessLogLine parse(String text) throws LogLineException {
        JsonNode log = object(text);
        JsonNode request = log.path("request");
        // Caddy has an object where nginx has the request line.
        return request.isObject() ? caddy(log, request) : nginx(log);
    }

    private static AccessLogLine nginx(JsonNode log) throws LogLineException {
        String line = text(log, "request");
        HttpRequest request = line != null
            ? HttpRequest.ofLine(line)
            : HttpRequest.ofParts(text(log, "request_method", "method"), target(log), text(log, "server_protocol", "protocol"));
        if (line == null && request.logged().isEmpty()) {
            throw new LogLineException(1, "the object has neither \"request\" nor \"request_method\" and \"request_uri\"");
        }
        String peer = address(text(log, "remote_addr", "client_ip", "remote_ip", "client", "clientip", "ip"));
        String served = text(log, "server_name");
        String asked = text(log, "http_host", "host");
        return new AccessLogLine(
            new AccessLogLine.Client(
                Addresses.client(peer, text(log, "http_x_forwarded_for", "x_forwarded_for")),
                text(log, "remote_user", "user"),
                text(log, "http_referer", "http_referrer", "referer", "referrer"),
                text(log, "http_user_agent", "user_agent", "agent")),
            asked == null ? AccessLogLine.Site.served(served) : AccessLogLine.Site.asked(asked),
            time(log),
            request,
            new AccessLogLine.Answer(status(log), number(log, "body_bytes_sent", "bytes_sent", "size", "bytes")),
            null);
    }

    private static AccessLogLine caddy(JsonNode log, JsonNode request) throws LogLineException {
        JsonNode headers = request.path("headers");
        HttpRequest asked = HttpRequest.ofParts(text(request, "method"), text(request, "uri"), text(request, "proto"));
        return new AccessLogLine(
            new AccessLogLine.Client(
                address(text(request, "client_ip", "remote_ip", "remote_addr")),
                text(log, "user_id"),
                header(headers, "Referer"),
                header(headers, "User-Agent")),
            AccessLogLine.Site.asked(text(request, "host")),
            time(log),
            asked,
            new AccessLogLine.Answer(status(log), number(log, "size")),
            null);
    }

    private static JsonNode object(String text) throws LogLineException {
        try {
            JsonNode log = JSON.readTree(text);
            if (!log.isObject()) {
                throw new LogLineException(1, "expected a JSON object");
            }
            return log;
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            throw new LogLineException(column, "expected a JSON object: " + e.getOriginalMessage());
        }
    }

    private static String target(JsonNode log) {
        String whole = text(log, "request_uri");
        String path = whole == null ? text(log, "uri") : whole;
        String query = whole == null ? text(log, "args", "query_string") : null;
        return path == null || query == null ? path : path + "?" + query;
    }

    private static String address(String host) throws LogLineException {
        if (host == null || host.equals("unix:")) {
            return null;
        }
        String address = Addresses.of(host);
        if (address == null) {
            throw new LogLineException(1, "expected the client's address, not \"" + host + "\"");
        }
        return address;
    }

    private static long time(JsonNode log) throws LogLineException {
        for (String name : TIMES) {
            JsonNode value = log.get(name);
            Long micros = value == null ? null : micros(value);
            if (micros != null) {
                return micros;
            }
        }
        throw new LogLineException(1, "expected a time in one of the members " + String.join(", ", TIMES));
    }

    private static Long micros(JsonNode value) {
        if (value.isNumber()) {
            return LogTime.secondsMicros(value.decimalValue());
        }
        String text = value.asText();
        if (text.matches("\\d{1,12}(\\.\\d{1,9})?")) {
            return LogTime.secondsMicros(new BigDecimal(text));
        }
        Long micros = LogTime.isoMicros(text);
        return micros == null ? LogTime.micros(text) : micros;
    }

    private static Integer status(JsonNode log) throws LogLineException {
        Long status = number(log, "status");
        if (status != null && (status < 0 || status > 999)) {
            throw new LogLineException(1, "expected a status of three digits, not " + status);
        }
        return status == null || status == 0 ? null : status.intValue();
    }

    private static Long number(JsonNode log, String... names) throws LogLineException {
        String text = text(log, names);
        if (text != null && !text.matches("\\d{1,18}")) {
            throw new LogLineException(1, "expected a number in \"" + names[0] + "\", not \"" + text + "\"");
        }
        return text == null ? null : Long.valueOf(text);
    }

    /** The first of the members that says something, as text; nginx writes a hyphen or nothing where there is no value. */
    private static String text(JsonNode log, String... names) {
        for (String name : names) {
            JsonNode value = log.get(name);
            String text = value == null || !value.isValueNode() || value.isNull() ? "" : value.asText();
            if (!text.isEmpty() && !text.equals("-")) {
                return text;
            }
        }
        return null;
    }

    private static String header(JsonNode headers, String name) {
        JsonNode values = headers.path(name);
        return values.isArray() && values.size() > 0 && values.get(0).isTextual() && !values.get(0).textValue().isEmpty()
            ? values.get(0).textValue()
            : null;
    }
}
