// Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Names of a raw record's headers. Every value is UTF-8 text. */
public final class RecordHeaders {
    /** A version 7 UUID, the event's identifier when the event brings none. */
    public static final String RECORD_ID = "record_id";

    /** When the request arrived, in milliseconds since 1970. */
    public static final String RECEIVED_AT = "received_at";

    /** How the event came, one of the sources. */
    public static final String SOURCE = "source";

    /** The request's {@code Content-Type}. */
    public static final String CONTENT_TYPE = "content_type";

    /** The sender's address, masked. */
    public static final String IP = "ip";

    /** The request's {@code User-Agent}. */
    public static final String USER_AGENT = "user_agent";

    /** The request's {@code Origin}. */
    public static final String ORIGIN = "origin";

    /** The request's {@code Referer}. */
    public static final String REFERER = "referer";

    /** The request's {@code Accept-Language}. */
    public static final String ACCEPT_LANGUAGE = "accept_language";

    /** The anonymous identifier that the browser brought, or was given and will keep. */
    public static final String COOKIE_ID = "cookie_id";

    /** Why the collector could not read the event, one of the failure reasons; present only then. */
    public static final String FAILURE = "failure";

    /** What was wrong, for a person; present together with {@code failure}. */
    public static final String FAILURE_MESSAGE = "failure_message";

    /** {@code 2/3} in the second of three records that hold one unreadable body. */
    public static final String PART = "part";

    /** Comes before the lower-case name of a captured request header. */
    public static final String CAPTURED_PREFIX = "header.";

    private RecordHeaders() {
    }
}
