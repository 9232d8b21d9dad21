package io.openclickstream.stream.accesslog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.LogFormat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A line of a log")
class LogFormatsTest {
    private static final String NGINX = "{\"time_local\":\"29/Nov/2026:18:00:01 +0100\",\"remote_addr\":\"203.0.113.21\",\"remote_user\":\"\","
        + "\"request\":\"GET /a?b=\\\"c\\\" HTTP/1.1\",\"status\": \"200\",\"body_bytes_sent\":\"512\",\"request_time\":\"0.003\","
        + "\"http_referrer\":\"https://www.google.com/\",\"http_user_agent\":\"Mozilla/5.0 (X11)\",\"host\":\"Shop.example.com\"}";
    private static final String CADDY = "{\"level\":\"info\",\"ts\":1795971601.25,\"logger\":\"http.log.access\",\"msg\":\"handled request\","
        + "\"request\":{\"remote_ip\":\"10.0.0.1\",\"remote_port\":\"41342\",\"client_ip\":\"203.0.113.21\",\"proto\":\"HTTP/2.0\","
        + "\"method\":\"GET\",\"host\":\"shop.example.com:8443\",\"uri\":\"/a?b=c\",\"headers\":{\"User-Agent\":[\"Mozilla/5.0 (X11)\"],"
        + "\"Referer\":[\"https://www.google.com/\"]}},\"bytes_read\":0,\"user_id\":\"frank\",\"duration\":0.001,\"size\":512,\"status\":200}";
    private static final String W3C_FIELDS = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent)"
        + " cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes time-taken";
    private static final String W3C = "2026-11-29 17:00:01 192.0.2.10 GET /a b=c 443 - 203.0.113.21"
        + " Mozilla/5.0+(compatible;+Googlebot/2.1;++http://www.google.com/bot.html) https://www.google.com/ 200 0 0 512 15";
    private static final String CLOUDFRONT_FIELDS = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status"
        + " cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes"
        + " time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version";
    private static final String CLOUDFRONT = "2026-11-29\t17:00:01\tSEA19-C1\t512\t203.0.113.21\tGET\td111111abcdef8.cloudfront.net\t/a\t200"
        + "\thttps://www.google.com/\tMozilla/5.0%20(X11;%2520Linux)\tb=c\t-\tHit\tid\tshop.example.com\thttps\t23\t0.001\t-\tTLSv1.3\tx\tHit\tHTTP/2.0";
    private static final String ALB = "https 2026-11-29T17:00:01.186641Z app/my-loadbalancer/50dc6c495c0c9188 203.0.113.21:2817 10.0.0.1:80"
        + " 0.086 0.048 0.037 200 200 0 512 \"GET https://shop.example.com:443/a?b=c HTTP/1.1\" \"Mozilla/5.0 (X11)\" ECDHE TLSv1.2"
        + " arn:aws:targetgroup/x \"Root=1-58337281\" \"shop.example.com\" \"arn:cert\" 1 2026-11-29T17:00:00.364000Z \"forward\" \"-\" \"-\"";

    private static String fields(LogFormat format) {
        return format == LogFormat.W3C ? W3C_FIELDS : CLOUDFRONT_FIELDS;
    }

    private static String line(LogFormat format) {
        return switch (format) {
            case COMBINED, COMMON, VHOST -> "shop.example.com:443 203.0.113.21 - - [29/Nov/2026:17:00:01 +0000] \"GET /a?b=c HTTP/1.1\" 200 512"
                + " \"https://www.google.com/\" \"Mozilla/5.0 (X11)\"";
            case JSON -> NGINX;
            case W3C -> W3C;
            case ALB -> ALB;
            case CLOUDFRONT -> CLOUDFRONT;
        };
    }

    @ParameterizedTest(name = "of format {0} tells client, site, time, request and answer")
    @EnumSource(LogFormat.class)
    void formats(LogFormat format) throws LogLineException {
        AccessLogLine line = AccessLogs.parse(line(format), format, fields(format));
        assertEquals("203.0.113.21", line.client().host());
        assertEquals(format == LogFormat.W3C ? null : "shop.example.com", line.site().host());
        assertEquals(Instant.parse("2026-11-29T17:00:01Z"), ChronoUnit.MICROS.addTo(Instant.EPOCH, line.timeMicros()).truncatedTo(ChronoUnit.SECONDS));
        assertEquals("GET", line.request().method());
        assertEquals("/a", line.request().target().path());
        assertEquals(format == LogFormat.JSON ? "b=\"c\"" : "b=c", line.request().target().query());
        assertEquals(200, line.answer().status());
        assertEquals(512L, line.answer().bytes());
        assertEquals(format == LogFormat.COMMON || format == LogFormat.ALB ? null : "https://www.google.com/", line.client().referrer());
        assertEquals(null, line.client().user());
    }

    @Test
    @DisplayName("of IIS and CloudFront has the user agent that the client sent")
    void userAgents() throws LogLineException {
        assertEquals("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            AccessLogs.parse(W3C, LogFormat.W3C, W3C_FIELDS).client().userAgent());
        assertEquals("Mozilla/5.0 (X11; Linux)", AccessLogs.parse(CLOUDFRONT, LogFormat.CLOUDFRONT, CLOUDFRONT_FIELDS).client().userAgent());
    }

    @Test
    @DisplayName("of Caddy is read like one of nginx")
    void caddy() throws LogLineException {
        AccessLogLine line = AccessLogs.parse(CADDY, LogFormat.JSON, null);
        assertEquals(new AccessLogLine.Client("203.0.113.21", "frank", "https://www.google.com/", "Mozilla/5.0 (X11)"), line.client());
        assertEquals(new AccessLogLine.Site("shop.example.com", true), line.site());
        assertEquals(1795971601_250_000L, line.timeMicros());
        assertEquals("/a?b=c", line.request().target().text());
        assertEquals(new AccessLogLine.Answer(200, 512L), line.answer());
    }

    @ParameterizedTest(name = "of format {0} that is cut in its middle or is of another format is refused with a column")
    @EnumSource(LogFormat.class)
    void refused(LogFormat format) {
        String cut = line(format).substring(0, line(format).length() / 2);
        for (String text : new String[] {cut, "", "garbage", line(format == LogFormat.JSON ? LogFormat.COMBINED : LogFormat.JSON)}) {
            String message = assertThrows(LogLineException.class, () -> AccessLogs.parse(text, format, fields(format)), text).getMessage();
            assertTrue(message.matches("(?s)column \\d+: .*"), message);
        }
    }

    @ParameterizedTest(name = "in JSON that is {0} says what is missing")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}|column 1: the object has neither \"request\" nor \"request_method\" and \"request_uri\"",
        "{\"request\":\"GET / HTTP/1.1\"}|column 1: expected a time in one of the members time_iso8601, time_local, msec, ts, @timestamp, timestamp, time",
        "{\"request\":\"GET / HTTP/1.1\",\"ts\":1,\"remote_addr\":\"x y\"}|column 1: expected the client's address, not \"x y\"",
        "{\"request\":\"GET / HTTP/1.1\",\"ts\":1,\"status\":\"ok\"}|column 1: expected a number in \"status\", not \"ok\"",
        "[]|column 1: expected a JSON object",
    })
    void json(String text, String message) {
        assertEquals(message, assertThrows(LogLineException.class, () -> AccessLogs.parse(text, LogFormat.JSON, null)).getMessage());
    }

    @ParameterizedTest(name = "with {1} in place of {0} has the time {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"time_local\":\"29/Nov/2026:18:00:01 +0100\"|\"time_iso8601\":\"2026-11-29T17:00:01+00:00\"|1795971601000000",
        "\"time_local\":\"29/Nov/2026:18:00:01 +0100\"|\"msec\":\"1795971601.250\"|1795971601250000",
        "\"time_local\":\"29/Nov/2026:18:00:01 +0100\"|\"@timestamp\":\"2026-11-29T17:00:01.5Z\"|1795971601500000",
    })
    void times(String from, String to, long micros) throws LogLineException {
        assertEquals(micros, AccessLogs.parse(NGINX.replace(from, to), LogFormat.JSON, null).timeMicros());
    }

    @ParameterizedTest(name = "of format {0}, whatever it holds, never makes the reader fail otherwise")
    @EnumSource(LogFormat.class)
    void fuzz(LogFormat format) {
        Random random = new Random(20261129);
        String alphabet = "\"\\x0aF[]{}:+- 1GET\t%,.\u0000ü";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder line = new StringBuilder(line(format));
            for (int edit = random.nextInt(4); edit >= 0; edit--) {
                line.setCharAt(random.nextInt(line.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                AccessLogs.parse(line.toString(), format, fields(format));
            } catch (LogLineException expected) {
                assertTrue(expected.getMessage().startsWith("column "), line.toString());
            }
        }
    }
}
