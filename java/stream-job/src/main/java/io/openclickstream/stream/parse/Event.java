package io.openclickstream.stream.parse;

import java.util.Map;

/**
 * An event as its sender described it, in types. What was not said is null; only the five parts are always there.
 *
 * @param id the identifier that the sender gave it
 * @param type what happened
 * @param timeMicros when, in microseconds since the epoch, by the sender's clock
 * @param sentAtMicros when it was sent, by the same clock
 * @param visitor who
 * @param page where
 * @param client by which means
 * @param logged what only a line of an access log tells
 * @param source the value of the column source
 * @param properties all else
 */
public record Event(
    String id,
    String type,
    Long timeMicros,
    Long sentAtMicros,
    Visitor visitor,
    Page page,
    Client client,
    Logged logged,
    String source,
    Map<String, String> properties) implements EventInput {

    /** The identifiers of a visitor: the client's own, the signed-in user's, and that of the collector's cookie. */
    public record Visitor(String anonymousId, String userId, String cookieId) {
    }

    /** A page and the one that led to it, as addresses that need not be valid; the parts are those of the page's address. */
    public record Page(String url, UrlParts parts, String title, String referrer) {
        static Page of(String url, String title, String referrer) {
            return new Page(url, UrlParts.of(url), title, referrer);
        }
    }

    /** A client: its whole address, which must not be stored where the pipeline masks it, its user agent and language. */
    public record Client(String ip, String userAgent, String language) {
    }

    /**
     * A line of an access log.
     *
     * @param line the line as it stands in the log
     * @param method the request's method
     * @param status the answer's status
     * @param responseBytes the size of the answer's body in bytes
     * @param site the host that answered
     */
    public record Logged(String line, String method, Integer status, Long responseBytes, Site site) {
        /** Of an event that is not out of an access log. */
        static final Logged NONE = new Logged(null, null, null, null, Site.UNKNOWN);
    }

    /**
     * What a line of an access log says of the host that answered.
     *
     * @param served the server's own name for it
     * @param asked the client's header Host
     * @param targeted the host in the request's target, with which strangers look for open proxies
     * @param hosts those that the log's sender named
     */
    public record Site(String served, String asked, String targeted, SiteHosts hosts) {
        static final Site UNKNOWN = new Site(null, null, null, SiteHosts.NONE);

        /** The host, never one that the server did not serve; null when it is not known. */
        public String host(SiteHosts ofPipeline) {
            if (served != null) {
                return served;
            }
            boolean isAnyone = hosts.isEmpty() && ofPipeline.isEmpty();
            if (asked != null && (isAnyone || isOwn(asked, ofPipeline))) {
                return asked;
            }
            return isOwn(targeted, ofPipeline) ? targeted : null;
        }

        /** Whether the host was named as one of the site's. */
        public boolean isOwn(String host, SiteHosts ofPipeline) {
            return hosts.contains(host) || ofPipeline.contains(host);
        }
    }
}
