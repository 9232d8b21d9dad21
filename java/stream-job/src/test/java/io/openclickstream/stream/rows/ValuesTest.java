package io.openclickstream.stream.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.RowCodec;
import io.openclickstream.stream.parse.EventReader;
import io.openclickstream.stream.parse.RawRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The values of an event")
class ValuesTest {
    private static final Instant RECEIVED_AT = Instant.parse("2026-11-29T12:00:00Z");
    private static final List<String> ABSENT_IDS = List.of("null", "undefined", "[object object]", "guest");

    private static ReadEvent read(byte[] value) {
        Map<String, String> headers = Map.of(
            "record_id", "r1", "received_at", Long.toString(RECEIVED_AT.toEpochMilli()), "cookie_id", "c1", "header.x-a", "h");
        RawRecord record = new RawRecord(value, headers, 0, 1, 0);
        RowRules rules = new RowRules(Masking.NONE, ABSENT_IDS, List.of(), Duration.ofHours(1));
        return new RowFiller(rules, List.of()).fill(EventReader.read(record), record, 0);
    }

    private static ReadEvent read(String value) {
        return read(value.getBytes(StandardCharsets.UTF_8));
    }

    /** The row as it is stored. */
    private static OutputRow stored(String value) {
        ReadEvent event = read(value);
        return RowCodec.decode(event.row().table(), new RowCodec().encode(event.row()));
    }

    private static Map<String, String> properties(String value) {
        Map<String, String> properties = new HashMap<>(stored(value).get(EventColumns.PROPERTIES));
        properties.remove("header.x-a");
        return properties;
    }

