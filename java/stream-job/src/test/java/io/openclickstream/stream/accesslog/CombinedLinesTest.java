package io.openclickstream.stream.accesslog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.LogFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A line of a combined log")
class CombinedLinesTest {
    private static final String REST = "[29/Nov/2026:17:00:01 +0000] \"GET /a HTTP/1.1\" 200 512 \"-\" \"UA\"";
    private static final String GOOD = "83.149.9.216 - frank [17/May/2015:10:05:03 +0200] \"GET /a/b.png?x=1 HTTP/1.1\" 200 203023"
        + " \"http://semicomplete.com/p/\" \"Mozilla/5.0 (X11; Linux) Chrome/32.0\"";
    private static final long SEED = 20250517;

    private static AccessLogLine combined(String line) throws LogLineException {
        return AccessLogs.parse(line, LogFormat.COMBINED, null);
    }

    private static String target(AccessLogLine line) {
        return line.request().target() == null ? null : line.request().target().text();
    }

    @Test
    @DisplayName("in combined format gives all its fields")
    void allFields() throws LogLineException {
        AccessLogLine line = combined(GOOD);
        assertEquals("83.149.9.216", line.client().host());
        assertEquals("frank", line.client().user());
        assertEquals(Instant.parse("2015-05-17T08:05:03Z").getEpochSecond() * 1_000_000, line.timeMicros());
        assertEquals("GET", line.request().method());
        assertEquals("/a/b.png?x=1", target(line));
        assertEquals("HTTP/1.1", line.request().protocol());
        assertEquals(200, line.answer().status());
        assertEquals(203023L, line.answer().bytes());
        assertEquals("http://semicomplete.com/p/", line.client().referrer());
        assertEquals("Mozilla/5.0 (X11; Linux) Chrome/32.0", line.client().userAgent());
        assertNull(line.extra());
    }

    @Test
    @DisplayName("with hyphens has nulls there")
    void hyphens() throws LogLineException {
        AccessLogLine line = combined("::1 - - [01/Jan/2024:00:00:00 +0000] \"-\" 408 - \"-\" \"-\"\r\n");
        assertEquals("::1", line.client().host());
        assertNull(line.client().user());
        assertNull(line.request().method());
        assertNull(target(line));
        assertNull(line.answer().bytes());
        assertNull(line.client().referrer());
        assertNull(line.client().userAgent());
    }

    @Test
    @DisplayName("in common format has neither referrer nor user agent")
    void common() throws LogLineException {
        AccessLogLine line = AccessLogs.parse(
            "in24.inetnebr.com - - [01/Aug/1995:00:00:01 -0400] \"GET /shuttle/missions/sts-68.txt HTTP/1.0\" 200 1839",
            LogFormat.COMMON, null);
        assertEquals("in24.inetnebr.com", line.client().host());
        assertEquals(1839L, line.answer().bytes());
        assertNull(line.client().userAgent());
    }

    @ParameterizedTest(name = "request {0} has method {1} and target {2}")
    @CsvSource(delimiter = '|', nullValues = "null", value = {
        "GET / HTTP/1.1|GET|/",
        "GET /|GET|/",
        "GET /a b c HTTP/1.0|GET|/a b c",
        "GET http://example.org/x HTTP/1.1|GET|http://example.org/x",
        "OPTIONS * HTTP/1.0|OPTIONS|*",
        "CONNECT example.org:443 HTTP/1.1|CONNECT|example.org:443",
        "PROPFIND /dav/ HTTP/2.0|PROPFIND|/dav/",
        "GET /say=\\\"hi\\\" HTTP/1.1|GET|/say=\"hi\"",
        "GET /a\\x20b HTTP/1.1|GET|/a b",
        "GET /\\xc3\\xbc HTTP/1.1|GET|/ü",
        "GET /\\xfc HTTP/1.1|GET|/\\xfc",
        "\\x16\\x03\\x01\\x02\\x00|null|null",
        "SSH-2.0-Go|null|null",
        "quit|null|null",
        "GET|null|null",
        "GET foo HTTP/1.1|null|null",
    })
    void requests(String request, String method, String target) throws LogLineException {
        AccessLogLine line = combined("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"" + request + "\" 400 0 \"-\" \"-\"");
        assertEquals(method, line.request().method());
        assertEquals(target, target(line));
        assertEquals(request, line.request().logged());
    }

