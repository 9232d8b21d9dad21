package io.openclickstream.profiles;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code identify} events tied to an identifier: the users of a visitor, or the visitors of a user. {@link #with} can be done in any
 * order and as often as it likes: the links depend on the set of events alone.
 *
 * @param id the identifier whose links these are
 * @param others what it is tied to. Of more than the limit only the first in the alphabet are kept, one more than the limit allows, by
 *     which it is known that there are too many
 * @param last when an event last tied it to anything, kept or not, in microseconds since the epoch; 0 before the first
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record IdentityLinks(String id, SortedMap<String, Span> others, long last) {
    /**
     * When an identifier was tied to another, in microseconds since the epoch.
     *
     * @param first the first time
     * @param last the last time
     */
    public record Span(long first, long last) {
        Span plus(Span other) {
            return new Span(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    /** Takes a copy. */
    public IdentityLinks {
        others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
    }

    /** Of an identifier that is tied to nothing. */
    public static IdentityLinks none(String id) {
        return new IdentityLinks(id, new TreeMap<>(), 0);
    }

    /** These links and one more, which an event said at this time; at most so many others are allowed. */
    public IdentityLinks with(String other, long time, int most) {
        TreeMap<String, Span> all = new TreeMap<>(others);
        all.merge(other, new Span(time, time), Span::plus);
        while (all.size() > most + 1) {
            all.pollLastEntry();
        }
        return new IdentityLinks(id, all, Math.max(last, time));
    }

    /** Whether there are more than are allowed: a device that several people use, or a user who is no single person. */
    public boolean isOver(int most) {
        return others.size() > most;
    }
}
