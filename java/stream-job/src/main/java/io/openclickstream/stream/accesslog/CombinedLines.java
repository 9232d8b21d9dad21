package io.openclickstream.stream.accesslog;

import io.openclickstream.model.LogFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lines of the common format and of those that go on from it. Linear in the line's length; pure. */
final class CombinedLines {
    private static final String NONE = "-";
    private static final Pattern TIME_START = Pattern.compile(" \\[(?=\\d{1,2}/)");

    private CombinedLines() {
    }

    /** The line's fields. Fields behind those of the format are kept, as nginx's and many sites' own formats add some. */
    static AccessLogLine parse(String text, LogFormat format) throws LogLineException {
        LogCursor cursor = new LogCursor(text);
        LogFront front = front(cursor, text, format == LogFormat.VHOST);
        long time = time(cursor);
        cursor.take(' ', "a space after the time");
        String request = cursor.quotedRequest();
        cursor.take(' ', "a space after the request");
        Integer status = cursor.status();
        cursor.take(' ', "a space after the status");
        Long responseBytes = cursor.size("the response's size");
        String referrer = null;
        String userAgent = null;
        if (format != LogFormat.COMMON) {
            cursor.take(' ', "a space after the size");
            referrer = cursor.quoted("the referrer");
            cursor.take(' ', "a space after the referrer");
            userAgent = cursor.quoted("the user agent");
        }
        Extra extra = extra(cursor);
        String client = front.isAddress() ? Addresses.client(front.client(), extra.lastQuoted()) : front.client();
        return new AccessLogLine(
            new AccessLogLine.Client(client, front.user(), decoded(referrer), decoded(userAgent)),
            AccessLogLine.Site.served(front.site()),
            time,
            HttpRequest.ofLine(request),
            new AccessLogLine.Answer(status, responseBytes),
            extra.text());
    }

    private static LogFront front(LogCursor cursor, String line, boolean hasSite) throws LogLineException {
        Matcher start = TIME_START.matcher(line);
        if (start.find()) {
            return LogFront.read(cursor.upTo(start.start(), start.end()), 1, hasSite);
        }
        // What stands in the time's place is at fault only where all before it can be read.
        LogFront.read(cursor.upTo(" [", "the time in brackets"), 1, hasSite);
        throw cursor.expected(LogTime.EXPECTED);
    }

    private static long time(LogCursor cursor) throws LogLineException {
        LogLineException unreadable = cursor.expected(LogTime.EXPECTED);
        String text = cursor.upTo("]", "the bracket that closes the time");
        Long micros = LogTime.micros(text);
        if (micros == null) {
            throw unreadable;
        }
        return micros;
    }

    /** Further fields, as logged, and the last of those in quotes. */
    private record Extra(String text, String lastQuoted) {
    }

    private static Extra extra(LogCursor cursor) throws LogLineException {
        if (cursor.atEnd()) {
            return new Extra(null, null);
        }
        cursor.take(' ', "a space or the end of the line");
        String rest = cursor.rest();
        String lastQuoted = null;
        while (!cursor.atEnd()) {
            if (cursor.isAt('"')) {
                lastQuoted = cursor.quoted("a further field");
            } else {
                cursor.token("a further field");
            }
            if (!cursor.atEnd()) {
                cursor.take(' ', "a space between further fields");
            }
        }
        return new Extra(rest, lastQuoted);
    }

    private static String decoded(String text) {
        return text == null || text.isEmpty() || text.equals(NONE) ? null : LogEscapes.decode(text);
    }
}
