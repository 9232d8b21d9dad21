package io.openclickstream.stream.accesslog;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times of access logs. */
final class LogTime {
    /** What a time of the common format is, for a message. */
    static final String EXPECTED = "a time like 17/May/2015:10:05:03 +0000";
    private static final Pattern TIME =
        Pattern.compile("(\\d{1,2})/([A-Za-z]{3})/(\\d{4}):(\\d{2}):(\\d{2}):(\\d{2}) ([+-])(\\d{2})(\\d{2})");
    private static final List<String> MONTHS =
        List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final int LAST_SECOND = 59;
    /** 0001-01-01 and 9999-12-31, between which every engine that reads the tables can show a time. */
    private static final long EARLIEST_SECOND = -62_135_596_800L;
    private static final long LATEST_SECOND = 253_402_300_799L;

    private LogTime() {
    }

    /** Microseconds since the epoch of a time such as {@code 2026-11-29T17:00:01.5Z}, or null when the text is no such time. */
    static Long isoMicros(String text) {
        try {
            Instant time = OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
            return isStorable(time.getEpochSecond()) ? time.getEpochSecond() * 1_000_000L + time.getNano() / 1_000 : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Microseconds since the epoch of seconds with a fraction, or null when they are beyond what tables can hold. */
    static Long secondsMicros(BigDecimal seconds) {
        boolean isTime = seconds.signum() >= 0 && seconds.compareTo(BigDecimal.valueOf(LATEST_SECOND)) <= 0;
        return isTime ? seconds.movePointRight(6).longValue() : null;
    }

    private static boolean isStorable(long second) {
        return second >= EARLIEST_SECOND && second <= LATEST_SECOND;
    }

    /** Microseconds since the epoch of a time of the common format, or null when the text is no such time. */
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
