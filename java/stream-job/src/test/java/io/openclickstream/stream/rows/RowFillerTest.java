package io.openclickstream.stream.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.Column;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.JobDocument;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.RowCodec;
import io.openclickstream.stream.enrich.Enrichment;
import io.openclickstream.stream.enrich.Enrichments;
import io.openclickstream.stream.parse.Digests;
import io.openclickstream.stream.parse.EventReader;
import io.openclickstream.stream.parse.IpMasking;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.parse.SiteHosts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A raw record")
class RowFillerTest {
    private static final long PROCESSED_AT = 1_700_000_000_000_000L;
    private static final Map<String, String> HEADERS = Map.of(
        "record_id", "01890000-0000-7000-8000-000000000001",
        "received_at", "1699999999123",
        "source", "http",
        "content_type", "application/json",
        "ip", "198.51.100.7",
        "user_agent", "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
        "accept_language", "de-CH,de;q=0.9",
        "header.x-campaign", "spring");
    private static final Set<String> FILLED_LATER = Set.of("session_id", "session_start", "session_event_index");

    private static RawRecord record(byte[] value, Map<String, String> headers) {
        return new RawRecord(value, headers, 3, 42, 1_600_000_000_000_000L);
    }

    private static RowRules rules(Masking masking) {
        return new RowRules(masking, List.of("undefined"), List.of(), Duration.ofHours(1));
    }

    private static ReadEvent read(RawRecord record, Masking masking) {
        return read(record, masking, Enrichments.ALL);
    }

    private static ReadEvent read(RawRecord record, Masking masking, JobDocument.Enrichments enrichments) {
        return new RowFiller(rules(masking), Enrichments.of(enrichments, SiteHosts.NONE)).fill(EventReader.read(record), record, PROCESSED_AT);
    }

    private static ReadEvent read(String value) {
        return read(record(value.getBytes(StandardCharsets.UTF_8), HEADERS), Masking.NONE);
    }

    private static ReadEvent read(String value, String header, String text) {
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.put(header, text);
        return read(record(value.getBytes(StandardCharsets.UTF_8), headers), Masking.NONE);
    }

    @Test
    @DisplayName("with a whole event fills every column that the event names")
    void wholeEvent() {
        OutputRow row = read("""
            {"event_id": "e1", "event_type": "purchase", "timestamp": "2023-11-14T22:13:20.123456+01:00", "anonymous_id": "a1",
             "user_id": "u1", "page_url": "https://Shop.example.com:8443/cart?utm_source=news&utm_medium=mail&gclid=x%20y#top",
             "page_title": "Cart", "referrer": "https://www.google.co.uk/search?q=x", "ip": "203.0.113.9", "user_agent": "curl/8.0",
             "language": "fr", "properties": {"price": 12.5, "currency": "CHF", "tags": ["a"], "none": null}, "extra": true}""").row();
        assertEquals(OutputTable.EVENTS, row.table());
        assertEquals("e1", row.get(EventColumns.EVENT_ID));
        assertEquals("purchase", row.get(EventColumns.EVENT_TYPE));
        assertEquals(micros("2023-11-14T21:13:20.123456Z"), row.get(EventColumns.EVENT_TIME));
        assertEquals(1_699_999_999_123_000L, row.get(EventColumns.RECEIVED_AT));
        assertEquals(PROCESSED_AT, row.get(EventColumns.PROCESSED_AT));
        assertEquals("a1", row.get(EventColumns.VISITOR_ID));
        assertEquals("u1", row.get(EventColumns.USER_ID));
        assertEquals("https", row.get(EventColumns.PAGE_SCHEME));
        assertEquals("shop.example.com", row.get(EventColumns.PAGE_HOST));
        assertEquals("/cart", row.get(EventColumns.PAGE_PATH));
        assertEquals("top", row.get(EventColumns.PAGE_FRAGMENT));
        assertEquals("news", row.get(EventColumns.UTM_SOURCE));
        assertEquals("mail", row.get(EventColumns.UTM_MEDIUM));
        assertEquals("x y", row.get(EventColumns.CLICK_ID));
        assertEquals("search", row.get(EventColumns.REFERRER_CLASS));
        assertEquals("203.0.113.9", row.get(EventColumns.IP));
        assertEquals("curl", row.get(EventColumns.BROWSER_NAME));
        assertEquals(true, row.get(EventColumns.IS_BOT));
        assertEquals("fr", row.get(EventColumns.LANGUAGE));
        assertEquals(
            Map.of("price", "12.5", "currency", "CHF", "tags", "[\"a\"]", "extra", "true", "header.x-campaign", "spring"),
            row.get(EventColumns.PROPERTIES));
        assertEquals("json", row.get(EventColumns.SOURCE));
        assertEquals(3, row.get(EventColumns.KAFKA_PARTITION));
        assertEquals(42L, row.get(EventColumns.KAFKA_OFFSET));
    }

