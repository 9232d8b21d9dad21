package io.openclickstream.stream.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An address")
class UrlPartsTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "~", value = {
        "HTTPS://User:pw@WWW.Example.com:8443/a/B?c=d#e|https|www.example.com|/a/B|c=d|e",
        "/a?b#c|~|~|/a|b|c",
        "/a?b=https://x/y|~|~|/a|b=https://x/y|~",
        "https://example.com|https|example.com|~|~|~",
        "https://example.com?q|https|example.com|~|q|~",
        "//cdn.example.com/x|~|cdn.example.com|/x|~|~",
        "http://[2001:DB8::1]:80/|http|[2001:db8::1]|/|~|~",
        "localhost:8080/a|~|~|localhost:8080/a|~|~",
        "android-app://com.google.android.gm/|android-app|com.google.android.gm|/|~|~",
        "/a b;c?d \"e|~|~|/a b;c|d \"e|~",
        "*|~|~|*|~|~",
        "#|~|~|~|~|~",
        "http:///x|http|~|/x|~|~",
    })
    void parts(String url, String scheme, String host, String path, String query, String fragment) {
        assertEquals(new UrlParts(scheme, host, path, query, fragment), UrlParts.of(url));
    }

    @Test
    @DisplayName("of any characters has parts")
    void anything() {
        Random random = new Random(11);
        String alphabet = "ah:/?#[]@%.&=\u0000ü ";
        for (int round = 0; round < 200_000; round++) {
            StringBuilder url = new StringBuilder(random.nextBoolean() ? "http://" : "");
            for (int length = random.nextInt(20); length > 0; length--) {
                url.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertNotNull(UrlParts.of(url.toString()));
        }
    }
}
