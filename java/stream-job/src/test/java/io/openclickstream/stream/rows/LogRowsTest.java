package io.openclickstream.stream.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.enrich.Enrichments;
import io.openclickstream.stream.parse.EventReader;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.parse.SiteHosts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A line of an access log")
class LogRowsTest {
    private static final Map<String, String> HEADERS = Map.of("record_id", "r", "received_at", "1796000000000", "ip", "198.51.100.7");

    private static OutputRow row(Map<String, String> event, Masking masking, List<String> siteHosts) {
        try {
            RawRecord record = new RawRecord(new ObjectMapper().writeValueAsBytes(event), HEADERS, 0, 0, 0);
            RowRules rules = new RowRules(masking, List.of(), siteHosts, Duration.ofHours(1));
            RowFiller filler = new RowFiller(rules, Enrichments.of(Enrichments.ALL, new SiteHosts(siteHosts)));
            return filler.fill(EventReader.read(record), record, 0).row();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OutputRow combined(String line) {
        return row(Map.of("format", "combined", "line", line), Masking.NONE, List.of());
    }

    private static String line(String front, String request, String status, String referrer) {
        return front + " - - [29/Nov/2026:17:00:01 +0000] \"" + request + "\" " + status + " 512 \"" + referrer + "\" \"UA\"";
    }

    @ParameterizedTest(name = "with {0} answered by {1} is a {2}")
    @CsvSource(delimiter = '|', value = {
        "GET / HTTP/1.1|200|page_view",
        "GET /a?b HTTP/1.1|206|page_view",
        "GET /a HTTP/1.1|304|page_view",
        "GET http://shop.example.com/a HTTP/1.1|200|page_view",
        "HEAD / HTTP/1.1|200|http_request",
        "POST / HTTP/1.1|200|http_request",
        "GET / HTTP/1.1|301|http_request",
        "GET / HTTP/1.1|404|http_request",
        "GET / HTTP/1.1|500|http_request",
        "GET / HTTP/1.1|-|http_request",
        "GET /a.png HTTP/1.1|200|http_request",
        "OPTIONS * HTTP/1.0|200|http_request",
        "GET * HTTP/1.0|200|http_request",
        "PRI * HTTP/2.0|400|http_request",
        "CONNECT evil.example:443 HTTP/1.1|200|http_request",
        "-|408|http_request",
    })
    void pageViews(String request, String status, String type) {
        assertEquals(type, combined(line("203.0.113.21", request, status, "-")).get(EventColumns.EVENT_TYPE));
    }

    @Test
    @DisplayName("of a virtual host has the site as its page's host and the client as its address")
    void virtualHost() {
        OutputRow row = combined(line("shop.example.com:443 203.0.113.21", "GET /a HTTP/1.1", "200", "https://www.shop.example.com/"));
        assertEquals("shop.example.com", row.get(EventColumns.PAGE_HOST));
        assertEquals("203.0.113.21", row.get(EventColumns.IP));
        assertEquals("internal", row.get(EventColumns.REFERRER_CLASS));
        assertNull(row.get(EventColumns.USER_ID));
    }

    @Test
    @DisplayName("from another port of a client is of the same visitor, and from another client of another one")
    void visitors() {
        String visitor = combined(line("203.0.113.36:51234", "GET / HTTP/1.1", "200", "-")).get(EventColumns.VISITOR_ID);
        assertEquals(visitor, combined(line("203.0.113.36:51235", "GET / HTTP/1.1", "200", "-")).get(EventColumns.VISITOR_ID));
        assertEquals(visitor, combined("\ufeff" + line("203.0.113.36", "GET / HTTP/1.1", "200", "-")).get(EventColumns.VISITOR_ID));
        assertNotEquals(visitor, combined(line("203.0.113.37", "GET / HTTP/1.1", "200", "-")).get(EventColumns.VISITOR_ID));
    }

    @ParameterizedTest(name = "with {0} and the site {1} has the page''s host {2} and a referrer of class {3}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "GET /a HTTP/1.1|~|~|other",
        "GET /a HTTP/1.1|example.com shop.example|~|internal",
        "GET http://evil.example/a HTTP/1.1|~|~|other",
        "GET http://evil.example/a HTTP/1.1|example.com|~|internal",
        "GET http://WWW.example.com/a HTTP/1.1|example.com|www.example.com|internal",
        "GET //evil.example/a HTTP/1.1|evil.example|~|other",
    })
    void sites(String request, String site, String host, String referrerClass) {
        String line = line("203.0.113.21", request, "200", "http://blog.example.com/");
        Map<String, String> event = site == null
            ? Map.of("format", "combined", "line", line)
            : Map.of("format", "combined", "line", line, "site", site);
        OutputRow row = row(event, Masking.NONE, List.of());
        assertEquals(host, row.get(EventColumns.PAGE_HOST));
        assertEquals(host == null ? null : "http", row.get(EventColumns.PAGE_SCHEME));
        assertEquals(referrerClass, row.get(EventColumns.REFERRER_CLASS));
        if (site != null) {
            OutputRow ofPipeline = row(Map.of("format", "combined", "line", line), Masking.NONE, List.of(site.split(" ")));
            assertEquals(host, ofPipeline.get(EventColumns.PAGE_HOST));
            assertEquals(referrerClass, ofPipeline.get(EventColumns.REFERRER_CLASS));
        }
    }

    @ParameterizedTest(name = "in JSON that asks for the host {0} has the page''s host {2} where the pipeline''s site is {1}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "shop.example.com|~|shop.example.com",
        "shop.example.com:8443|example.com|shop.example.com",
        "evil.example|example.com|~",
    })
    void askedHosts(String asked, String site, String host) {
        String line = "{\"remote_addr\":\"203.0.113.21\",\"request\":\"GET / HTTP/1.1\",\"status\":200,\"msec\":1795971601.5,\"host\":\"" + asked + "\"}";
        OutputRow row = row(Map.of("format", "json", "line", line), Masking.NONE, site == null ? List.of() : List.of(site));
        assertEquals(host, row.get(EventColumns.PAGE_HOST));
        assertEquals("page_view", row.get(EventColumns.EVENT_TYPE));
        assertEquals("json", row.get(EventColumns.SOURCE));
    }

