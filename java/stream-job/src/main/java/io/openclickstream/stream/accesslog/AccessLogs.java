package io.openclickstream.stream.accesslog;

import io.openclickstream.model.LogFormat;

/** Reads a line of an access log of any format. Pure. */
public final class AccessLogs {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    /** The mark's three bytes, each as a character. */
    private static final String MARK_IN_LATIN_1 = "\u00EF\u00BB\u00BF";

    private AccessLogs() {
    }

    /** The line's fields. The log's own fields are those that its directive {@code #Fields:} names, or null without one. */
    public static AccessLogLine parse(String line, LogFormat format, String fields) throws LogLineException {
        String text = withoutMark(line).stripTrailing();
        return switch (format) {
            case COMBINED, COMMON, VHOST -> CombinedLines.parse(text, format);
            case JSON -> JsonLines.parse(text);
            case W3C -> FieldedLines.w3c(text, fields);
            case CLOUDFRONT -> FieldedLines.cloudFront(text, fields);
            case ALB -> LoadBalancerLines.parse(text);
        };
    }

    /** Whether the format's lines cannot be read without the log's fields. */
    public static boolean needsFields(LogFormat format) {
        return format == LogFormat.W3C || format == LogFormat.CLOUDFRONT;
    }

    /** The first line of a file may begin with a byte-order mark. */
    private static String withoutMark(String line) {
        if (line.startsWith(BYTE_ORDER_MARK)) {
            return line.substring(BYTE_ORDER_MARK.length());
        }
        return line.startsWith(MARK_IN_LATIN_1) ? line.substring(MARK_IN_LATIN_1.length()) : line;
    }
}
