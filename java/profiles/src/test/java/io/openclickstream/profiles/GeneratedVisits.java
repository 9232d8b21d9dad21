package io.openclickstream.profiles;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Events of one visitor as clients may send them, with equal times, many types and absent values; and the ways in which they may come. */
final class GeneratedVisits {
    private static final long START = 1_700_000_000_000_000L;
    private static final int SPAN_MILLIS = 400;

    private final Random random;

    GeneratedVisits(long seed) {
        random = new Random(seed);
    }

    /** So many events, some in one millisecond and some in one microsecond. */
    List<EventFacts> events(int count) {
        List<EventFacts> events = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            long time = START + random.nextInt(SPAN_MILLIS) * 1000L + random.nextInt(3);
            boolean isPage = random.nextInt(3) > 0;
            events.add(new EventFacts(
                new Moment(time, EventFacts.markOf("event-" + number)),
                isPage ? "page_view" : "type-" + random.nextInt(120),
                random.nextInt(6) == 0,
                isPage ? "/page/" + random.nextInt(50) : null,
                isPage && random.nextBoolean() ? "Page" : null,
                random.nextInt(5) == 0 ? new Campaign("source-" + random.nextInt(4), "cpc", null, null, null, null, null) : null,
                random.nextInt(8) == 0 ? "user-" + random.nextInt(2) : null));
        }
        return events;
    }

    /** The events in another order, as records of two partitions. */
    List<PlacedEvent> records(List<EventFacts> events) {
        List<EventFacts> order = new ArrayList<>(events);
        Collections.shuffle(order, random);
        long[] next = {random.nextInt(100), random.nextInt(100)};
        List<PlacedEvent> records = new ArrayList<>();
        for (EventFacts event : order) {
            int partition = random.nextInt(2);
            records.add(new PlacedEvent(partition, next[partition], event));
            next[partition] += 1 + random.nextInt(5);
        }
        return records;
    }

    /** The records in windows, some of which come twice, or again from an earlier place on; in each window in any order. */
    List<List<PlacedEvent>> deliveries(List<PlacedEvent> records) {
        List<List<PlacedEvent>> deliveries = new ArrayList<>();
        int from = 0;
        while (from < records.size()) {
            int to = Math.min(records.size(), from + 1 + random.nextInt(15));
            List<PlacedEvent> window = new ArrayList<>(records.subList(from, to));
            Collections.shuffle(window, random);
            deliveries.add(window);
            // A retry, or a restart that lost how far it was.
            from = random.nextInt(4) == 0 ? random.nextInt(to + 1) : to;
        }
        return deliveries;
    }
}
