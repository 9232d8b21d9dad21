/** Generated from contracts/event-model.yaml by `node scripts/generate.ts`; do not edit. */

/** A pipeline's tables by their role, as LakeTables have them; the suffix follows the pipeline's prefix in the table's name. */
export const EVENT_TABLES = {
  events: {
    suffix: "events",
    columns: [
      {
        name: "event_id",
        type: "string",
        required: true,
        doc: "Identifier of the event; a second event with the same identifier within the dedup window is a duplicate.",
      },
      {
        name: "event_type",
        type: "string",
        required: true,
        doc: "What happened, for example `page_view`; 1 to 128 characters.",
      },
      {
        name: "event_time",
        type: "timestamptz",
        required: true,
        doc: "When the event happened.",
      },
      {
        name: "received_at",
        type: "timestamptz",
        required: true,
        doc: "When the collector received the event.",
      },
      {
        name: "processed_at",
        type: "timestamptz",
        required: true,
        doc: "When the stream job processed the event.",
      },
      {
        name: "visitor_id",
        type: "string",
        required: true,
        doc: "Identifier of the visitor whom sessions are counted for.",
      },
      {
        name: "anonymous_id",
        type: "string",
        doc: "Identifier that the client gave to an unknown visitor.",
      },
      {
        name: "user_id",
        type: "string",
        doc: "Identifier of the signed-in user.",
      },
      {
        name: "session_id",
        type: "string",
        required: true,
        doc: "Identifier of the session, equal for all events of one visitor without an idle time longer than the session timeout.",
      },
      {
        name: "session_start",
        type: "timestamptz",
        required: true,
        doc: "Event time of the session's first event.",
      },
      {
        name: "session_event_index",
        type: "int",
        required: true,
        doc: "Position of the event in its session, from 1.",
      },
      {
        name: "page_url",
        type: "string",
        doc: "Address of the page as it was sent.",
      },
      {
        name: "page_scheme",
        type: "string",
        doc: "Scheme of page_url in lower case, without the colon.",
      },
      {
        name: "page_host",
        type: "string",
        doc: "Host of page_url in lower case, without the port.",
      },
      {
        name: "page_path",
        type: "string",
        doc: "Path of page_url, as it was sent.",
      },
      {
        name: "page_query",
        type: "string",
        doc: "Query of page_url, without the question mark.",
      },
      {
        name: "page_fragment",
        type: "string",
        doc: "Fragment of page_url, without the number sign.",
      },
      {
        name: "page_title",
        type: "string",
        doc: "Title of the page.",
      },
      {
        name: "referrer_url",
        type: "string",
        doc: "Address of the page that led here.",
      },
      {
        name: "referrer_host",
        type: "string",
        doc: "Host of referrer_url in lower case, without the port.",
      },
      {
        name: "referrer_class",
        type: "string",
        doc: "Kind of referrer: direct, internal, search, social, email, chatbot or other.",
      },
      {
        name: "utm_source",
        type: "string",
        doc: "Campaign source.",
      },
      {
        name: "utm_medium",
        type: "string",
        doc: "Campaign medium.",
      },
      {
        name: "utm_campaign",
        type: "string",
        doc: "Campaign name.",
      },
      {
        name: "utm_term",
        type: "string",
        doc: "Campaign search term.",
      },
      {
        name: "utm_content",
        type: "string",
        doc: "Campaign content, which tells two links of one campaign apart.",
      },
      {
        name: "click_id",
        type: "string",
        doc: "Click identifier of an advertising network.",
      },
      {
        name: "http_method",
        type: "string",
        doc: "Method of the logged HTTP request.",
      },
      {
        name: "http_status",
        type: "int",
        doc: "Status code of the logged HTTP response.",
      },
      {
        name: "http_response_bytes",
        type: "long",
        doc: "Size of the logged HTTP response's body in bytes.",
      },
      {
        name: "ip",
        type: "string",
        doc: "IP address of the client, masked as the pipeline's collector.ipMasking says.",
      },
      {
        name: "user_agent",
        type: "string",
        doc: "User agent of the client.",
      },
      {
        name: "browser_name",
        type: "string",
        doc: "Family of the browser.",
      },
      {
        name: "browser_version",
        type: "string",
        doc: "Version of the browser, as far as it is known.",
      },
      {
        name: "os_name",
        type: "string",
        doc: "Family of the operating system.",
      },
      {
        name: "os_version",
        type: "string",
        doc: "Version of the operating system, as far as it is known.",
      },
      {
        name: "device_name",
        type: "string",
        doc: "Family of the device.",
      },
      {
        name: "is_bot",
        type: "boolean",
        doc: "Whether the user agent is one of a known robot; see bot_class.",
      },
      {
        name: "language",
        type: "string",
        doc: "Preferred language of the client.",
      },
      {
        name: "properties",
        type: "map<string,string>",
        doc: "Everything else that the client sent; values that are not text are kept as JSON text, numbers in the digits that were sent.",
      },
      {
        name: "source",
        type: "string",
        required: true,
        doc: "How the event came: json, pixel, or as a line of an access log: its format.",
      },
      {
        name: "kafka_partition",
        type: "int",
        required: true,
        doc: "Partition of the raw topic that the record was read from.",
      },
      {
        name: "kafka_offset",
        type: "long",
        required: true,
        doc: "Offset of the record in its partition.",
      },
      {
        name: "clock_skew_ms",
        type: "long",
        doc: "How far the sender's clock is behind, in milliseconds; less than 0 where it is ahead.",
      },
      {
        name: "is_future",
        type: "boolean",
        doc: "Whether event_time is more than the watermark after received_at. Such an event is put into sessions by received_at.",
      },
      {
        name: "click_network",
        type: "string",
        doc: "Advertising network that click_id belongs to, for example google, microsoft, meta, tiktok, x or linkedin.",
      },
      {
        name: "bot_class",
        type: "string",
        doc: "What a robot is for: search, ai, monitoring, preview, library, scanner or other.",
      },
      {
        name: "raw_line",
        type: "string",
        doc: "The line of an access log as it was sent; addresses in it are masked as the pipeline's collector.ipMasking says.",
      },
    ],
    partitionBy: [
      {
        column: "received_at",
        transform: "day",
      },
    ],
    sortBy: [
      {
        column: "received_at",
        direction: "asc",
      },
    ],
  },
  failedEvents: {
    suffix: "failed_events",
    columns: [
      {
        name: "event_id",
        type: "string",
        required: true,
        doc: "Identifier of the event, so that a second attempt to send it is a duplicate.",
      },
      {
        name: "reason",
        type: "string",
        required: true,
        doc: "Why the event could not be read, from the closed list of failure reasons.",
      },
      {
        name: "field",
        type: "string",
        doc: "Name of the field at fault.",
      },
      {
        name: "message",
        type: "string",
        required: true,
        doc: "What is wrong, for a person.",
      },
      {
        name: "payload",
        type: "binary",
        required: true,
        doc: "The event's bytes as they were received.",
      },
      {
        name: "content_type",
        type: "string",
        doc: "Content type of the request.",
      },
      {
        name: "ip",
        type: "string",
        doc: "IP address of the sender, masked as the pipeline's collector.ipMasking says.",
      },
      {
        name: "user_agent",
        type: "string",
        doc: "User agent of the sender.",
      },
      {
        name: "received_at",
        type: "timestamptz",
        required: true,
        doc: "When the collector received the event.",
      },
      {
        name: "processed_at",
        type: "timestamptz",
        required: true,
        doc: "When the stream job processed the event.",
      },
      {
        name: "kafka_partition",
        type: "int",
        required: true,
        doc: "Partition of the raw topic that the record was read from.",
      },
      {
        name: "kafka_offset",
        type: "long",
        required: true,
        doc: "Offset of the record in its partition.",
      },
    ],
    partitionBy: [
      {
        column: "received_at",
        transform: "day",
      },
    ],
    sortBy: [
      {
        column: "received_at",
        direction: "asc",
      },
    ],
  },
  duplicateEvents: {
    suffix: "duplicate_events",
    columns: [
      {
        name: "event_id",
        type: "string",
        required: true,
        doc: "Identifier that was seen before.",
      },
      {
        name: "first_received_at",
        type: "timestamptz",
        doc: "When the collector received the first event with this identifier.",
      },
      {
        name: "received_at",
        type: "timestamptz",
        required: true,
        doc: "When the collector received this event.",
      },
      {
        name: "processed_at",
        type: "timestamptz",
        required: true,
        doc: "When the stream job processed this event.",
      },
      {
        name: "kafka_partition",
        type: "int",
        required: true,
        doc: "Partition of the raw topic that the record was read from.",
      },
      {
        name: "kafka_offset",
        type: "long",
        required: true,
        doc: "Offset of the record in its partition.",
      },
    ],
    partitionBy: [
      {
        column: "received_at",
        transform: "day",
      },
    ],
    sortBy: [
      {
        column: "received_at",
        direction: "asc",
      },
    ],
  },
} as const;
