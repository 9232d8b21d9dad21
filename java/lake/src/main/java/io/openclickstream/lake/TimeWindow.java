package io.openclickstream.lake;

import java.time.Instant;

/** From a moment on and before another one. */
public record TimeWindow(Instant from, Instant to) {
    boolean overlaps(TimeWindow other) {
        return from.isBefore(other.to) && other.from.isBefore(to);
    }

    /**
     * Of {@code from/to}.
     *
     * @throws java.time.DateTimeException when one of them is no point in time
     * @throws ArrayIndexOutOfBoundsException when there is only one
     */
    public static TimeWindow parse(String text) {
        String[] ends = text.split("/");
        return new TimeWindow(Instant.parse(ends[0]), Instant.parse(ends[1]));
    }

    @Override
    public String toString() {
        return from + "/" + to;
    }
}
