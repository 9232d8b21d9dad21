// Generated from contracts/event-model.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;
import java.util.Map;

/** Columns of the table of events. One row for each event that could be read, the first time it was seen. */
public final class EventColumns {
    /** Identifier of the event; a second event with the same identifier within the dedup window is a duplicate. */
    public static final Column<String> EVENT_ID =
        new Column<>(0, "event_id", ColumnType.STRING, true);

    /** What happened, for example {@code page_view}; 1 to 128 characters. */
    public static final Column<String> EVENT_TYPE =
        new Column<>(1, "event_type", ColumnType.STRING, true);

    /** When the event happened. */
    public static final Column<Long> EVENT_TIME =
        new Column<>(2, "event_time", ColumnType.TIMESTAMPTZ, true);

    /** When the collector received the event. */
    public static final Column<Long> RECEIVED_AT =
        new Column<>(3, "received_at", ColumnType.TIMESTAMPTZ, true);

    /** When the stream job processed the event. */
    public static final Column<Long> PROCESSED_AT =
        new Column<>(4, "processed_at", ColumnType.TIMESTAMPTZ, true);

    /** Identifier of the visitor whom sessions are counted for. */
    public static final Column<String> VISITOR_ID =
        new Column<>(5, "visitor_id", ColumnType.STRING, true);

    /** Identifier that the client gave to an unknown visitor. */
    public static final Column<String> ANONYMOUS_ID =
        new Column<>(6, "anonymous_id", ColumnType.STRING, false);

    /** Identifier of the signed-in user. */
    public static final Column<String> USER_ID =
        new Column<>(7, "user_id", ColumnType.STRING, false);

    /**
     * Identifier of the session, equal for the events of one visitor without an idle time longer than the session
     * timeout, as far as they came within the watermark.
     */
    public static final Column<String> SESSION_ID =
        new Column<>(8, "session_id", ColumnType.STRING, true);

    /**
     * Event time of the event that opened the session, the earliest one unless an earlier one came later; it never
     * changes.
     */
    public static final Column<Long> SESSION_START =
        new Column<>(9, "session_start", ColumnType.TIMESTAMPTZ, true);

    /**
     * Number of the event in its session, from 1, in the order in which the events came; those of one batch are put in
     * order of event time.
     */
    public static final Column<Integer> SESSION_EVENT_INDEX =
        new Column<>(10, "session_event_index", ColumnType.INT, true);

    /** Address of the page as it was sent. */
    public static final Column<String> PAGE_URL =
        new Column<>(11, "page_url", ColumnType.STRING, false);

    /** Scheme of page_url in lower case, without the colon. */
    public static final Column<String> PAGE_SCHEME =
        new Column<>(12, "page_scheme", ColumnType.STRING, false);

    /** Host of page_url in lower case, without the port. */
    public static final Column<String> PAGE_HOST =
        new Column<>(13, "page_host", ColumnType.STRING, false);

    /** Path of page_url, as it was sent. */
    public static final Column<String> PAGE_PATH =
        new Column<>(14, "page_path", ColumnType.STRING, false);

    /** Query of page_url, without the question mark. */
    public static final Column<String> PAGE_QUERY =
        new Column<>(15, "page_query", ColumnType.STRING, false);

    /** Fragment of page_url, without the number sign. */
    public static final Column<String> PAGE_FRAGMENT =
        new Column<>(16, "page_fragment", ColumnType.STRING, false);

    /** Title of the page. */
    public static final Column<String> PAGE_TITLE =
        new Column<>(17, "page_title", ColumnType.STRING, false);

    /** Address of the page that led here. */
    public static final Column<String> REFERRER_URL =
        new Column<>(18, "referrer_url", ColumnType.STRING, false);

    /** Host of referrer_url in lower case, without the port. */
    public static final Column<String> REFERRER_HOST =
        new Column<>(19, "referrer_host", ColumnType.STRING, false);

    /** Kind of referrer: direct, internal, search, social, email, chatbot or other. */
    public static final Column<String> REFERRER_CLASS =
        new Column<>(20, "referrer_class", ColumnType.STRING, false);

    /** Campaign source. */
    public static final Column<String> UTM_SOURCE =
        new Column<>(21, "utm_source", ColumnType.STRING, false);

    /** Campaign medium. */
    public static final Column<String> UTM_MEDIUM =
        new Column<>(22, "utm_medium", ColumnType.STRING, false);

    /** Campaign name. */
    public static final Column<String> UTM_CAMPAIGN =
        new Column<>(23, "utm_campaign", ColumnType.STRING, false);

    /** Campaign search term. */
    public static final Column<String> UTM_TERM =
        new Column<>(24, "utm_term", ColumnType.STRING, false);

    /** Campaign content, which tells two links of one campaign apart. */
    public static final Column<String> UTM_CONTENT =
        new Column<>(25, "utm_content", ColumnType.STRING, false);

    /** Click identifier of an advertising network. */
    public static final Column<String> CLICK_ID =
        new Column<>(26, "click_id", ColumnType.STRING, false);

    /** Method of the logged HTTP request. */
    public static final Column<String> HTTP_METHOD =
        new Column<>(27, "http_method", ColumnType.STRING, false);