    @Test
    @DisplayName("may have quotes in its request that the server did not escape")
    void unescapedQuotes() throws LogLineException {
        AccessLogLine line = combined("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /?q=\"a b\" 5 HTTP/1.1\" 200 5 \"-\" \"-\"");
        assertEquals("/?q=\"a b\" 5", target(line));
        assertEquals(200, line.answer().status());
    }

    @ParameterizedTest(name = "that begins with {0} has the site {1}, the client {2} and the user {3}")
    @CsvSource(delimiter = '|', nullValues = "~", quoteCharacter = '`', value = {
        "shop.example.com:443 203.0.113.21 - -|shop.example.com|203.0.113.21|~",
        "shop.example.com 203.0.113.21 - -|shop.example.com|203.0.113.21|~",
        "localhost:80 ::1 - frank|localhost|::1|frank",
        "shop.example.com:443 [2001:db8::1]:5123 - -|shop.example.com|2001:db8::1|~",
        "shop.example.com in24.inetnebr.com - -|shop.example.com|in24.inetnebr.com|~",
        "shop.example.com 203.0.113.9, 10.0.0.1 - -|shop.example.com|203.0.113.9|~",
        "203.0.113.36:51234 - -|~|203.0.113.36|~",
        "[2001:db8::7]:443 - -|~|2001:db8::7|~",
        "[2001:db8::7] - -|~|2001:db8::7|~",
        "fe80::1%eth0 - -|~|fe80::1|~",
        "`203.0.113.34 -  - `|~|203.0.113.34|~",
        "203.0.113.34  -  -|~|203.0.113.34|~",
        "`203.0.113.34 - `|~|203.0.113.34|~",
        "203.0.113.34 - \"\"|~|203.0.113.34|~",
        "203.0.113.34 \"\" \"\"|~|203.0.113.34|~",
        "203.0.113.34 - \"john doe\"|~|203.0.113.34|john doe",
        "203.0.113.9, 10.0.0.1 10.0.0.2 - -|~|203.0.113.9|~",
        "203.0.113.9,10.0.0.1 - -|~|203.0.113.9|~",
        "\"203.0.113.9, 10.0.0.1\" 10.0.0.2 - -|~|203.0.113.9|~",
        "unknown, 203.0.113.9 10.0.0.2 - -|~|203.0.113.9|~",
        "192.168.1.5, 203.0.113.9 10.0.0.2 - -|~|203.0.113.9|~",
        "10.0.0.1 203.0.113.9 - -|~|203.0.113.9|~",
        "- 203.0.113.21 - -|~|203.0.113.21|~",
        "10.1.2.3 - [10.1.2.3] - -|~|10.1.2.3|~",
        "10.0.0.1 - 198.51.100.1x - -|~|!column 26|~",
        "- - -|~|~|~",
        "unix: - -|~|~|~",
        "Proxy.Example - -|~|proxy.example|~",
        "10.0.0.7 - john q. public|~|10.0.0.7|john q. public",
        "10.0.0.7 johns-ident john|~|10.0.0.7|john",
        "10.0.0.7 - 203.0.113.9 - x|~|!column 12|~",
        "10.0.0.7 - 203.0.113.9|~|!column 12|~",
        "a3f51cd7 203.0.113.9 - -|~|!column 10|~",
        "0.003 203.0.113.9 - -|~|!column 7|~",
        "203.0.113.5 10.0.0.1 -|~|!column 13|~",
        "203.0.113.5 -|~|!column 14|~",
        "203.0.113.5|~|!column 12|~",
        "{\"a\": - -|~|!column 1|~",
        "web-1 : 203.0.113.9 - -|~|!column 7|~",
    })
    void fronts(String front, String site, String client, String user) throws LogLineException {
        if (client != null && client.startsWith("!")) {
            String message = assertThrows(LogLineException.class, () -> combined(front + " " + REST)).getMessage();
            assertEquals(client.substring(1), message.split(":")[0], message);
            return;
        }
        AccessLogLine line = combined(front + " " + REST);
        assertEquals(site, line.site().host());
        assertEquals(client, line.client().host());
        assertEquals(user, line.client().user());
    }

