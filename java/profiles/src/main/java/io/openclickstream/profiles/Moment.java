package io.openclickstream.profiles;

import java.util.Comparator;

/**
 * When an event happened, and which it was: puts all events of a visitor in one order, whatever order they came in.
 *
 * @param time microseconds since the epoch
 * @param event the event's mark, see {@link EventFacts#markOf}
 */
public record Moment(long time, String event) implements Comparable<Moment> {
    private static final Comparator<Moment> ORDER = Comparator.comparingLong(Moment::time).thenComparing(Moment::event);

    @Override
    public int compareTo(Moment other) {
        return ORDER.compare(this, other);
    }
}
