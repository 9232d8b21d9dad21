package io.openclickstream.stream.accesslog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request as a server logged it.
 *
 * @param logged the request line as logged, escapes untouched
 * @param method the method; null when what was logged is no HTTP request
 * @param target the target; null when what was logged is no HTTP request
 * @param protocol the protocol; null when absent
 */
public record HttpRequest(String logged, String method, RequestTarget target, String protocol) {
    /** Method, target, perhaps protocol. */
    private static final Pattern LINE =
        Pattern.compile("(?<method>[A-Z][A-Z_-]{0,31}) (?<target>\\S.*?)(?: (?<protocol>HTTP/\\d(?:\\.\\d)?))?", Pattern.DOTALL);
    private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z_-]{0,31}");

    /** Reads a request line, with the escapes of Apache and nginx. */
    static HttpRequest ofLine(String logged) {
        Matcher parts = LINE.matcher(logged);
        if (!parts.matches()) {
            return new HttpRequest(logged, null, null, null);
        }
        RequestTarget target = RequestTarget.of(parts.group("method"), LogEscapes.decode(parts.group("target")));
        return target == null
            ? new HttpRequest(logged, null, null, null)
            : new HttpRequest(logged, parts.group("method"), target, parts.group("protocol"));
    }

    /** The request of a log that has its parts in fields of their own; each may be null. */
    static HttpRequest ofParts(String method, String target, String protocol) {
        String logged = method == null && target == null ? "" : method + " " + target + (protocol == null ? "" : " " + protocol);
        if (method == null || target == null || !METHOD.matcher(method).matches()) {
            return new HttpRequest(logged, null, null, null);
        }
        RequestTarget read = RequestTarget.of(method, target);
        return read == null ? new HttpRequest(logged, null, null, null) : new HttpRequest(logged, method, read, protocol);
    }
}
