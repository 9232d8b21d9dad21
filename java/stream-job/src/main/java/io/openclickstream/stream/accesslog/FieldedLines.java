package io.openclickstream.stream.accesslog;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads lines of logs whose fields a directive names: W3C extended, as IIS writes it, and CloudFront. Pure. */
final class FieldedLines {
    private static final String NONE = "-";

    private FieldedLines() {
    }

    /** A line of W3C extended. IIS writes a plus sign for each blank of a header. */
    static AccessLogLine w3c(String text, String fields) throws LogLineException {
        return new FieldedLines.Values(text, fields, ' ').line(
            header -> header.replace("++", " \u0000").replace('+', ' ').replace('\u0000', '+'), UnaryOperator.identity());
    }

    /** A line of CloudFront, which encodes headers as in addresses, blanks twice. */
    static AccessLogLine cloudFront(String text, String fields) throws LogLineException {
        UnaryOperator<String> decode = header -> percentDecoded(header.replace("%25", "%"));
        return new FieldedLines.Values(text, fields, '\t').line(decode, decode);
    }

    private static String percentDecoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** The values of a line by the names of their fields, in lower case; a hyphen is no value. */
    private static final class Values {
        private final Map<String, String> values = new HashMap<>();
        private final Map<String, Integer> columns = new HashMap<>();
        private final String line;

        Values(String line, String fields, char separator) throws LogLineException {
            this.line = line;
            String[] names = fields.strip().split("[ \t]+");
            int start = 0;
            for (int index = 0; index < names.length; index++) {
                if (start > line.length()) {
                    throw new LogLineException(line.length() + 1, "the line ends before the field " + names[index]);
                }
                int end = end(start, separator);
                String name = names[index].toLowerCase(Locale.ROOT);
                String value = unquoted(line.substring(start, end));
                columns.put(name, start + 1);
                if (!value.isEmpty() && !value.equals(NONE)) {
                    values.put(name, value);
                }
                start = end + 1;
            }
            if (start <= line.length()) {
                throw new LogLineException(start, "the line has more fields than the " + names.length + " that the log names");
            }
        }

        private int end(int start, char separator) {
            int from = line.startsWith("\"", start) ? Math.max(start, line.indexOf('"', start + 1)) : start;
            int end = line.indexOf(separator, from);
            return end < 0 ? line.length() : end;
        }

        private static String unquoted(String value) {
            return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"") ? value.substring(1, value.length() - 1) : value;
        }

        AccessLogLine line(UnaryOperator<String> agent, UnaryOperator<String> referrer) throws LogLineException {
            String userAgent = values.get("cs(user-agent)");
            String from = values.containsKey("cs(referer)") ? values.get("cs(referer)") : values.get("cs(referrer)");
            return new AccessLogLine(
                new AccessLogLine.Client(
                    client(),
                    values.get("cs-username"),
                    from == null ? null : referrer.apply(from),
                    userAgent == null ? null : agent.apply(userAgent)),
                AccessLogLine.Site.asked(first("x-host-header", "cs-host", "cs(host)")),
                time(),
                HttpRequest.ofParts(values.get("cs-method"), target(), first("cs-protocol-version", "cs-version")),
                new AccessLogLine.Answer(status(), number("sc-bytes")),
                null);
        }

        private String client() throws LogLineException {
            String peer = values.get("c-ip");
            if (peer != null && Addresses.of(peer) == null) {
                throw expected("c-ip", "the client's address");
            }
            String forwarded = first("x-forwarded-for", "cs(x-forwarded-for)");
            return Addresses.client(peer, forwarded == null ? null : percentDecoded(forwarded).replace('+', ' '));
        }

        private String target() {
            String stem = values.get("cs-uri-stem");
            if (stem == null) {
                return values.get("cs-uri");
            }
            String query = values.get("cs-uri-query");
            return query == null ? stem : stem + "?" + query;
        }

        private long time() throws LogLineException {
            Long micros = LogTime.isoMicros(values.get("date") + "T" + values.get("time") + "Z");
            if (micros == null) {
                throw expected(columns.containsKey("date") ? "date" : "time", "a date like 2026-11-29 and a time like 17:00:01 in the fields date and time");
            }
            return micros;
        }

        private Integer status() throws LogLineException {
            Long status = number("sc-status");
            if (status == null || status == 0) {
                // CloudFront writes 000 for a client that went away.
                return null;
            }
            if (status < 100 || status > 999) {
                throw expected("sc-status", "a status of three digits");
            }
            return status.intValue();
        }

        private Long number(String name) throws LogLineException {
            String value = values.get(name);
            if (value != null && !value.matches("\\d{1,18}")) {
                throw expected(name, "a number in the field " + name);
            }
            return value == null ? null : Long.valueOf(value);
        }

        private String first(String... names) {
            for (String name : names) {
                if (values.containsKey(name)) {
                    return values.get(name);
                }
            }
            return null;
        }

        private LogLineException expected(String name, String what) {
            return new LogLineException(columns.getOrDefault(name, 1), "expected " + what);
        }
    }
}
