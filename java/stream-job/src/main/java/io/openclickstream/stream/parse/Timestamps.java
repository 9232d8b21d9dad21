package io.openclickstream.stream.parse;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/** Times that clients send: RFC 3339 text or milliseconds since the epoch. */
final class Timestamps {
    /** 9999-12-31T23:59:59.999Z: the last time that every engine that reads the tables can show. */
    private static final long LATEST_MILLIS = 253_402_300_799_999L;
    /** 0001-01-01T00:00:00Z. */
    private static final long EARLIEST_MILLIS = -62_135_596_800_000L;
    private static final int DATE_LENGTH = 10;
    private static final long MICROS_A_SECOND = 1_000_000L;

    private Timestamps() {
    }

    /** Microseconds since the epoch, or null when the value is no such time. */
    static Long micros(JsonNode value) {
        if (value.isTextual()) {
            return rfc3339(value.textValue());
        }
        if (!value.isNumber() || !value.canConvertToLong()) {
            return null;
        }
        long millis = value.longValue();
        return millis < EARLIEST_MILLIS || millis > LATEST_MILLIS ? null : TimeUnit.MILLISECONDS.toMicros(millis);
    }

    private static Long rfc3339(String text) {
        // RFC 3339 allows a space between date and time; the formatter does not.
        boolean spaced = text.length() > DATE_LENGTH && text.charAt(DATE_LENGTH) == ' ';
        String timestamp = spaced ? text.substring(0, DATE_LENGTH) + 'T' + text.substring(DATE_LENGTH + 1) : text;
        try {
            Instant instant = OffsetDateTime.parse(timestamp, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
            long millis = instant.toEpochMilli();
            if (millis < EARLIEST_MILLIS || millis > LATEST_MILLIS) {
                return null;
            }
            return instant.getEpochSecond() * MICROS_A_SECOND + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }
}
