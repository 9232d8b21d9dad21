package io.openclickstream.profiles;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * All that is needed to take further events into a visitor's profile: the newest events one by one, all older ones summed up, and which
 * records were taken. Profile and history are functions of the set of events that were ever taken.
 *
 * @param visitor the visitor's identifier
 * @param topic the identifier of the topic that {@code next} counts in
 * @param next by partition the offset behind the last record that was taken; records below were taken, or are not this visitor's
 * @param base the profile of all events but the recent ones; null when there are no others
 * @param recent the newest events, the oldest of them first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record VisitorState(String visitor, String topic, SortedMap<Integer, Long> next, VisitorProfile base, List<EventFacts> recent) {
    private static final Comparator<EventFacts> ORDER = Comparator.comparing(EventFacts::at);

    /** Takes copies. */
    public VisitorState {
        next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
        recent = List.copyOf(recent);
    }

    /** The state of a visitor of whom nothing is known. */
    public static VisitorState unknown(String visitor) {
        return new VisitorState(visitor, "", new TreeMap<>(), null, List.of());
    }

    /**
     * The state with these events too. Records that were taken before are passed over: each partition's records must come in the order of
     * their offsets from call to call, whatever the order within one, or come again from any place.
     *
     * @param topic the identifier of the topic that the events' offsets count in
     * @param events in any order
     * @param kept how many events are kept one by one, for the history; at least 1
     * @return this state when nothing is new
     */
    public VisitorState with(String topic, Collection<PlacedEvent> events, int kept) {
        boolean isSameTopic = topic.equals(this.topic);
        SortedMap<Integer, Long> taken = isSameTopic ? next : Collections.emptySortedMap();
        List<PlacedEvent> fresh = events.stream().filter(event -> event.offset() >= taken.getOrDefault(event.partition(), 0L)).toList();
        if (fresh.isEmpty()) {
            return this;
        }
        SortedMap<Integer, Long> further = new TreeMap<>(taken);
        List<EventFacts> newest = new ArrayList<>(recent);
        for (PlacedEvent event : fresh) {
            further.merge(event.partition(), event.offset() + 1, Math::max);
            newest.add(event.facts());
        }
        newest.sort(ORDER);
        int older = Math.max(0, newest.size() - kept);
        VisitorProfile sum = base;
        for (EventFacts event : newest.subList(0, older)) {
            sum = plus(sum, event);
        }
        return new VisitorState(visitor, topic, further, sum, newest.subList(older, newest.size()));
    }

    /**
     * The profile as of each time at which it changed, by milliseconds since the epoch. The first entry sums up all older events: how the
     * profile was before is not known. Empty for a visitor of whom nothing is known.
     */
    public NavigableMap<Long, VisitorProfile> history() {
        TreeMap<Long, VisitorProfile> history = new TreeMap<>();
        VisitorProfile sum = base;
        if (sum != null) {
            history.put(millis(sum.lastSeen()), sum);
        }
        for (EventFacts event : recent) {
            sum = plus(sum, event);
            history.put(millis(event.at().time()), sum);
        }
        return history;
    }

    /** The earliest time, in milliseconds since the epoch, as of which the profile is known; null when it is known from the first event on. */
    public Long knownSince() {
        return base == null ? null : millis(base.lastSeen());
    }

    /** A time as HBase has it, which knows none before 1970. */
    static long millis(long micros) {
        return Math.max(0, TimeUnit.MICROSECONDS.toMillis(micros));
    }

    private static VisitorProfile plus(VisitorProfile sum, EventFacts event) {
        VisitorProfile one = VisitorProfile.of(event);
        return sum == null ? one : sum.plus(one);
    }
}
