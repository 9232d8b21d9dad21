package io.openclickstream.stream.parse;

import java.util.Locale;

/**
 * The parts of an address as clients send them, which need not be a valid URI. Parts that are absent are null; scheme and
 * host are in lower case, the others as sent.
 */
public record UrlParts(String scheme, String host, String path, String query, String fragment) {
    private static final UrlParts NOTHING = new UrlParts(null, null, null, null, null);

    /** Splits any text; never fails. Null gives no parts. */
    public static UrlParts of(String url) {
        if (url == null) {
            return NOTHING;
        }
        int hash = url.indexOf('#');
        String fragment = hash < 0 ? null : url.substring(hash + 1);
        String beforeFragment = hash < 0 ? url : url.substring(0, hash);
        int mark = beforeFragment.indexOf('?');
        String query = mark < 0 ? null : beforeFragment.substring(mark + 1);
        String beforeQuery = mark < 0 ? beforeFragment : beforeFragment.substring(0, mark);
        int schemeEnd = schemeEnd(beforeQuery);
        String scheme = schemeEnd < 0 ? null : beforeQuery.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
        String rest = schemeEnd < 0 ? beforeQuery : beforeQuery.substring(schemeEnd + 1);
        if (!rest.startsWith("//")) {
            return new UrlParts(scheme, null, orNull(rest), orNull(query), orNull(fragment));
        }
        int slash = rest.indexOf('/', 2);
        String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
        String path = slash < 0 ? null : rest.substring(slash);
        return new UrlParts(scheme, orNull(host(authority)), path, orNull(query), orNull(fragment));
    }

    /** Index of the colon after the scheme, or -1. Only what comes before "//" counts: "localhost:80/a" has no scheme. */
    private static int schemeEnd(String text) {
        int colon = text.indexOf("://");
        if (colon <= 0 || !isLetter(text.charAt(0))) {
            return -1;
        }
        for (int index = 1; index < colon; index++) {
            char character = text.charAt(index);
            if (!isLetter(character) && !(character >= '0' && character <= '9') && "+-.".indexOf(character) < 0) {
                return -1;
            }
        }
        return colon;
    }

    private static String host(String authority) {
        String address = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = address.startsWith("[") ? address.indexOf(':', Math.max(0, address.indexOf(']'))) : address.indexOf(':');
        return (colon < 0 ? address : address.substring(0, colon)).toLowerCase(Locale.ROOT);
    }

    private static boolean isLetter(char character) {
        return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z';
    }

    private static String orNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