    @Test
    @DisplayName("with the least event takes the rest from its headers")
    void leastEvent() {
        OutputRow row = read("{\"event_type\": \"ping\"}").row();
        assertEquals("01890000-0000-7000-8000-000000000001", row.get(EventColumns.EVENT_ID));
        assertEquals(row.get(EventColumns.RECEIVED_AT), row.get(EventColumns.EVENT_TIME));
        assertEquals("198.51.100.7", row.get(EventColumns.IP));
        assertEquals("Firefox", row.get(EventColumns.BROWSER_NAME));
        assertEquals("120.0", row.get(EventColumns.BROWSER_VERSION));
        assertEquals(false, row.get(EventColumns.IS_BOT));
        assertEquals("de-CH", row.get(EventColumns.LANGUAGE));
        assertEquals("direct", row.get(EventColumns.REFERRER_CLASS));
        assertEquals(
            Digests.identifier("198.51.100.7\n" + HEADERS.get("user_agent")), row.get(EventColumns.VISITOR_ID));
    }

    @Test
    @DisplayName("without any header still is an event")
    void noHeaders() {
        byte[] value = "{\"event_type\": \"ping\"}".getBytes(StandardCharsets.UTF_8);
        OutputRow row = read(record(value, Map.of()), Masking.NONE).row();
        assertEquals("kafka-3-42", row.get(EventColumns.EVENT_ID));
        assertEquals(1_600_000_000_000_000L, row.get(EventColumns.RECEIVED_AT));
        assertEquals(Digests.identifier("\n"), row.get(EventColumns.VISITOR_ID));
        assertNull(row.get(EventColumns.IS_BOT));
    }

    @Test
    @DisplayName("has the visitor of anonymous_id before that of the cookie")
    void visitors() {
        assertEquals("cookie-1", read("{\"event_type\": \"x\"}", "cookie_id", "cookie-1").visitorId());
        assertEquals("a", read("{\"event_type\": \"x\", \"anonymous_id\": \"a\"}", "cookie_id", "cookie-1").visitorId());
    }

    @Test
    @DisplayName("of the pixel says so")
    void pixel() {
        assertEquals("pixel", read("{\"event_type\": \"x\"}", "source", "pixel").row().get(EventColumns.SOURCE));
    }

    @Test
    @DisplayName("of a source that is newer than the job keeps its name")
    void unknownSource() {
        assertEquals("segment", read("{\"event_type\": \"x\"}", "source", "segment").row().get(EventColumns.SOURCE));
    }

    @Test
    @DisplayName("leaves the columns of an enrichment empty that is switched off, and fills all others")
    void enrichments() {
        String value = "{\"event_type\":\"x\",\"page_url\":\"https://a.example/?utm_source=s\",\"referrer\":\"https://t.co/x\"}";
        Map<String, JobDocument.Enrichments> without = Map.of(
            "referrer_class", new JobDocument.Enrichments(false, true, true),
            "utm_source", new JobDocument.Enrichments(true, false, true),
            "browser_name", new JobDocument.Enrichments(true, true, false));
        without.forEach((off, settings) -> {
            OutputRow row = read(record(value.getBytes(StandardCharsets.UTF_8), HEADERS), Masking.NONE, settings).row();
            for (Column<String> column : List.of(EventColumns.REFERRER_CLASS, EventColumns.UTM_SOURCE, EventColumns.BROWSER_NAME)) {
                assertEquals(column.name().equals(off), row.get(column) == null, column.name() + " without " + off);
            }
        });
    }

