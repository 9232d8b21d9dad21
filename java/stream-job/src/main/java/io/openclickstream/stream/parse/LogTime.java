package io.openclickstream.stream.parse;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times of access logs, such as {@code 17/May/2015:10:05:03 +0000}. */
final class LogTime {
    private static final Pattern TIME =
        Pattern.compile("(\\d{1,2})/([A-Za-z]{3})/(\\d{4}):(\\d{2}):(\\d{2}):(\\d{2}) ([+-])(\\d{2})(\\d{2})");
    private static final List<String> MONTHS =
        List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final int LAST_SECOND = 59;

    private LogTime() {
    }

    /** Microseconds since the epoch, or null when the text is no such time. */
    static Long micros(String text) {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        try {
            int sign = parts.group(7).equals("-") ? -1 : 1;
            ZoneOffset offset = ZoneOffset.ofHoursMinutes(sign * number(parts, 8), sign * number(parts, 9));
            // A leap second is logged as :60.
            LocalDateTime time = LocalDateTime.of(
                number(parts, 3),
                MONTHS.indexOf(parts.group(2)) + 1,
                number(parts, 1),
                number(parts, 4),
                number(parts, 5),
                Math.min(number(parts, 6), LAST_SECOND));
            return time.toEpochSecond(offset) * 1_000_000L;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }
}
