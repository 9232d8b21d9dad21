package io.openclickstream.stream.enrich;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.parse.StaticAssets;
import io.openclickstream.stream.parse.UrlParts;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Enrichment")
class EnrichmentTest {
    @ParameterizedTest(name = "a visit from {0} to {1} is {2}")
    @CsvSource(nullValues = "~", value = {
        "~,example.com,direct",
        "https://www.example.com/a,example.com,internal",
        "https://shop.example.com/a,www.example.com,internal",
        "https://notexample.com/,example.com,other",
        "https://www.google.com/search?q=x,example.com,search",
        "https://google.co.uk/,~,search",
        "https://www.google.com.au/,~,search",
        "https://google.example.com/,~,other",
        "https://mail.google.com/,~,email",
        "https://docs.google.com/x,~,other",
        "https://l.facebook.com/l.php,~,social",
        "https://t.co/x,~,social",
        "https://chatgpt.com/,~,chatbot",
        "https://gemini.google.com/app,~,chatbot",
        "https://duckduckgo.com/,~,search",
        "android-app://com.google.android.googlequicksearchbox/,example.com,search",
        "android-app://com.google.android.googlequicksearchbox/https/www.google.com,~,search",
        "android-app://com.google.android.gm/,~,email",
        "Android-App://com.linkedin.android,~,social",
        "android-app://com.facebook.katana/,~,social",
        "android-app://com.openai.chatgpt/,~,chatbot",
        "android-app://com.example.google.com/,~,other",
        "ios-app://544007664/,~,other",
        "not an address,example.com,other",
        "'http://',example.com,other",
    })
    void referrers(String referrer, String pageHost, String expected) {
        assertEquals(expected, Referrers.classify(referrer, UrlParts.of(referrer).host(), pageHost));
    }

    @Test
    @DisplayName("picks the first non-empty value of a parameter and decodes it")
    void parameters() {
        assertEquals(
            Map.of("a", "x y", "b", "100%", "c", "é"),
            QueryParameters.pick("a=&a=x+y&a=z&b=100%&c=%C3%A9&=d&e&&d=1", Set.of("a", "b", "c", "e")));
        assertEquals(Map.of(), QueryParameters.pick(null, Set.of("a")));
    }

    @ParameterizedTest(name = "a file like {0} is no page")
    @ValueSource(strings = {"/a.css", "/a/b.JPG", "/favicon.ico", "/feed.xml", "/x.tar.gz"})
    void assets(String path) {
        assertTrue(StaticAssets.isStaticAsset(path));
    }

    @ParameterizedTest(name = "{0} is a page")
    @ValueSource(strings = {"/", "/a", "/a.html", "/a.php", "/a.css/b", "/v1.2", "/.well-known"})
    void pages(String path) {
        assertFalse(StaticAssets.isStaticAsset(path));
    }

    @ParameterizedTest(name = "user agent {0}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36"
            + "|Chrome|32.0.1700|Mac OS X|10.9.1|Mac|~",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)|Googlebot|2.1|~|~|Spider|search",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148"
            + " Safari/604.1|Mobile Safari|17.1|iOS|17.1|iPhone|~",
        "curl/8.5.0|curl|8.5.0|~|~|~|library",
        "UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/|~|~|~|~|~|other",
        "Tiny Tiny RSS/1.11 (http://tt-rss.org/)|Tiny Tiny RSS|1.11|~|~|~|other",
        "something unheard of|~|~|~|~|~|~",
    })
    void userAgents(String text, String browser, String version, String os, String osVersion, String device, String botClass) {
        assertEquals(new UserAgentParts(browser, version, os, osVersion, device, botClass), UserAgents.parse(text));
    }

    @ParameterizedTest(name = "the page {0} was led to by {1}, {2}, of {3}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "https://x/?gclid=1&fbclid=2|~|1|google",
        "https://x/?gbraid=1|~|1|google",
        "https://x/?wbraid=1|~|1|google",
        "https://x/?li_fat_id=1|~|1|linkedin",
        "https://x/?ScCid=1|~|1|snapchat",
        "https://x/?msclkid=1|~|1|microsoft",
        "https://x/?a=b&amp;utm_source=mail&amp;ttclid=7|mail|7|tiktok",
        "https://x/?amp;utm_source=mail|mail|~|~",
        "https://x/#utm_source=mail&epik=7|mail|7|pinterest",
        "https://x/#/utm_source=mail|mail|~|~",
        "https://x/#/shop?utm_source=mail&twclid=7|mail|7|x",
        "https://x/#!/shop?utm_source=mail#top|mail|~|~",
        "https://x/#/?utm_source=mail|mail|~|~",
        "https://x/#?utm_source=mail|mail|~|~",
        "https://x/?utm_source=query#utm_source=fragment|query|~|~",
        "https://x/?gbraid=1#/a?utm_source=mail|mail|1|google",
        "https://x/?amp;=1#top|~|~|~",
    })
    void campaigns(String url, String source, String clickId, String network) {
        UrlParts parts = UrlParts.of(url);
        OutputRow row = new OutputRow(OutputTable.EVENTS)
            .set(EventColumns.PAGE_QUERY, parts.query())
            .set(EventColumns.PAGE_FRAGMENT, parts.fragment());
        new CampaignEnrichment().apply(row, null);
        assertEquals(source, row.get(EventColumns.UTM_SOURCE));
        assertEquals(clickId, row.get(EventColumns.CLICK_ID));
        assertEquals(network, row.get(EventColumns.CLICK_NETWORK));
    }

    @Test
    @DisplayName("bounds the time that a hostile user agent costs")
    void longUserAgent() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (String unit : new String[] {"Mozilla/5.0 (", "; Android ", "Version/1 ", "a"}) {
                assertNotNull(UserAgents.parse(unit.repeat(500_000 / unit.length())));
            }
        });
    }

    @Test
    @DisplayName("bounds the time that a hostile address costs, whose host and query are a megabyte of dots and ampersands")
    void longAddress() {
        String dots = "a.".repeat(500_000);
        String query = "&".repeat(1_000_000) + "utm_source=x";
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertEquals(Referrers.OTHER, Referrers.classify("http://" + dots + "google.com", dots + "google.com", null));
            assertEquals(Map.of("utm_source", "x"), QueryParameters.pick(query, Set.of("utm_source")));
            assertEquals(Map.of(), QueryParameters.pick("&".repeat(1_000_000), Set.of("utm_source")));
        });
    }
}
