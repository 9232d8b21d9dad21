package io.openclickstream.lake;

import java.time.Instant;

/** From a moment on and before another one. */
public record TimeWindow(Instant from, Instant to) {
    boolean overlaps(TimeWindow other) {
        return from.isBefore(other.to) && other.from.isBefore(to);
    }

    @Override
    public String toString() {
        return from + "/" + to;
    }
}
