package io.openclickstream.profileapi.server;

import io.openclickstream.service.MetricsText;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What was answered, how often and how fast. */
final class Figures {
    /** Upper bounds of the histogram, in milliseconds. */
    private static final double[] BOUNDS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000};
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String HISTOGRAM = "openclickstream_profile_api_answer_seconds";

    private final Map<Route, Histogram> histograms = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> codes = new ConcurrentHashMap<>();
    private final LongAdder profiles = new LongAdder();
    private final LongAdder streamEvents = new LongAdder();
    private final AtomicInteger streams = new AtomicInteger();

    private static final class Histogram {
        private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
        private final AtomicLong nanos = new AtomicLong();

        Histogram() {
            for (int position = 0; position < buckets.length; position++) {
                buckets[position] = new LongAdder();
            }
        }
    }

    void answered(Route route, int code, long nanos) {
        Histogram histogram = histograms.computeIfAbsent(route, name -> new Histogram());
        double millis = nanos / 1e6;
        int bucket = 0;
        while (bucket < BOUNDS.length && millis > BOUNDS[bucket]) {
            bucket++;
        }
        histogram.buckets[bucket].increment();
        histogram.nanos.addAndGet(nanos);
        codes.computeIfAbsent(code, name -> new LongAdder()).increment();
    }

    void profilesRead(int count) {
        profiles.add(count);
    }

    void streamsAre(int count) {
        streams.set(count);
    }

    void streamEvent() {
        streamEvents.increment();
    }

    String metrics(boolean isReadable) {
        String counts = new MetricsText("openclickstream_profile_api_")
            .counters("answers_total", "Requests by the code of the answer.", "code", new TreeMap<>(codes))
            .counter("profiles_total", "Profiles that were asked for.", profiles.sum())
            .gauge("streams", "Streams of changes that are open.", streams.get())
            .counter("stream_events_total", "Profiles that were sent on streams.", streamEvents.sum())
            .gauge("store_up", "Whether HBase answered the last look.", isReadable ? 1 : 0)
            .toString();
        StringBuilder text = new StringBuilder(counts)
            .append("# HELP ").append(HISTOGRAM).append(" Time from a request to its answer, streams excepted.\n")
            .append("# TYPE ").append(HISTOGRAM).append(" histogram\n");
        new TreeMap<>(histograms).forEach((route, histogram) -> lines(text, route, histogram));
        return text.toString();
    }

    private static void lines(StringBuilder text, Route route, Histogram histogram) {
        String label = "route=\"" + route.label() + "\"";
        long sum = 0;
        for (int position = 0; position <= BOUNDS.length; position++) {
            sum += histogram.buckets[position].sum();
            String bound = position == BOUNDS.length ? "+Inf" : Double.toString(BOUNDS[position] / 1e3);
            text.append(HISTOGRAM).append("_bucket{").append(label).append(",le=\"").append(bound).append("\"} ").append(sum).append('\n');
        }
        text.append(HISTOGRAM).append("_sum{").append(label).append("} ").append(histogram.nanos.get() / NANOS).append('\n');
        text.append(HISTOGRAM).append("_count{").append(label).append("} ").append(sum).append('\n');
    }
}
