package io.openclickstream.flight.query;

import io.openclickstream.service.MetricsText;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What the gateway counts of its queries. */
public final class Figures {
    private final Map<Outcome, LongAdder> trino = counts();
    private final Map<Outcome, LongAdder> direct = counts();
    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private final LongAdder rows = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicInteger open = new AtomicInteger();

    /** Who gives the rows. */
    public enum Source {
        TRINO, DIRECT
    }

    /** How a query ended: read whole, refused or failed, ended by the client, ended since the client did not read, or never read. */
    public enum Outcome {
        READ("read"), FAILED("failed"), CANCELLED("cancelled"), IDLE("idle"), UNREAD("unread");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    private static Map<Outcome, LongAdder> counts() {
        Map<Outcome, LongAdder> counts = new TreeMap<>();
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new LongAdder());
        }
        return counts;
    }

    public void opened() {
        open.incrementAndGet();
    }

    public void closed() {
        open.decrementAndGet();
    }

    /** Streams that are being read. */
    public int open() {
        return open.get();
    }

    public void ended(Source source, Outcome outcome) {
        (source == Source.TRINO ? trino : direct).get(outcome).increment();
    }

    /** A query was not read directly, for a reason of a few fixed words. */
    public void notDirect(String reason) {
        reasons.computeIfAbsent(reason, key -> new LongAdder()).increment();
    }

    /** A batch was sent. */
    public void sent(long sentRows, long sentBytes) {
        rows.add(sentRows);
        bytes.add(sentBytes);
    }

    /** Adds the metrics to a text. */
    public void write(MetricsText text) {
        text.counters("trino_queries_total", "Queries whose rows Trino gave, by how they ended.", "outcome", byWord(trino))
            .counters("direct_queries_total", "Reads of files without Trino, by how they ended.", "outcome", byWord(direct))
            .counters("not_direct_total", "Queries that were not read from the files, by the reason.", "reason", new TreeMap<>(reasons))
            .counter("rows_total", "Rows sent.", rows.sum())
            .counter("bytes_total", "About how many bytes of record batches were sent.", bytes.sum())
            .gauge("open_streams", "Streams that are being read.", open.get());
    }

    private static Map<String, LongAdder> byWord(Map<Outcome, LongAdder> counts) {
        Map<String, LongAdder> words = new TreeMap<>();
        counts.forEach((outcome, count) -> words.put(outcome.word, count));
        return words;
    }
}
