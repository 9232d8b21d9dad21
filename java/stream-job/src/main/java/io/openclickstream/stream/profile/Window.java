package io.openclickstream.stream.profile;

import io.openclickstream.lake.StoredEvents;
import io.openclickstream.offsets.NextOffsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The next rows to take, and where that leads.
 *
 * @param rows what to read
 * @param after how far the profiles are then
 * @param lag records behind the window that wait
 */
record Window(StoredEvents.Span rows, Cursor after, long lag) {
    /** At most so many records from the cursor on, of all partitions alike; null when there is nothing to do. */
    static Window next(Cursor cursor, StoredEvents events, long mostRecords) {
        StoredEvents.Extent extent = events.extent();
        if (extent.topicId() == null) {
            return null;
        }
        boolean isPresent = cursor.topic().equals(extent.topicId()) && cursor.since() == extent.since();
        if (isPresent) {
            return of(cursor, extent.end(), Long.MAX_VALUE, mostRecords);
        }
        // First what another topic left, or what Kafka no longer had when a recovery noted the present one's beginning.
        if (extent.since() > cursor.since()) {
            Window earlier = of(cursor, events.endOf(cursor.since(), extent.since()), extent.since(), mostRecords);
            if (earlier != null) {
                return earlier;
            }
        }
        boolean isSameTopic = cursor.topic().equals(extent.topicId());
        Cursor moved = new Cursor(extent.topicId(), extent.since(), isSameTopic ? cursor.next() : NextOffsets.NONE);
        Window first = of(moved, extent.end(), Long.MAX_VALUE, mostRecords);
        return first == null ? empty(moved) : first;
    }

    private static Window empty(Cursor after) {
        return new Window(new StoredEvents.Span(0, 0, NextOffsets.NONE, NextOffsets.NONE), after, 0);
    }

    private static Window of(Cursor cursor, NextOffsets end, long before, long mostRecords) {
        Map<Integer, Long> waiting = new TreeMap<>();
        end.byPartition().forEach((partition, last) -> {
            if (last > cursor.next().of(partition)) {
                waiting.put(partition, last - cursor.next().of(partition));
            }
        });
        if (waiting.isEmpty()) {
            return null;
        }
        long share = Math.max(1, mostRecords / waiting.size());
        Map<Integer, Long> to = new TreeMap<>();
        waiting.forEach((partition, count) -> to.put(partition, cursor.next().of(partition) + Math.min(share, count)));
        long lag = waiting.values().stream().mapToLong(count -> Math.max(0, count - share)).sum();
        NextOffsets further = NextOffsets.at(to);
        return new Window(
            new StoredEvents.Span(cursor.since(), before, cursor.next(), further), cursor.at(cursor.next().furthest(further)), lag);
    }
}
