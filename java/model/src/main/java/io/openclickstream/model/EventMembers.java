// Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Names of an event's members; all others go to the column properties. */
public final class EventMembers {
    /** Identifier of the event. */
    public static final String EVENT_ID = "event_id";

    /** What happened. */
    public static final String EVENT_TYPE = "event_type";

    /** When it happened. */
    public static final String TIMESTAMP = "timestamp";

    /** When it was sent, by the clock that told {@code timestamp}. */
    public static final String SENT_AT = "sent_at";

    /** Identifier that the client gave to an unknown visitor. */
    public static final String ANONYMOUS_ID = "anonymous_id";

    /** Identifier of the signed-in user. */
    public static final String USER_ID = "user_id";

    /** Address of the page. */
    public static final String PAGE_URL = "page_url";

    /** Title of the page. */
    public static final String PAGE_TITLE = "page_title";

    /** Address of the page that led here. */
    public static final String REFERRER = "referrer";

    /** Address of the client, where it is not the sender's. */
    public static final String IP = "ip";

    /** User agent of the client, where it is not the sender's. */
    public static final String USER_AGENT = "user_agent";

    /** Preferred language of the client. */
    public static final String LANGUAGE = "language";

    /** An object with whatever else there is to say. */
    public static final String PROPERTIES = "properties";

    /** The line as it stands in the log. */
    public static final String LINE = "line";

    /** The line's bytes in base64, where they are not UTF-8. */
    public static final String LINE_BASE64 = "line_base64";

    /** The log's format, one of the formats of access logs. */
    public static final String FORMAT = "format";

    /**
     * What follows the directive {@code #Fields:} in a log of format w3c or cloudfront. Lines that begin with {@code
     * #} are no events.
     */
    public static final String FIELDS = "fields";

    /** The host names that the log's site has, with one blank between; a visit from one of them is internal. */
    public static final String SITE = "site";

    private EventMembers() {
    }
}