    @ParameterizedTest(name = "of the format vhost that begins with {0} has the site {1} and the client {2}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "Shop.example.com:443 203.0.113.21 - -|shop.example.com|203.0.113.21",
        "shop 203.0.113.21 - -|shop|203.0.113.21",
        "192.0.2.80:443 203.0.113.21 - -|192.0.2.80|203.0.113.21",
        "192.0.2.80 203.0.113.21:4711 - -|192.0.2.80|203.0.113.21",
        "- 203.0.113.21 - -|~|203.0.113.21",
        "_ 203.0.113.21 - -|_|203.0.113.21",
    })
    void vhosts(String front, String site, String client) throws LogLineException {
        AccessLogLine line = AccessLogs.parse(front + " " + REST, LogFormat.VHOST, null);
        assertEquals(site, line.site().host());
        assertEquals(client, line.client().host());
    }

    @ParameterizedTest(name = "from {0} with {1} behind has the client {2}")
    @CsvSource(delimiter = '|', value = {
        "10.0.0.1|\"203.0.113.9, 10.0.0.7\"|203.0.113.9",
        "10.0.0.1|\"203.0.113.9\" 0.003|203.0.113.9",
        "10.0.0.1|\"-\"|10.0.0.1",
        "10.0.0.1|\"x\"|10.0.0.1",
        "203.0.113.5|\"198.51.100.9\"|203.0.113.5",
    })
    @DisplayName("with X-Forwarded-For behind")
    void forwarded(String peer, String extra, String client) throws LogLineException {
        assertEquals(client, combined(peer + " - - " + REST + " " + extra).client().host());
    }

    @Test
    @DisplayName("may begin with a byte-order mark, also where its bytes are not UTF-8")
    void byteOrderMark() throws LogLineException {
        assertEquals("203.0.113.5", combined("\ufeff203.0.113.5 - - " + REST).client().host());
        assertEquals("203.0.113.5", combined("\u00ef\u00bb\u00bf203.0.113.5 - - " + REST).client().host());
    }

    @ParameterizedTest(name = "that asks {0} for {1} has host {2}, path {3}, query {4} and fragment {5}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "GET|/a/b?c=d|~|/a/b|c=d|~",
        "GET|//evil.example/x|~|//evil.example/x|~|~",
        "GET|/http://evil.example/|~|/http://evil.example/|~|~",
        "GET|/\\evil.example|~|/\\evil.example|~|~",
        "GET|/a?b?c=//x#d|~|/a|b?c=//x|d",
        "GET|http://Evil.example|evil.example|/|~|~",
        "GET|HTTP://u:p@Evil.example:80/x?y|evil.example|/x|y|~",
        "GET|http://[2001:DB8::1]:80?q|[2001:db8::1]|/|q|~",
        "GET|http:///x|~|/x|~|~",
        "OPTIONS|*|~|~|~|~",
        "PRI|*|~|~|~|~",
        "CONNECT|evil.example:443|~|~|~|~",
    })
    void targets(String method, String target, String host, String path, String query, String fragment) {
        RequestTarget read = RequestTarget.of(method, target);
        assertEquals(host, read.host());
        assertEquals(path, read.path());
        assertEquals(query, read.query());
        assertEquals(fragment, read.fragment());
    }

    @ParameterizedTest(name = "that asks {0} for {1} holds no request")
    @CsvSource(delimiter = '|', value = {"GET|foo", "GET|http:/evil", "GET|?x", "CONNECT|/", "CONNECT|http://evil.example/", "GET|evil.example:443"})
    void noTargets(String method, String target) {
        assertNull(RequestTarget.of(method, target));
    }

    @Test
    @DisplayName("may have spaces in the user's name")
    void userWithSpaces() throws LogLineException {
        assertEquals("john q. public", combined(GOOD.replace("frank", "john q. public")).client().user());
    }

    @Test
    @DisplayName("may go on with fields of the site's own")
    void extraFields() throws LogLineException {
        assertEquals("\"203.0.113.9, 10.0.0.1\" 0.003 -", combined(GOOD + " \"203.0.113.9, 10.0.0.1\" 0.003 -").extra());
    }

    @Test
    @DisplayName("that is cut off anywhere is malformed, and its message names a column in the line or right behind it")
    void cutOff() {
        String line = GOOD.replace("frank", "-");
        for (int length = 0; length < line.length(); length++) {
            String cut = line.substring(0, length);
            LogLineException problem = assertThrows(LogLineException.class, () -> combined(cut), cut);
            int column = Integer.parseInt(problem.getMessage().replaceAll("column (\\d+): .*", "$1"));
            assertTrue(column >= 1 && column <= cut.length() + 1, problem.getMessage());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "a quote that closes the user agent is missing|column 114: the line ends inside the user agent, whose closing quote is missing"
            + "|46.118.127.106 - - [20/May/2015:12:05:17 +0000] \"GET /c.py HTTP/1.1\" 200 235 \"-\" \"Mozilla/5.0 (compatible; Google",
        "a month that does not exist|column 14: expected a time like 17/May/2015:10:05:03 +0000"
            + "|1.2.3.4 - - [17/Mai/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"",
        "a day that does not exist|column 14: expected a time like 17/May/2015:10:05:03 +0000"
            + "|1.2.3.4 - - [31/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"",
        "a status with letters|column 59: expected a status of three digits"
            + "|1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 2OO 5 \"-\" \"-\"",
        "a size with letters|column 63: expected the response's size in bytes"
            + "|1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5k \"-\" \"-\"",
        "a common line where a combined one is expected|column 64: the line ends before a space after the size"
            + "|1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5",
    })
    void problems(String name, String message, String line) {
        assertEquals(message, assertThrows(LogLineException.class, () -> combined(line)).getMessage());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"\"", "a ", "\\", "\"\\\" ", "[", "] ", "x x"})
    @DisplayName("of a million hostile characters is read in linear time")
    void hostile(String unit) {
        String noise = unit.repeat(1_000_000 / unit.length());
        for (String line : new String[] {noise, GOOD + " " + noise, GOOD.replace("/a/b.png", noise), GOOD.replace("frank", noise)}) {
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
                try {
                    combined(line);
                } catch (LogLineException expected) {
                    assertTrue(expected.getMessage().startsWith("column "), expected.getMessage());
                }
            });
        }
    }

    @Test
    @DisplayName("whatever it holds never makes the parser fail otherwise")
    void fuzz() {
        Random random = new Random(SEED);
        String alphabet = "\"\\x0aF[]/:+- 1GETHTP.\u0000ü\ud83d\udcd6";
        for (int round = 0; round < 50_000; round++) {
            StringBuilder line = new StringBuilder(GOOD);
            for (int edit = random.nextInt(4); edit >= 0; edit--) {
                int at = random.nextInt(line.length());
                char character = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> line.setCharAt(at, character);
                    case 1 -> line.insert(at, character);
                    default -> line.deleteCharAt(at);
                }
            }
            try {
                combined(line.toString());
            } catch (LogLineException expected) {
                assertTrue(expected.getMessage().startsWith("column "), line.toString());
            }
        }
    }

    @Test
    @DisplayName("written from random fields is read back to the same fields")
    void roundTrip() throws LogLineException {
        Random random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            String user = text(random, "abc.@_", 8);
            String target = "/" + text(random, "abc\"\\ü?&=% ", 20).strip();
            String referrer = "http://" + text(random, "abc\"\\ü/ ", 20);
            String userAgent = "M" + text(random, "abc\"\\();/ ", 30);
            long seconds = random.nextInt(2_000_000_000);
            int status = 100 + random.nextInt(500);
            long bytes = random.nextLong(1_000_000_000_000L);
            AccessLogLine line = combined("host.example - " + (user.isEmpty() ? "-" : user) + " [" + logTime(seconds)
                + "] \"POST " + escaped(target) + " HTTP/1.1\" " + status + " " + bytes + " \"" + escaped(referrer) + "\" \""
                + escaped(userAgent) + "\"");
            assertEquals(user.isEmpty() ? null : user, line.client().user());
            assertEquals(seconds * 1_000_000, line.timeMicros());
            assertEquals(target, target(line));
            assertEquals(status, line.answer().status());
            assertEquals(bytes, line.answer().bytes());
            assertEquals(referrer, line.client().referrer());
            assertEquals(userAgent, line.client().userAgent());
        }
    }

    private static String logTime(long seconds) {
        return java.time.format.DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", java.util.Locale.ENGLISH)
            .format(Instant.ofEpochSecond(seconds).atOffset(java.time.ZoneOffset.ofHoursMinutes(-5, -30)));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String text(Random random, String alphabet, int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(maxLength); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
