package io.openclickstream.stream.parse;

import java.util.Map;

/**
 * An event as its sender described it, in types. What was not said is null, but for the five parts, which are always there.
 *
 * @param id the identifier that the sender gave it
 * @param type what happened
 * @param timeMicros when, in microseconds since the epoch, by the sender's clock
 * @param sentAtMicros when it was sent, by the same clock
 * @param visitor who
 * @param page where
 * @param client by which means
 * @param exchange the HTTP request, which only access logs tell
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
    Exchange exchange,
    String source,
    Map<String, String> properties) implements EventInput {

    /** The identifiers of a visitor: the client's own, the signed-in user's, and that of the collector's cookie. */
    public record Visitor(String anonymousId, String userId, String cookieId) {
    }

    /** A page and the one that led to it, as addresses that need not be valid. */
    public record Page(String url, String title, String referrer) {
    }

    /** A client: its whole address, which must not be stored where the pipeline masks it, its user agent and language. */
    public record Client(String ip, String userAgent, String language) {
    }

    /** An HTTP request and its answer. */
    public record Exchange(String method, Integer status, Long responseBytes) {
        /** Of an event that is not out of an access log. */
        static final Exchange NONE = new Exchange(null, null, null);
    }
}
