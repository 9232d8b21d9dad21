package io.openclickstream.flight.vectors;

import io.openclickstream.flight.types.UnsupportedTypeException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/** Reads dates and times as Trino writes them. */
final class TimeText {
    private static final int PLAIN_DATE = 10;
    private static final long NANOS_OF_SECOND = 1_000_000_000L;
    private static final long SECONDS_OF_DAY = 86_400L;
    private static final int FRACTION_DIGITS = 9;

    private TimeText() {
    }

    /** Days since 1970 of {@code 2026-12-01}; years of other than four digits have a sign. */
    static long days(String text) {
        if (text.length() == PLAIN_DATE && text.charAt(0) != '-') {
            return LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
        }
        return LocalDate.parse(text).toEpochDay();
    }

    /** Nanoseconds of the day of {@code 01:02:03.123456789}, from a place in the text on. */
    static long nanosOfDay(String text, int from) {
        long seconds = number(text, from, from + 2) * 3600L + number(text, from + 3, from + 5) * 60L + number(text, from + 6, from + 8);
        long nanos = seconds * NANOS_OF_SECOND;
        if (text.length() > from + 8) {
            nanos += fraction(text, from + 9);
        }
        return nanos;
    }

    /** Nanoseconds of the digits of a fraction. */
    private static long fraction(String text, int from) {
        long nanos = 0;
        int digits = text.length() - from;
        if (digits > FRACTION_DIGITS) {
            throw new UnsupportedTypeException("the time \"" + text + "\" has more digits than nanoseconds");
        }
        for (int place = 0; place < FRACTION_DIGITS; place++) {
            nanos = nanos * 10 + (place < digits ? digit(text, from + place) : 0);
        }
        return nanos;
    }

    /** Microseconds or nanoseconds since 1970 of {@code 2026-12-01 01:02:03.123456}, taken as UTC. */
    static long timestamp(String text, boolean isNano) {
        int blank = text.indexOf(' ');
        long seconds = Math.multiplyExact(days(text.substring(0, blank)), SECONDS_OF_DAY);
        return units(seconds, nanosOfDay(text, blank + 1), isNano, text);
    }

    private static long units(long seconds, long nanos, boolean isNano, String text) {
        try {
            return isNano
                ? Math.addExact(Math.multiplyExact(seconds, NANOS_OF_SECOND), nanos)
                : Math.addExact(Math.multiplyExact(seconds, 1_000_000L), nanos / 1000);
        } catch (ArithmeticException e) {
            throw new UnsupportedTypeException("the timestamp \"" + text
                + "\" is outside of what 64 bits of nanoseconds hold (1677 to 2262); cast the column to timestamp(6)");
        }
    }

    /** The instant of {@code 2026-12-01 01:02:03.123456 Europe/Berlin}. */
    static long instant(String text, boolean isNano) {
        int zoneAt = text.lastIndexOf(' ');
        String local = text.substring(0, zoneAt);
        String zone = text.substring(zoneAt + 1);
        long asUtc = timestamp(local, isNano);
        if (zone.equals("UTC")) {
            return asUtc;
        }
        long perSecond = isNano ? NANOS_OF_SECOND : 1_000_000L;
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(asUtc, perSecond), 0, ZoneOffset.UTC);
        try {
            List<ZoneOffset> offsets = ZoneId.of(zone).getRules().getValidOffsets(time);
            if (offsets.size() != 1) {
                throw new UnsupportedTypeException("the timestamp \"" + text
                    + "\" is in the hour that its zone has twice, and Trino does not say which is meant; write the column AT TIME ZONE 'UTC'");
            }
            return Math.subtractExact(asUtc, offsets.get(0).getTotalSeconds() * perSecond);
        } catch (DateTimeException e) {
            throw new UnsupportedTypeException("the zone of \"" + text + "\" is not known here; write the column AT TIME ZONE 'UTC'");
        }
    }

    /** Milliseconds of an interval such as {@code -1 02:03:04.567}. */
    static long dayInterval(String text) {
        boolean isNegative = text.startsWith("-");
        int blank = text.indexOf(' ');
        long days = Long.parseLong(text.substring(isNegative ? 1 : 0, blank));
        long millis = Math.addExact(Math.multiplyExact(days, SECONDS_OF_DAY * 1000), nanosOfDay(text, blank + 1) / 1_000_000L);
        return isNegative ? -millis : millis;
    }

    /** Months of an interval such as {@code -1-2}. */
    static int monthInterval(String text) {
        boolean isNegative = text.startsWith("-");
        int minus = text.indexOf('-', 1);
        long years = Long.parseLong(text.substring(isNegative ? 1 : 0, minus));
        long months = years * 12 + Long.parseLong(text.substring(minus + 1));
        return Math.toIntExact(isNegative ? -months : months);
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int place = from; place < to; place++) {
            number = number * 10 + digit(text, place);
        }
        return number;
    }

    private static int digit(String text, int place) {
        int digit = text.charAt(place) - '0';
        if (digit < 0 || digit > 9) {
            throw new NumberFormatException("\"" + text + "\" is no date or time as Trino writes it");
        }
        return digit;
    }
}
