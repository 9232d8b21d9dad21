package io.openclickstream.stream.parse;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times that clients send: RFC 3339 text, or a number since 1970 whose size tells its unit. No number can be two times: seconds from
 * 1973-03-03 on reach the year 5138, where milliseconds begin with 1973-03-03 again, and so on for microseconds and nanoseconds.
 */
public final class Timestamps {
    /** What a value must be, for a message. */
    static final String EXPECTED = "must be an RFC 3339 time such as 2025-05-17T10:05:03Z, or a number of seconds, milliseconds, microseconds"
        + " or nanoseconds since 1970 that lies between the years 1973 and 5138";
    /** 10^8 seconds, 1973-03-03T09:46:40Z. */
    private static final int SMALLEST_EXPONENT = 8;
    /** From one unit to the next, and to the end of the last. */
    private static final int UNIT_DIGITS = 3;
    private static final int UNITS = 4;
    private static final int MICRO_DIGITS = 6;
    /** The years 1 and 10000. */
    private static final long EARLIEST = -62_135_596_800_000_000L;
    private static final long END = 253_402_300_800_000_000L;
    private static final int LAST_SECOND = 59;
    private static final int LAST_HOUR = 23;
    private static final long MICROS_A_SECOND = 1_000_000L;
    /** RFC 3339 allows a space between date and time; many write the offset without a colon. */
    private static final Pattern TIME = Pattern.compile(
        "(\\d{4})-(\\d{2})-(\\d{2})[Tt ](\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d+))?)?(?:[Zz]|([+-])(\\d{2})(?::?(\\d{2}))?)");
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?");

    private Timestamps() {
    }

    /** Microseconds since the epoch, what is finer cut off; null when the value is no such time. */
    static Long micros(JsonValue value) {
        if (value instanceof JsonValue.Number number) {
            return ofNumber(number.digits());
        }
        if (value instanceof JsonValue.Text text) {
            return NUMBER.matcher(text.value()).matches() ? ofNumber(text.value()) : ofText(text.value());
        }
        return null;
    }

    private static Long ofNumber(String digits) {
        BigDecimal number;
        try {
            number = new BigDecimal(digits);
        } catch (NumberFormatException e) {
            // An exponent that no number of Java has.
            return null;
        }
        // Where the first digit stands; 1234.5 has the exponent 3.
        long exponent = (long) number.precision() - number.scale() - 1;
        long unit = Math.floorDiv(exponent - SMALLEST_EXPONENT, (long) UNIT_DIGITS);
        if (number.signum() <= 0 || unit < 0 || unit >= UNITS) {
            return null;
        }
        return number.movePointRight(MICRO_DIGITS - UNIT_DIGITS * (int) unit).setScale(0, RoundingMode.DOWN).longValueExact();
    }

    private static Long ofText(String text) {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        int offsetHours = number(parts, 9);
        int offsetMinutes = number(parts, 10);
        if (offsetHours > LAST_HOUR || offsetMinutes > LAST_SECOND || number(parts, 1) == 0) {
            return null;
        }
        long offset = (offsetHours * 60L + offsetMinutes) * 60 * ("-".equals(parts.group(8)) ? -1 : 1);
        // A leap second is told as :60; it counts as the one before, as in access logs.
        int second = number(parts, 6) == LAST_SECOND + 1 ? LAST_SECOND : number(parts, 6);
        try {
            long seconds = LocalDateTime.of(
                number(parts, 1), number(parts, 2), number(parts, 3), number(parts, 4), number(parts, 5), second)
                .toEpochSecond(ZoneOffset.UTC) - offset;
            long micros = seconds * MICROS_A_SECOND + microsOf(parts.group(7));
            return isStorable(micros) ? micros : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Whether the time, in microseconds since the epoch, is of the years 1 to 9999, which every engine that reads the tables can show. */
    public static boolean isStorable(long micros) {
        return micros >= EARLIEST && micros < END;
    }

    private static long microsOf(String fraction) {
        return fraction == null ? 0 : Long.parseLong((fraction + "000000").substring(0, MICRO_DIGITS));
    }

    private static int number(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