    private static Instant eventTime(OutputRow row) {
        long micros = row.get(EventColumns.EVENT_TIME);
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1000L);
    }

    @ParameterizedTest(name = "keep the digits of the number {0}")
    @ValueSource(strings = {
        "0", "-0", "1.0", "1.10", "12345678901234567890123", "0.1000000000000000055511151231257827", "1E400", "1e-400", "-1.5E+3", "100",
        "9007199254740993",
    })
    void numbers(String digits) {
        String value = "{\"event_type\":\"x\",\"top\":" + digits + ",\"properties\":{\"a\":" + digits + ",\"b\":[" + digits + ",{\"c\":" + digits
            + "}]}}";
        assertEquals(Map.of("top", digits, "a", digits, "b", "[" + digits + ",{\"c\":" + digits + "}]"), properties(value));
    }

    @Test
    @DisplayName("show U+FFFD where a text is not valid Unicode")
    void brokenTexts() {
        OutputRow row = stored("{\"event_type\":\"a\\ud800\",\"page_title\":\"\\udc00b\",\"properties\":{\"k\\ud83d\":[\"\\ud83d\"]}}");
        assertEquals("a\uFFFD", row.get(EventColumns.EVENT_TYPE));
        assertEquals("\uFFFDb", row.get(EventColumns.PAGE_TITLE));
        assertEquals("[\"\uFFFD\"]", row.get(EventColumns.PROPERTIES).get("k\uFFFD"));
        byte[] cutOff = "{\"event_type\":\"x\",\"page_title\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(OutputTable.EVENTS, read(cutOff).row().table());
        assertEquals("caf\uFFFD",
            RowCodec.decode(OutputTable.EVENTS, new RowCodec().encode(read(cutOff).row())).get(EventColumns.PAGE_TITLE));
    }

    @ParameterizedTest(name = "give {0} and {1} different identifiers")
    @CsvSource({"\\ud800,\\ud801", "a\\udc00,a\\udc01", "\\ud800,\\ufffd", "x\\ud800y,x\\ufffdy"})
    void brokenIdentifiers(String one, String other) {
        String event = "{\"event_type\":\"x\",\"event_id\":\"%1$s\",\"anonymous_id\":\"%1$s\",\"user_id\":\"%1$s\"}";
        String failed = "{\"event_id\":\"%s\"}";
        assertNotEquals(read(String.format(event, one)).eventId(), read(String.format(event, other)).eventId());
        assertNotEquals(read(String.format(event, one)).visitorId(), read(String.format(event, other)).visitorId());
        assertNotEquals(
            stored(String.format(event, one)).get(EventColumns.USER_ID), stored(String.format(event, other)).get(EventColumns.USER_ID));
        assertNotEquals(read(String.format(failed, one)).eventId(), read(String.format(failed, other)).eventId());
        assertEquals(read(String.format(event, one)).eventId(), read(String.format(event, one)).eventId());
        assertTrue(read(String.format(event, "\\ud800")).eventId().startsWith("\uFFFD~"));
    }

    @Test
    @DisplayName("give bytes that are no text different identifiers too")
    void brokenBytes() {
        byte[] one = "{\"event_type\":\"x\",\"event_id\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] other = "{\"event_type\":\"x\",\"event_id\":\"\u00e8\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertNotEquals(read(one).eventId(), read(other).eventId());
    }

    @Test
    @DisplayName("of user agents that are not valid Unicode tell visitors apart")
    void brokenUserAgents() {
        String event = "{\"format\":\"combined\",\"line\":\"1.2.3.4 - - [17/May/2015:10:05:40 +0000] \\\"GET / HTTP/1.1\\\" 200 1 \\\"-\\\" \\\"%s\\\"\"}";
        assertEquals("line", read(String.format(event, "\\ud800")).row().get(FailedEventColumns.FIELD));
        String client = "{\"event_type\":\"x\",\"anonymous_id\":\"\",\"user_agent\":\"%s\"}";
        RawRecord record = new RawRecord(String.format(client, "\\ud800").getBytes(StandardCharsets.UTF_8), Map.of(), 0, 1, 0);
        RawRecord other = new RawRecord(String.format(client, "\\ud801").getBytes(StandardCharsets.UTF_8), Map.of(), 0, 1, 0);
        RowFiller filler = new RowFiller(new RowRules(Masking.NONE, List.of(), List.of(), Duration.ofHours(1)), List.of());
        assertNotEquals(
            filler.fill(EventReader.read(record), record, 0).visitorId(), filler.fill(EventReader.read(other), other, 0).visitorId());
    }

    @ParameterizedTest(name = "of the timestamp {0} are the event''s time {1}")
    @CsvSource({
        "1795973574,2026-11-29T17:32:54Z",
        "1795973574.5,2026-11-29T17:32:54.500Z",
        "1795973574123,2026-11-29T17:32:54.123Z",
        "1795973574123456,2026-11-29T17:32:54.123456Z",
        "1795973574123456789,2026-11-29T17:32:54.123456Z",
        "\"\",2026-11-29T12:00:00Z",
        "null,2026-11-29T12:00:00Z",
        "\"2026-11-29T11:59:60Z\",2026-11-29T11:59:59Z",
        "\"2026-11-29T12:00:00.1234567890123+0000\",2026-11-29T12:00:00.123456Z",
    })
    void timestamps(String sent, String time) {
        assertEquals(Instant.parse(time), eventTime(stored("{\"event_type\":\"x\",\"timestamp\":" + sent + "}")));
    }

    @ParameterizedTest(name = "fail with the reason for the timestamp {0}")
    @ValueSource(strings = {"0", "99999999", "-1795973574", "1e20", "1e999999999999", "\"17\"", "\"yesterday\"", "[1]"})
    void badTimestamps(String sent) {
        OutputRow row = stored("{\"event_type\":\"x\",\"timestamp\":" + sent + "}");
        assertEquals("timestamp", row.get(FailedEventColumns.FIELD));
        assertTrue(row.get(FailedEventColumns.MESSAGE).contains("between the years 1973 and 5138"), row.get(FailedEventColumns.MESSAGE));
    }

    @ParameterizedTest(name = "sent at {1} by the clock of {0} give the time {2} and the skew {3}")
    @CsvSource(nullValues = "~", value = {
        "2026-11-29T13:59:00Z,2026-11-29T14:00:00Z,2026-11-29T11:59:00Z,-7200000",
        "1970-01-01T00:10:00Z,1970-01-01T00:11:00Z,2026-11-29T11:59:00Z,1795952940000",
        "2026-11-29T11:58:00Z,2026-11-29T11:59:00Z,2026-11-29T11:58:00Z,60000",
        "2026-11-29T11:58:00Z,2026-11-29T11:58:59.999Z,2026-11-29T11:59:00.001Z,60001",
        "2026-11-29T11:58:00Z,yesterday,2026-11-29T11:58:00Z,~",
    })
    void clockSkew(String timestamp, String sentAt, String time, Long skew) {
        OutputRow row = stored("{\"event_type\":\"x\",\"timestamp\":\"" + timestamp + "\",\"sent_at\":\"" + sentAt + "\"}");
        assertEquals(Instant.parse(time), eventTime(row));
        assertEquals(skew, row.get(EventColumns.CLOCK_SKEW_MS));
        assertEquals(skew == null ? sentAt : null, row.get(EventColumns.PROPERTIES).get("sent_at"));
    }

    @Test
    @DisplayName("of a time beyond the watermark are marked, and join a session by their receipt")
    void future() {
        ReadEvent future = read("{\"event_type\":\"x\",\"timestamp\":\"2036-01-01T00:00:00Z\"}");
        assertEquals(true, future.row().get(EventColumns.IS_FUTURE));
        assertEquals(RECEIVED_AT.toEpochMilli() * 1000, future.sessionTimeMicros());
        ReadEvent near = read("{\"event_type\":\"x\",\"timestamp\":\"2026-11-29T13:00:00Z\"}");
        assertEquals(false, near.row().get(EventColumns.IS_FUTURE));
        assertEquals(near.row().get(EventColumns.EVENT_TIME), near.sessionTimeMicros());
    }

    @ParameterizedTest(name = "have no identifier in {0}")
    @ValueSource(strings = {"null", "undefined", "UNDEFINED", "[object Object]", "guest", " guest ", "  "})
    void absentIdentifiers(String id) {
        ReadEvent event = read("{\"event_type\":\"x\",\"event_id\":\"%1$s\",\"anonymous_id\":\"%1$s\",\"user_id\":\"%1$s\"}".formatted(id));
        assertEquals("r1", event.eventId());
        assertEquals("c1", event.visitorId());
        assertNull(event.row().get(EventColumns.ANONYMOUS_ID));
        assertNull(event.row().get(EventColumns.USER_ID));
        ReadEvent failed = read("{\"event_id\":\"%s\"}".formatted(id));
        assertEquals(OutputTable.FAILED_EVENTS, failed.row().table());
        assertNotEquals(id, failed.eventId());
    }

    @ParameterizedTest(name = "in {0} are all kept: {1}")
    @CsvSource(delimiter = '|', value = {
        "{\"event_type\":\"a\",\"event_type\":\"b\"}|{event_type=a}",
        "{\"event_type\":\"a\",\"event_type\":null}|{}",
        "{\"event_type\":\"x\",\"price\":1,\"properties\":{\"price\":2}}|{price=2, price#2=1}",
        "{\"event_type\":\"x\",\"properties\":{\"a\":1,\"a\":2,\"a\":3,\"a#2\":4}}|{a=3, a#2=4, a#3=2, a#4=1}",
        "{\"event_type\":\"x\",\"properties\":{\"a\":1},\"properties\":{\"b\":2}}|{a=1, b=2}",
        "{\"event_type\":\"x\",\"properties\":7,\"properties\":{\"b\":2}}|{b=2, properties=7}",
        "{\"event_type\":\"x\",\"properties\":{\"header.x-a\":\"mine\"}}|{header.x-a#2=mine}",
        "{\"event_type\":\"x\",\"properties\":{\"o\":{\"a\":1,\"a\":2}}}|{o={\"a\":1,\"a\":2}}",
        "{\"event_type\":\"x\",\"properties\":{\"\\ud800\":1,\"\\ud801\":2}}|{\uFFFD=2, \uFFFD#2=1}",
    })
    void repeated(String value, String kept) {
        assertEquals(kept, new java.util.TreeMap<>(properties(value)).toString());
    }

    @Test
    @DisplayName("beside the line of a log are kept")
    void besideLogLine() {
        String line = "1.2.3.4 - - [17/May/2015:10:05:40 +0000] \\\"GET / HTTP/1.1\\\" 200 1";
        Map<String, String> properties = properties(
            "{\"format\":\"common\",\"line\":\"" + line + "\",\"edge\":\"fra1\",\"properties\":{\"n\":1.0},\"user_id\":\"u\"}");
        assertEquals("fra1", properties.get("edge"));
        assertEquals("1.0", properties.get("n"));
        assertEquals("u", properties.get("user_id"));
    }

    @Test
    @DisplayName("that break a limit fail with its name, under the event's own identifier")
    void limits() {
        OutputRow key = stored("{\"" + "k".repeat(60_000) + "\":1,\"event_id\":\"e1\",\"event_type\":\"x\"}");
        assertEquals("e1", key.get(FailedEventColumns.EVENT_ID));
        assertEquals("invalid_field", key.get(FailedEventColumns.REASON));
        assertEquals("k".repeat(100) + "\u2026", key.get(FailedEventColumns.FIELD));
        assertTrue(key.get(FailedEventColumns.MESSAGE).endsWith("must have a name of at most 50000 characters, not 60000"));
        OutputRow number = stored("{\"event_type\":\"x\",\"properties\":{\"n\":[" + "9".repeat(1500) + "]},\"event_id\":\"e2\"}");
        assertEquals("e2", number.get(FailedEventColumns.EVENT_ID));
        assertEquals("properties.n", number.get(FailedEventColumns.FIELD));
        assertEquals("\"properties.n\" must have numbers of at most 1000 characters, not 1500", number.get(FailedEventColumns.MESSAGE));
        assertEquals(OutputTable.EVENTS, stored("{\"event_type\":\"x\",\"" + "k".repeat(50_000) + "\":" + "9".repeat(1000) + "}").table());
    }

    @Test
    @DisplayName("have one fingerprint whatever their order and the time of sending, and another for another content")
    void fingerprints() {
        long view = read("{\"event_type\":\"view\",\"properties\":{\"a\":1,\"b\":2},\"sent_at\":\"2026-11-29T12:00:00Z\"}").fingerprint();
        assertEquals(view, read("{ \"sent_at\": 1795973574, \"properties\": {\"b\": 2, \"a\": 1}, \"event_type\": \"view\"}").fingerprint());
        assertNotEquals(view, read("{\"event_type\":\"view\",\"properties\":{\"a\":1,\"b\":2.0}}").fingerprint());
        assertNotEquals(read("{\"event_type\":\"\\ud800\"}").fingerprint(), read("{\"event_type\":\"\\ud801\"}").fingerprint());
        assertNotEquals(read("oops").fingerprint(), read("oops!").fingerprint());
    }
}