    @ParameterizedTest(name = "is kept with {0} as {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "NONE|203.0.113.36:51234 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"Chrome/120.0.0.7\"|203.0.113.36:51234 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"Chrome/120.0.0.7\"",
        "LAST_OCTET|203.0.113.36:51234 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"Chrome/120.0.0.7\"|203.0.113.0:51234 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"Chrome/120.0.0.7\"",
        "DROP|203.0.113.36 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"|- - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"",
        "LAST_OCTET|[2001:db8:1:2::7]:443 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"|[2001:db8:1::]:443 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"",
        "LAST_OCTET|\"203.0.113.9, 10.0.0.1\" 10.0.0.2 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"|\"203.0.113.0, 10.0.0.0\" 10.0.0.0 - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"",
        "LAST_OCTET|Pc7.Example.net - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"|- - - [29/Nov/2026:17:00:01 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"",
    })
    void rawLines(Masking masking, String line, String kept) {
        assertEquals(kept, row(Map.of("format", "combined", "line", line), masking, List.of()).get(EventColumns.RAW_LINE));
    }

    @Test
    @DisplayName("with X-Forwarded-For behind has the addresses masked there too")
    void maskedExtra() {
        String line = line("10.0.0.2", "GET / HTTP/1.1", "200", "-") + " \"203.0.113.9, 10.0.0.1\"";
        OutputRow row = row(Map.of("format", "combined", "line", line), Masking.LAST_OCTET, List.of());
        assertEquals("203.0.113.0", row.get(EventColumns.IP));
        assertEquals("\"203.0.113.0, 10.0.0.0\"", row.get(EventColumns.PROPERTIES).get("log_extra"));
    }

    @Test
    @DisplayName("whose fields cannot be told apart is a failed event whose message names the column")
    void refused() {
        OutputRow row = combined(line("a3f51cd7 203.0.113.21", "GET / HTTP/1.1", "200", "-"));
        assertEquals(OutputTable.FAILED_EVENTS, row.table());
        assertEquals("malformed_log_line", row.get(FailedEventColumns.REASON));
        assertEquals("column 10: expected the identity, a hyphen or a word", row.get(FailedEventColumns.MESSAGE));
    }

    @Test
    @DisplayName("of a format whose fields the event does not say is a failed event that names the member")
    void noFields() {
        OutputRow row = row(Map.of("format", "w3c", "line", "x"), Masking.NONE, List.of());
        assertEquals("missing_field", row.get(FailedEventColumns.REASON));
        assertEquals("fields", row.get(FailedEventColumns.FIELD));
    }

    /** Counts what the reader's code is not used for: by one expression and a list of endings. */
    @Test
    @DisplayName("of a real log is a page view as often as an independent count has it")
    @EnabledIfSystemProperty(named = "access.log", matches = ".+")
    void realLog() throws IOException {
        Pattern page = Pattern.compile("^\\S+ \\S+ \\S+ \\[[^]]+] \"GET (/[^ ?#]*)\\S*(?: HTTP/\\d\\.\\d)?\" (?:2\\d\\d|304) .*\"$");
        Set<String> files = Set.of("css", "js", "mjs", "map", "json", "xml", "rss", "txt", "wasm", "png", "jpg", "jpeg", "gif", "bmp", "svg", "ico",
            "webp", "avif", "tif", "tiff", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "m4a", "m4v", "webm", "ogg", "ogv", "wav", "avi", "mov",
            "swf", "flv", "zip", "gz", "tgz", "bz2", "xz", "7z", "rar", "tar", "jar", "exe", "dmg", "iso", "deb", "rpm", "apk");
        int counted = 0;
        int countedInternal = 0;
        int read = 0;
        int internal = 0;
        int failed = 0;
        List<String> lines = Files.readAllLines(Path.of(System.getProperty("access.log")), StandardCharsets.UTF_8);
        for (String line : lines) {
            Matcher got = page.matcher(line);
            boolean isGot = got.matches() && !files.contains(got.group(1).replaceFirst("^(?:.*\\.([^./]*)|.*)$", "$1").toLowerCase(Locale.ROOT));
            counted += isGot ? 1 : 0;
            countedInternal += isGot && line.matches(".* \"https?://(?:www\\.)?semicomplete\\.com[^\"]*\" \"[^\"]*\"") ? 1 : 0;
            OutputRow row = row(Map.of("format", "combined", "line", line, "site", "semicomplete.com"), Masking.NONE, List.of());
            failed += row.table() == OutputTable.FAILED_EVENTS ? 1 : 0;
            boolean isPageView = row.table() == OutputTable.EVENTS && row.get(EventColumns.EVENT_TYPE).equals("page_view");
            read += isPageView ? 1 : 0;
            internal += isPageView && row.get(EventColumns.REFERRER_CLASS).equals("internal") ? 1 : 0;
        }
        assertEquals(counted, read);
        assertEquals(countedInternal, internal);
        assertEquals(1, failed);
    }
}
