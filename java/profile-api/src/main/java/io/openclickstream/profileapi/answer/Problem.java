package io.openclickstream.profileapi.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;

/**
 * Why a request has no answer, as RFC 9457 has it.
 *
 * @param type names the kind of problem: a path below docs/profile-api.md
 * @param title the kind in words
 * @param status the code of the answer
 * @param detail what to do
 * @param field the field of the request that is wrong; null for none
 * @param value the beginning of its value; null for none
 * @param retryAfter seconds to wait before the next try; null where another try is of no use
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String detail, String field, String value, Long retryAfter) {
    private static final int SHOWN_CHARACTERS = 80;
    private static final long HBASE_SECONDS = 2;

    /** A field of the request that is wrong; the detail says how it must be. */
    public static Problem invalid(String field, String value, String detail) {
        return new Problem("/problems/invalid", "the request is invalid", 400, detail, field, shown(value), null);
    }

    /** No token, or a wrong one: nothing tells which. */
    public static Problem unauthorized() {
        return plain("/problems/unauthorized", "who asks is not known", 401, "send a valid token as \"Authorization: Bearer TOKEN\"");
    }

    /** A client of other pipelines. */
    public static Problem forbidden(String pipeline) {
        return plain("/problems/forbidden", "these profiles are not for this client", 403,
            "ask for a token with the scope \"" + pipeline + "\"");
    }

    /** Nobody by that identifier. */
    public static Problem unknown(String field, String id) {
        return new Problem("/problems/unknown-profile", "there is no such profile", 404,
            "check the identifier; a profile appears some seconds after its first event", field, shown(id), null);
    }

    /** A path that is nothing. */
    public static Problem noPath(String path) {
        return new Problem("/problems/no-path", "there is nothing at this path", 404, "see /openapi.json for what there is", "path", shown(path), null);
    }

    /** A method that a path does not have. */
    public static Problem method(String method, String allowed) {
        return new Problem("/problems/method", "this path has other methods", 405, "use " + allowed, "method", shown(method), null);
    }

    /** A form of answer that there is not. */
    public static Problem notAcceptable(String accept, String offered) {
        return new Problem("/problems/not-acceptable", "there is no such form of answer", 406, "accept " + offered, "Accept", shown(accept), null);
    }

    /** A time before that from which on the history is kept. */
    public static Problem notKept(String asOf, String knownSince) {
        return new Problem("/problems/not-kept", "the profile as of then is not kept", 410,
            "ask for a time from " + knownSince + " on; older events are only summed up", "asOf", shown(asOf), null);
    }

    /** More than an answer may have. */
    public static Problem tooLarge(String field, String value, String detail) {
        return new Problem("/problems/too-large", "the request is too large", 413, detail, field, shown(value), null);
    }

    /** A body of another form. */
    public static Problem mediaType(String contentType) {
        return new Problem("/problems/media-type", "the body has another form", 415, "send application/json", "Content-Type", shown(contentType), null);
    }

    /** Too many profiles in too short a time. */
    public static Problem tooMany(int wanted, long seconds) {
        return new Problem("/problems/too-many", "this client reads too many profiles", 429,
            "wait " + seconds + " s, or read less than " + wanted + " at once", null, null, seconds);
    }

    /** No stream more. */
    public static Problem tooManyStreams(long streams) {
        return new Problem("/problems/too-many-streams", "there are too many streams", 503,
            "all " + streams + " streams of this server are open; try again or read the profile", null, null, HBASE_SECONDS);
    }

    /** HBase does not answer. */
    public static Problem unavailable() {
        return new Problem("/problems/unavailable", "profiles cannot be read at present", 503,
            "the store of the profiles does not answer; try again", null, null, HBASE_SECONDS);
    }

    /** A fault of ours. */
    public static Problem internal() {
        return plain("/problems/internal", "the server has a fault", 500, "tell the operator of this service; its log says more");
    }

    /** What HTTP itself does not allow. */
    public static Problem http(int status, String title) {
        return plain("/problems/http", title, status, "send a valid HTTP request");
    }

    private static Problem plain(String type, String title, int status, String detail) {
        return new Problem(type, title, status, detail, null, null, null);
    }

    /** The beginning of a value; halves of surrogate pairs, which no JSON can hold, become question marks. */
    private static String shown(String value) {
        if (value == null) {
            return null;
        }
        String cut = value.length() <= SHOWN_CHARACTERS ? value : value.substring(0, SHOWN_CHARACTERS) + "...";
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
