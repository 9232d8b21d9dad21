package io.openclickstream.stream.accesslog;

/**
 * One line of an access log. What the line does not say is null; only the parts client, request and answer never are.
 *
 * @param client who asked
 * @param site the host that answered
 * @param timeMicros when, microseconds since the epoch
 * @param request what was asked for
 * @param answer what was answered
 * @param extra fields behind those of the format, as logged
 */
public record AccessLogLine(Client client, Site site, long timeMicros, HttpRequest request, Answer answer, String extra) {
    /**
     * A client.
     *
     * @param host address without port, or name
     * @param user the authenticated user
     * @param referrer the request's header Referer
     * @param userAgent the request's header User-Agent
     */
    public record Client(String host, String user, String referrer, String userAgent) {
    }

    /**
     * The host that answered.
     *
     * @param host name in lower case without port; null when the log does not say it
     * @param isAsked whether it is what the client asked for (its header Host), and not the server's own name
     */
    public record Site(String host, boolean isAsked) {
        static final Site UNKNOWN = new Site(null, false);

        /** The server's own name. */
        static Site served(String authority) {
            return authority == null ? UNKNOWN : new Site(RequestTarget.host(authority), false);
        }

        /** The name in the client's header Host. */
        static Site asked(String authority) {
            return authority == null ? UNKNOWN : new Site(RequestTarget.host(authority), true);
        }
    }

    /** An answer: its status, and the size of its body in bytes. */
    public record Answer(Integer status, Long bytes) {
    }
}