    @Test
    @DisplayName("that an enrichment falls over becomes a failed event, and does not stop the others")
    void brokenEnrichment() {
        RawRecord record = record("{\"event_type\":\"x\",\"event_id\":\"e\"}".getBytes(StandardCharsets.UTF_8), HEADERS);
        Enrichment broken = (row, event) -> {
            throw new IllegalStateException("no map");
        };
        ReadEvent read = new RowFiller(rules(Masking.NONE), List.of(broken)).fill(EventReader.read(record), record, PROCESSED_AT);
        assertEquals("e", read.eventId());
        assertEquals("unreadable_body", read.row().get(FailedEventColumns.REASON));
        assertEquals("the event could not be read: java.lang.IllegalStateException: no map", read.row().get(FailedEventColumns.MESSAGE));
    }

    @ParameterizedTest(name = "{0} fails with {1} of field {2}: {3}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "{\"event_type\": |invalid_json|~|Unexpected end-of-input within/between Object entries (line 1, column 15)",
        "{} {}|invalid_json|~|something follows after the event's end (line 1, column 4)",
        "[1]|not_an_object|~|the event must be a JSON object, not an array",
        "17|not_an_object|~|the event must be a JSON object, not a number",
        "null|not_an_object|~|the event must be a JSON object, not null",
        "{}|missing_field|event_type|\"event_type\" is missing or empty",
        "{\"event_type\": \"\"}|missing_field|event_type|\"event_type\" is missing or empty",
        "{\"event_type\": null}|missing_field|event_type|\"event_type\" is missing or empty",
        "{\"event_type\": 5}|invalid_field|event_type|\"event_type\" must be a string, not a number",
        "{\"event_type\": \"x\", \"event_id\": 5}|invalid_field|event_id|\"event_id\" must be a string, not a number",
        "{\"event_type\": \"x\", \"timestamp\": \"yesterday\"}|invalid_field|timestamp|\"timestamp\" must be an RFC 3339 time*",
        "{\"event_type\": \"x\", \"timestamp\": 1e30}|invalid_field|timestamp|\"timestamp\" must be an RFC 3339 time*",
        "{\"event_type\": \"x\", \"timestamp\": true}|invalid_field|timestamp|\"timestamp\" must be an RFC 3339 time*",
        "{\"event_type\": \"x\", \"properties\": []}|invalid_field|properties|\"properties\" must be an object, not an array",
        "{\"format\": \"combined\", \"line\": \"x\"}|malformed_log_line|line|column 2: the line ends before the time in brackets",
        "{\"format\": \"apache\", \"line\": \"x\"}|invalid_field|format|\"format\" must be one of combined, common, vhost, json, w3c, alb,"
            + " cloudfront, not \"apache\"",
        "{\"line\": \"x\"}|missing_field|format|\"format\" is missing or empty",
        "{\"format\": \"combined\", \"line_base64\": \"%\"}|invalid_field|line_base64|\"line_base64\" must be base64*",
    })
    void failures(String value, String reason, String field, String message) {
        OutputRow row = read(value).row();
        assertEquals(OutputTable.FAILED_EVENTS, row.table());
        assertEquals(reason, row.get(FailedEventColumns.REASON));
        assertEquals(field, row.get(FailedEventColumns.FIELD));
        String expected = java.util.regex.Pattern.quote(message).replace("*", "\\E.*\\Q");
        assertTrue(row.get(FailedEventColumns.MESSAGE).matches(expected), row.get(FailedEventColumns.MESSAGE));
        assertArrayEquals(value.getBytes(StandardCharsets.UTF_8), row.get(FailedEventColumns.PAYLOAD));
        assertEquals("application/json", row.get(FailedEventColumns.CONTENT_TYPE));
    }

