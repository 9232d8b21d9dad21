package io.openclickstream.offsets;

import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which records were erased on purpose: for each Kafka partition spans of offsets, and of each span how many of its records. There are at
 * most {@link #MOST_SPANS}: beyond them the nearest are joined, so that the numbers stay exact and only the places become vague. As text
 * {@code 0:4,0:7-19,1:100-900=312}: one record, all of a span, 312 records of a span. Not thread-safe.
 */
public final class ErasedOffsets {
    /** Some twenty kilobytes of text, which everybody who loads the table reads. */
    public static final int MOST_SPANS = 1000;
    private static final Pattern SPAN = Pattern.compile("(\\d+):(\\d+)(?:-(\\d+))?(?:=(\\d+))?");

    /** By their first offset. Spans of one partition neither overlap nor touch, unless one of them is vague. */
    private final Map<Integer, TreeMap<Long, Span>> spans = new TreeMap<>();
    private int size;

    private record Span(long first, long last, long records) {
        boolean isWhole() {
            return records == last - first + 1;
        }

        /** At most as many records as there are offsets: spans that somebody wrote can overlap. */
        Span plus(Span next) {
            long end = Math.max(last, next.last);
            return new Span(first, end, Math.min(records + next.records, end - first + 1));
        }
    }

    /** Out of the text that {@link #toString} gives; null gives none. */
    public static ErasedOffsets parse(String text) {
        ErasedOffsets erased = new ErasedOffsets();
        if (text == null || text.isEmpty()) {
            return erased;
        }
        for (String part : text.split(",", -1)) {
            Matcher span = SPAN.matcher(part);
            if (!span.matches()) {
                throw refusal(text);
            }
            long first = Long.parseLong(span.group(2));
            long last = span.group(3) == null ? first : Long.parseLong(span.group(3));
            long width = last - first + 1;
            long records = span.group(4) == null ? width : Math.min(width, Long.parseLong(span.group(4)));
            if (records < 1) {
                throw refusal(text);
            }
            erased.put(Integer.parseInt(span.group(1)), new Span(first, last, records));
        }
        return erased;
    }

    private static IllegalArgumentException refusal(String text) {
        return new IllegalArgumentException("not spans of erased offsets, such as 0:4,0:7-19,1:100-900=312: " + text);
    }

    /** Adds a record; one that is known to be among them counts once. */
    public void add(int partition, long offset) {
        TreeMap<Long, Span> all = spans.computeIfAbsent(partition, key -> new TreeMap<>());
        Map.Entry<Long, Span> before = all.floorEntry(offset);
        if (before != null && before.getValue().last() >= offset && before.getValue().isWhole()) {
            return;
        }
        Span added = new Span(offset, offset, 1);
        if (before != null && (before.getValue().last() >= offset || isGrown(before.getValue(), added))) {
            all.remove(before.getKey());
            size--;
            added = before.getValue().plus(added);
        }
        Map.Entry<Long, Span> after = all.higherEntry(offset);
        if (after != null && isGrown(added, after.getValue())) {
            all.remove(after.getKey());
            size--;
            added = added.plus(after.getValue());
        }
        put(partition, added);
        if (size > 2 * MOST_SPANS) {
            joinNearest();
        }
    }

    /** Whether the second goes on where the first ends, and both are whole. */
    private static boolean isGrown(Span one, Span next) {
        return one.last() + 1 == next.first() && one.isWhole() && next.isWhole();
    }

    private void put(int partition, Span span) {
        Span former = spans.computeIfAbsent(partition, key -> new TreeMap<>()).put(span.first(), span);
        size += former == null ? 1 : 0;
    }

    /** How many records were erased. */
    public long records() {
        return spans.values().stream().flatMap(all -> all.values().stream()).mapToLong(Span::records).sum();
    }

    private record Gap(int partition, Span before, Span after) {
        long width() {
            return after.first() - before.last();
        }
    }

    /** Joins spans across the narrowest gaps. A partition keeps one at least. */
    private void joinNearest() {
        PriorityQueue<Gap> gaps = new PriorityQueue<>(Comparator.comparingLong(Gap::width));
        spans.forEach((partition, all) -> {
            Span before = null;
            for (Span span : all.values()) {
                if (before != null) {
                    gaps.add(new Gap(partition, before, span));
                }
                before = span;
            }
        });
        long widest = 0;
        for (int excess = size - MOST_SPANS; excess > 0 && !gaps.isEmpty(); excess--) {
            widest = gaps.remove().width();
        }
        for (TreeMap<Long, Span> all : spans.values()) {
            joinWithin(all, widest);
        }
        size = spans.values().stream().mapToInt(TreeMap::size).sum();
    }

    private static void joinWithin(TreeMap<Long, Span> all, long widest) {
        TreeMap<Long, Span> joined = new TreeMap<>();
        for (Iterator<Span> each = all.values().iterator(); each.hasNext();) {
            Span span = each.next();
            Map.Entry<Long, Span> before = joined.lastEntry();
            boolean isNear = before != null && span.first() - before.getValue().last() <= widest;
            Span whole = isNear ? before.getValue().plus(span) : span;
            joined.put(whole.first(), whole);
        }
        all.clear();
        all.putAll(joined);
    }

    /** For the table's property. */
    @Override
    public String toString() {
        if (size > MOST_SPANS) {
            joinNearest();
        }
        StringBuilder text = new StringBuilder();
        spans.forEach((partition, all) -> all.values().forEach(span -> {
            text.append(text.isEmpty() ? "" : ",").append(partition).append(':').append(span.first());
            if (span.last() > span.first()) {
                text.append('-').append(span.last());
            }
            if (!span.isWhole()) {
                text.append('=').append(span.records());
            }
        }));
        return text.toString();
    }
}
