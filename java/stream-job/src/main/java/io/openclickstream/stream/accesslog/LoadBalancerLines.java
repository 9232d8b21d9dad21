package io.openclickstream.stream.accesslog;

/** Reads lines of an AWS application load balancer. Linear in the line's length; pure. */
final class LoadBalancerLines {
    private LoadBalancerLines() {
    }

    /** The line's fields. The status is what the client got, and the bytes are all that were sent to it. */
    static AccessLogLine parse(String text) throws LogLineException {
        LogCursor cursor = new LogCursor(text);
        skip(cursor, "the type");
        long time = time(cursor);
        cursor.take(' ', "a space after the time");
        skip(cursor, "the load balancer");
        String client = client(cursor);
        cursor.take(' ', "a space after the client");
        skip(cursor, "the target");
        skip(cursor, "the request's processing time");
        skip(cursor, "the target's processing time");
        skip(cursor, "the response's processing time");
        Integer status = cursor.status();
        cursor.take(' ', "a space after the status");
        skip(cursor, "the target's status");
        cursor.size("the request's size");
        cursor.take(' ', "a space after the request's size");
        Long sent = cursor.size("the response's size");
        cursor.take(' ', "a space after the response's size");
        HttpRequest request = HttpRequest.ofLine(cursor.quoted("the request").stripTrailing());
        cursor.take(' ', "a space after the request");
        String userAgent = cursor.quoted("the user agent");
        boolean isAgent = !userAgent.isEmpty() && !userAgent.equals("-");
        return new AccessLogLine(
            new AccessLogLine.Client(client, null, null, isAgent ? LogEscapes.decode(userAgent) : null),
            AccessLogLine.Site.asked(request.target() == null ? null : request.target().host()),
            time,
            request,
            new AccessLogLine.Answer(status, sent),
            null);
    }

    private static void skip(LogCursor cursor, String what) throws LogLineException {
        cursor.token(what);
        cursor.take(' ', "a space after " + what);
    }

    private static long time(LogCursor cursor) throws LogLineException {
        LogLineException unreadable = cursor.expected("a time like 2026-11-29T17:00:01.186641Z");
        Long micros = LogTime.isoMicros(cursor.token("the time"));
        if (micros == null) {
            throw unreadable;
        }
        return micros;
    }

    private static String client(LogCursor cursor) throws LogLineException {
        LogLineException unreadable = cursor.expected("the client's address and port");
        String client = Addresses.of(cursor.token("the client"));
        if (client == null) {
            throw unreadable;
        }
        return client;
    }
}