    @Test
    @DisplayName("that failed keeps its identifier where it can be read, else has one of its bytes")
    void failedIdentifiers() {
        assertEquals("e9", read("{\"event_id\": \"e9\"}").eventId());
        assertEquals(read("{\"event_id\": 9}").eventId(), read("{\"event_id\": 9}").eventId());
        assertNotEquals(read("{\"event_id\": 9}").eventId(), read("{\"event_id\": 8}").eventId());
        assertTrue(read("oops").eventId().matches("[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    }

    @Test
    @DisplayName("that the collector could not read fails for the collector's reason")
    void collectorFailure() {
        OutputRow row = read("garbage", "failure", "too_large").row();
        assertEquals("too_large", row.get(FailedEventColumns.REASON));
        assertEquals("unreadable_body", read("garbage", "failure", "a new reason").row().get(FailedEventColumns.REASON));
        assertEquals("unreadable_body", read("").row().get(FailedEventColumns.REASON));
    }

    @Test
    @DisplayName("with an access-log line is an event of the line's visitor, not of its sender")
    void logLine() {
        String line = "66.249.73.135 - - [17/May/2015:10:05:40 +0000] \\\"GET /blog/tags/ipv6 HTTP/1.1\\\" 200 12251"
            + " \\\"http://www.bing.com/x\\\" \\\"Mozilla/5.0 (iPhone; CPU iPhone OS 6_0 like Mac OS X) Googlebot/2.1\\\"";
        OutputRow row = read("{\"event_id\": \"l1\", \"format\": \"combined\", \"line\": \"" + line + "\"}", "cookie_id", "c").row();
        assertEquals("page_view", row.get(EventColumns.EVENT_TYPE));
        assertEquals(micros("2015-05-17T10:05:40Z"), row.get(EventColumns.EVENT_TIME));
        assertEquals("66.249.73.135", row.get(EventColumns.IP));
        assertEquals("/blog/tags/ipv6", row.get(EventColumns.PAGE_URL));
        assertEquals("/blog/tags/ipv6", row.get(EventColumns.PAGE_PATH));
        assertEquals("GET", row.get(EventColumns.HTTP_METHOD));
        assertEquals(200, row.get(EventColumns.HTTP_STATUS));
        assertEquals(12251L, row.get(EventColumns.HTTP_RESPONSE_BYTES));
        assertEquals("search", row.get(EventColumns.REFERRER_CLASS));
        assertEquals(true, row.get(EventColumns.IS_BOT));
        assertEquals("combined", row.get(EventColumns.SOURCE));
        assertNull(row.get(EventColumns.LANGUAGE));
        assertEquals(Digests.identifier("66.249.73.135\n" + row.get(EventColumns.USER_AGENT)), row.get(EventColumns.VISITOR_ID));
    }

    @ParameterizedTest(name = "with a log line for {0} is a {1}")
    @CsvSource({
        "GET / HTTP/1.1,page_view",
        "GET /a/b HTTP/1.1,page_view",
        "GET /index.php?x=y.png HTTP/1.1,page_view",
        "GET /a.PNG HTTP/1.1,http_request",
        "GET /v1.2/page HTTP/1.1,page_view",
        "GET /style.css?v=3 HTTP/1.1,http_request",
        "-,http_request",
    })
    void eventTypes(String request, String type) {
        String line = "1.2.3.4 - - [17/May/2015:10:05:40 +0000] \\\"" + request + "\\\" 200 1";
        assertEquals(type, read("{\"format\": \"common\", \"line\": \"" + line + "\"}").row().get(EventColumns.EVENT_TYPE));
    }

    @Test
    @DisplayName("with a log line that is not UTF-8 keeps each byte as a character")
    void latin1() {
        byte[] line = "1.2.3.4 - - [17/May/2015:10:05:40 +0000] \"GET /\u00fc HTTP/1.1\" 200 1".getBytes(StandardCharsets.ISO_8859_1);
        OutputRow row = read("{\"format\": \"common\", \"line_base64\": \"" + Base64.getEncoder().encodeToString(line) + "\"}").row();
        assertEquals("/\u00fc", row.get(EventColumns.PAGE_PATH));
    }

    @Test
    @DisplayName("whatever it holds becomes a row with all required columns, the same each time, that survives its encoding")
    void anything() {
        Random random = new Random(7);
        String[] seeds = {
            "{\"event_type\":\"x\",\"event_id\":\"e\",\"timestamp\":1700000000000,\"page_url\":\"https://a/?b#c\",\"properties\":{\"a\":1}}",
            "{\"format\":\"combined\",\"line\":\"1.2.3.4 - - [17/May/2015:10:05:40 +0000] \\\"GET / HTTP/1.1\\\" 200 1 \\\"-\\\" \\\"-\\\"\"}",
            "[{\"event_type\":\"\\ud800\"}]",
        };
        RowCodec codec = new RowCodec();
        for (int round = 0; round < 30_000; round++) {
            byte[] value = seeds[random.nextInt(seeds.length)].getBytes(StandardCharsets.UTF_8);
            for (int edit = random.nextInt(5); edit > 0; edit--) {
                value[random.nextInt(value.length)] = (byte) random.nextInt(256);
            }
            ReadEvent first = read(record(value, HEADERS), Masking.NONE);
            ReadEvent second = read(record(value, HEADERS), Masking.NONE);
            byte[] encoded = codec.encode(first.row());
            assertArrayEquals(encoded, codec.encode(second.row()));
            assertEquals(first.eventId(), second.eventId());
            requireColumns(RowCodec.decode(first.row().table(), encoded));
        }
    }

    private static void requireColumns(OutputRow row) {
        for (Column<?> column : row.table().columns()) {
            if (column.required() && !FILLED_LATER.contains(column.name())) {
                assertTrue(row.get(column) != null, row.table() + "." + column.name());
            }
        }
    }

    @Test
    @DisplayName("nested a hundred thousand levels deep fails like any other")
    void deepNesting() {
        String value = "{\"event_type\":\"x\",\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertEquals("invalid_json", read(value).row().get(FailedEventColumns.REASON));
    }

    private static long micros(String time) {
        Instant instant = Instant.parse(time);
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
    }

    @ParameterizedTest(name = "{1} of {0} is {2}")
    @CsvSource(nullValues = "~", value = {
        "203.0.113.9,None,203.0.113.9",
        "www.example.com,None,www.example.com",
        "203.0.113.9,LastOctet,203.0.113.0",
        "::ffff:203.0.113.9,LastOctet,203.0.113.0",
        "2001:db8:1:2::3,LastOctet,2001:db8:1::",
        "2001:0DB8:0:2::3,LastOctet,2001:db8::",
        "fe80::1%eth0,LastOctet,fe80::",
        "0:0:10::1,LastOctet,0:0:10::",
        "::1,LastOctet,::",
        "ppp-203-0-113-9.example.com,LastOctet,~",
        "203.0.113.256,LastOctet,~",
        "1:2:3,LastOctet,~",
        "203.0.113.9,Drop,~",
    })
    @DisplayName("is masked as the collector masks the sender:")
    void masking(String address, String masking, String stored) {
        assertEquals(stored, IpMasking.mask(Masking.of(masking).orElseThrow(), address));
    }

    @Test
    @DisplayName("stores no address that was to be masked, and still tells visitors apart by all of it")
    void maskedEvents() {
        String line = "{\"format\":\"combined\",\"line\":\"66.249.73.135 - - [17/May/2015:10:05:03 +0000] \\\"GET / HTTP/1.1\\\" 200 1"
            + " \\\"-\\\" \\\"Bot/1\\\"\"}";
        for (String value : new String[] {line, "{\"event_type\":\"x\",\"ip\":\"66.249.73.135\",\"user_agent\":\"Bot/1\"}"}) {
            OutputRow row = read(record(value.getBytes(StandardCharsets.UTF_8), Map.of()), Masking.LAST_OCTET).row();
            assertEquals("66.249.73.0", row.get(EventColumns.IP));
            assertEquals(Digests.identifier("66.249.73.135\nBot/1"), row.get(EventColumns.VISITOR_ID));
        }
        byte[] broken = "{".getBytes(StandardCharsets.UTF_8);
        assertNull(read(record(broken, HEADERS), Masking.DROP).row().get(FailedEventColumns.IP));
    }
}
