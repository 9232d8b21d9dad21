package io.openclickstream.stream.parse;

import java.util.Locale;
import java.util.Optional;

/** Access-log formats of Apache and nginx. */
public enum AccessLogFormat {
    /** host, identity, user, time, request, status, size. */
    COMMON,
    /** As common, then referrer and user agent in quotes. */
    COMBINED;

    /** Name in events and in the column source. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format with this name. */
    public static Optional<AccessLogFormat> of(String text) {
        for (AccessLogFormat format : values()) {
            if (format.text().equals(text)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }
}
