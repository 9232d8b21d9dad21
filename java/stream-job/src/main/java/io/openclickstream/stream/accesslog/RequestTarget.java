package io.openclickstream.stream.accesslog;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The target of an HTTP request in one of the four forms of RFC 9112, section 3.2. Parts that the form does not have are null.
 *
 * @param text the target as the client sent it
 * @param scheme scheme of an absolute target, in lower case
 * @param host host of an absolute target in lower case, without port and user: what the client asked for, which the server need not have
 * @param path path of an origin or absolute target
 * @param query query of an origin or absolute target
 * @param fragment what follows a number sign, which no target should have
 */
public record RequestTarget(String text, String scheme, String host, String path, String query, String fragment) {
    private static final Pattern ABSOLUTE =
        Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]{0,31})://(?<authority>[^/?#]*)(?<rest>.*)", Pattern.DOTALL);
    private static final Pattern AUTHORITY = Pattern.compile("(?:[^\\s/?#@\\[\\]:]+|\\[[0-9A-Fa-f:.]+\\])(?::\\d{0,5})?");
    private static final String ROOT = "/";

    /** Reads a target; null when it has none of the four forms. */
    static RequestTarget of(String method, String text) {
        if (method.equals("CONNECT")) {
            return AUTHORITY.matcher(text).matches() ? new RequestTarget(text, null, null, null, null, null) : null;
        }
        if (text.equals("*")) {
            return new RequestTarget(text, null, null, null, null, null);
        }
        // Two slashes begin a path here, and never a host as in a reference.
        if (text.startsWith("/")) {
            return of(text, null, null, text);
        }
        Matcher absolute = ABSOLUTE.matcher(text);
        return absolute.matches()
            ? of(text, absolute.group("scheme").toLowerCase(Locale.ROOT), host(absolute.group("authority")), absolute.group("rest"))
            : null;
    }

    private static RequestTarget of(String text, String scheme, String host, String rest) {
        int hash = rest.indexOf('#');
        String before = hash < 0 ? rest : rest.substring(0, hash);
        int mark = before.indexOf('?');
        String path = mark < 0 ? before : before.substring(0, mark);
        return new RequestTarget(
            text,
            scheme,
            host,
            path.isEmpty() ? ROOT : path,
            mark < 0 ? null : orNull(before.substring(mark + 1)),
            hash < 0 ? null : orNull(rest.substring(hash + 1)));
    }

    /** The host of an authority in lower case, without user and port. */
    static String host(String authority) {
        String address = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = address.startsWith("[") ? address.indexOf(':', Math.max(0, address.indexOf(']'))) : address.indexOf(':');
        return orNull((colon < 0 ? address : address.substring(0, colon)).toLowerCase(Locale.ROOT));
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
