package io.openclickstream.profiles;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Events by type. As clients can send any number of types, only the 64 that come first in the alphabet are counted apart and the
 * others together: which they are depends on the set of types alone, and not on the order in which they came.
 *
 * @param byType how many events of each type
 * @param other how many of all other types
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record EventCounts(SortedMap<String, Long> byType, long other) {
    static final int MOST_TYPES = 64;
    static final EventCounts NONE = new EventCounts(new TreeMap<>(), 0);

    /** Takes a copy. */
    public EventCounts {
        byType = Collections.unmodifiableSortedMap(new TreeMap<>(byType));
    }

    /** All events. */
    public long total() {
        return byType.values().stream().mapToLong(Long::longValue).sum() + other;
    }

    static EventCounts one(String type) {
        return new EventCounts(new TreeMap<>(Map.of(type, 1L)), 0);
    }

    /** A type that one side counts apart and that is not among the first of both together is counted with the others. */
    EventCounts plus(EventCounts more) {
        TreeMap<String, Long> sum = new TreeMap<>(byType);
        more.byType.forEach((type, count) -> sum.merge(type, count, Long::sum));
        long others = other + more.other;
        while (sum.size() > MOST_TYPES) {
            others += sum.pollLastEntry().getValue();
        }
        return new EventCounts(sum, others);
    }
}
