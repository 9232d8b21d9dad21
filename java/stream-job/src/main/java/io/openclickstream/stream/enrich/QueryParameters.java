package io.openclickstream.stream.enrich;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Picks parameters out of a query. */
final class QueryParameters {
    private static final String ESCAPED = "amp;";

    private QueryParameters() {
    }

    /** The first non-empty value of each wanted parameter, decoded where its percent signs are valid. */
    static Map<String, String> pick(String query, Set<String> wanted) {
        Map<String, String> found = new HashMap<>();
        if (query == null) {
            return found;
        }
        int start = 0;
        int equals = query.indexOf('=');
        // Each character is looked at once: a query of nothing but ampersands must not cost the square of its length.
        while (equals >= 0) {
            int end = query.indexOf('&', start);
            end = end < 0 ? query.length() : end;
            if (equals > start && equals < end - 1) {
                // Links copied out of a page's source have the ampersand as HTML writes it.
                String name = query.substring(query.startsWith(ESCAPED, start) ? start + ESCAPED.length() : start, equals);
                if (wanted.contains(name)) {
                    found.putIfAbsent(name, decode(query.substring(equals + 1, end)));
                }
            }
            start = end + 1;
            equals = equals < start ? query.indexOf('=', start) : equals;
        }
        return found;
    }

    private static String decode(String value) {
        if (value.indexOf('%') < 0 && value.indexOf('+') < 0) {
            return value;
        }
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }
}
