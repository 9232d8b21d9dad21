package io.openclickstream.stream.parse;

/**
 * The fields of one access-log line. A hyphen in the line is null here.
 *
 * @param host the client's address or name
 * @param user the authenticated user
 * @param timeMicros when the request came, microseconds since the epoch
 * @param request the request line as logged, escapes untouched
 * @param method the request's method; null when the request line is no HTTP request
 * @param target the request's target; null when the request line is no HTTP request
 * @param protocol the request's protocol; null when absent
 * @param status response status
 * @param responseBytes size of the response's body
 * @param referrer the request's Referer header
 * @param userAgent the request's User-Agent header
 * @param extra what follows the format's own fields, as logged
 */
public record AccessLogLine(
    String host,
    String user,
    long timeMicros,
    String request,
    String method,
    String target,
    String protocol,
    Integer status,
    Long responseBytes,
    String referrer,
    String userAgent,
    String extra) {
}