    /** Status code of the logged HTTP response. */
    public static final Column<Integer> HTTP_STATUS =
        new Column<>(28, "http_status", ColumnType.INT, false);

    /** Size of the logged HTTP response's body in bytes. */
    public static final Column<Long> HTTP_RESPONSE_BYTES =
        new Column<>(29, "http_response_bytes", ColumnType.LONG, false);

    /** IP address of the client, masked as the pipeline's collector.ipMasking says. */
    public static final Column<String> IP =
        new Column<>(30, "ip", ColumnType.STRING, false);

    /** User agent of the client. */
    public static final Column<String> USER_AGENT =
        new Column<>(31, "user_agent", ColumnType.STRING, false);

    /** Family of the browser. */
    public static final Column<String> BROWSER_NAME =
        new Column<>(32, "browser_name", ColumnType.STRING, false);

    /** Version of the browser, as far as it is known. */
    public static final Column<String> BROWSER_VERSION =
        new Column<>(33, "browser_version", ColumnType.STRING, false);

    /** Family of the operating system. */
    public static final Column<String> OS_NAME =
        new Column<>(34, "os_name", ColumnType.STRING, false);

    /** Version of the operating system, as far as it is known. */
    public static final Column<String> OS_VERSION =
        new Column<>(35, "os_version", ColumnType.STRING, false);

    /** Family of the device. */
    public static final Column<String> DEVICE_NAME =
        new Column<>(36, "device_name", ColumnType.STRING, false);

    /** Whether the user agent is one of a known robot; see bot_class. */
    public static final Column<Boolean> IS_BOT =
        new Column<>(37, "is_bot", ColumnType.BOOLEAN, false);

    /** Preferred language of the client. */
    public static final Column<String> LANGUAGE =
        new Column<>(38, "language", ColumnType.STRING, false);

    /**
     * Everything else that the client sent; values that are not text are kept as JSON text, numbers in the digits that
     * were sent.
     */
    public static final Column<Map<String, String>> PROPERTIES =
        new Column<>(39, "properties", ColumnType.STRING_MAP, false);

    /** How the event came: json, pixel, or as a line of an access log: its format. */
    public static final Column<String> SOURCE =
        new Column<>(40, "source", ColumnType.STRING, true);

    /** Partition of the raw topic that the record was read from. */
    public static final Column<Integer> KAFKA_PARTITION =
        new Column<>(41, "kafka_partition", ColumnType.INT, true);

    /** Offset of the record in its partition. */
    public static final Column<Long> KAFKA_OFFSET =
        new Column<>(42, "kafka_offset", ColumnType.LONG, true);

    /** How far the sender's clock is behind, in milliseconds; less than 0 where it is ahead. */
    public static final Column<Long> CLOCK_SKEW_MS =
        new Column<>(43, "clock_skew_ms", ColumnType.LONG, false);

    /**
     * Whether event_time is more than the watermark after received_at. Such an event is put into sessions by
     * received_at.
     */
    public static final Column<Boolean> IS_FUTURE =
        new Column<>(44, "is_future", ColumnType.BOOLEAN, false);

    /** Advertising network that click_id belongs to, for example google, microsoft, meta, tiktok, x or linkedin. */
    public static final Column<String> CLICK_NETWORK =
        new Column<>(45, "click_network", ColumnType.STRING, false);

    /** What a robot is for: search, ai, monitoring, preview, library, scanner or other. */
    public static final Column<String> BOT_CLASS =
        new Column<>(46, "bot_class", ColumnType.STRING, false);

    /**
     * The line of an access log as it was sent; addresses in it are masked as the pipeline's collector.ipMasking says.
     */
    public static final Column<String> RAW_LINE =
        new Column<>(47, "raw_line", ColumnType.STRING, false);

    /** All of them, in the order that rows hold their values. */
    public static final List<Column<?>> ALL = List.of(
        EVENT_ID,
        EVENT_TYPE,
        EVENT_TIME,
        RECEIVED_AT,
        PROCESSED_AT,
        VISITOR_ID,
        ANONYMOUS_ID,
        USER_ID,
        SESSION_ID,
        SESSION_START,
        SESSION_EVENT_INDEX,
        PAGE_URL,
        PAGE_SCHEME,
        PAGE_HOST,
        PAGE_PATH,
        PAGE_QUERY,
        PAGE_FRAGMENT,
        PAGE_TITLE,
        REFERRER_URL,
        REFERRER_HOST,
        REFERRER_CLASS,
        UTM_SOURCE,
        UTM_MEDIUM,
        UTM_CAMPAIGN,
        UTM_TERM,
        UTM_CONTENT,
        CLICK_ID,
        HTTP_METHOD,
        HTTP_STATUS,
        HTTP_RESPONSE_BYTES,
        IP,
        USER_AGENT,
        BROWSER_NAME,
        BROWSER_VERSION,
        OS_NAME,
        OS_VERSION,
        DEVICE_NAME,
        IS_BOT,
        LANGUAGE,
        PROPERTIES,
        SOURCE,
        KAFKA_PARTITION,
        KAFKA_OFFSET,
        CLOCK_SKEW_MS,
        IS_FUTURE,
        CLICK_NETWORK,
        BOT_CLASS,
        RAW_LINE);

    private EventColumns() {
    }
}
