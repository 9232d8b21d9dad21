package io.openclickstream.stream.parse;

import io.openclickstream.model.LogFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lines of Apache's and nginx's access logs. Linear in the line's length; pure. */
public final class AccessLogParser {
    private static final String NONE = "-";
    private static final int STATUS_DIGITS = 3;
    /** Method, target, perhaps protocol; a target is a path, an absolute address, a star, or CONNECT's authority. */
    private static final Pattern REQUEST =
        Pattern.compile("(?<method>[A-Z][A-Z_-]{0,31}) (?<target>\\S.*?)(?: (?<protocol>HTTP/\\d(?:\\.\\d)?))?", Pattern.DOTALL);
    private static final Pattern TARGET = Pattern.compile("/.*|\\*|[A-Za-z][A-Za-z0-9+.-]*://.*", Pattern.DOTALL);

    private AccessLogParser() {
    }

    /** The line's fields. Fields behind those of the format are kept, as nginx's and many sites' own formats add some. */
    public static AccessLogLine parse(String text, LogFormat format) throws LogLineException {
        LogCursor cursor = new LogCursor(text.stripTrailing());
        String host = cursor.token("the client's host");
        cursor.take(' ', "a space after the host");
        cursor.token("the identity");
        cursor.take(' ', "a space after the identity");
        String user = cursor.upTo(" [", "the time in brackets");
        long time = time(cursor);
        cursor.take(' ', "a space after the time");
        String request = cursor.quotedRequest();
        cursor.take(' ', "a space after the request");
        Integer status = status(cursor);
        cursor.take(' ', "a space after the status");
        Long responseBytes = responseBytes(cursor);
        String referrer = null;
        String userAgent = null;
        if (format == LogFormat.COMBINED) {
            cursor.take(' ', "a space after the size");
            referrer = cursor.quoted("the referrer");
            cursor.take(' ', "a space after the referrer");
            userAgent = cursor.quoted("the user agent");
        }
        String extra = extra(cursor);
        Matcher parts = requestParts(request);
        return new AccessLogLine(
            host,
            orNull(LogEscapes.decode(user)),
            time,
            request,
            parts == null ? null : parts.group("method"),
            parts == null ? null : LogEscapes.decode(parts.group("target")),
            parts == null ? null : parts.group("protocol"),
            status,
            responseBytes,
            orNull(LogEscapes.decode(referrer)),
            orNull(LogEscapes.decode(userAgent)),
            extra);
    }

    private static long time(LogCursor cursor) throws LogLineException {
        LogLineException unreadable = cursor.expected("a time like 17/May/2015:10:05:03 +0000");
        String text = cursor.upTo("]", "the bracket that closes the time");
        Long micros = LogTime.micros(text);
        if (micros == null) {
            throw unreadable;
        }
        return micros;
    }

    private static Integer status(LogCursor cursor) throws LogLineException {
        LogLineException unreadable = cursor.expected("a status of three digits");
        String token = cursor.token("the status");
        if (token.equals(NONE)) {
            return null;
        }
        if (token.length() != STATUS_DIGITS || !isNumber(token)) {
            throw unreadable;
        }
        return Integer.valueOf(token);
    }

    private static Long responseBytes(LogCursor cursor) throws LogLineException {
        LogLineException unreadable = cursor.expected("the response's size in bytes");
        String token = cursor.token("the response's size");
        if (token.equals(NONE)) {
            return null;
        }
        // 18 digits always fit a long.
        if (token.length() > 18 || !isNumber(token)) {
            throw unreadable;
        }
        return Long.valueOf(token);
    }

    private static String extra(LogCursor cursor) throws LogLineException {
        if (cursor.atEnd()) {
            return null;
        }
        cursor.take(' ', "a space or the end of the line");
        String rest = cursor.rest();
        while (!cursor.atEnd()) {
            extraField(cursor);
        }
        return rest;
    }

    private static void extraField(LogCursor cursor) throws LogLineException {
        if (cursor.isAt('"')) {
            cursor.quoted("a further field");
        } else {
            cursor.token("a further field");
        }
        if (!cursor.atEnd()) {
            cursor.take(' ', "a space between further fields");
        }
    }

    private static Matcher requestParts(String request) {
        Matcher parts = REQUEST.matcher(request);
        if (!parts.matches()) {
            return null;
        }
        boolean connects = parts.group("method").equals("CONNECT");
        return connects || TARGET.matcher(parts.group("target")).matches() ? parts : null;
    }

    private static boolean isNumber(String token) {
        return token.chars().allMatch(character -> character >= '0' && character <= '9');
    }

    private static String orNull(String text) {
        return text == null || text.isEmpty() || text.equals(NONE) ? null : text;
    }
}
