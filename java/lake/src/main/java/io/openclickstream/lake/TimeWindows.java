package io.openclickstream.lake;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.Table;

/**
 * Windows of time that a property of a table tells: those whose rows were appended to it, or those that runs have read. Unlike the summaries
 * of snapshots a property outlives their expiry, and it knows a window again that comes under another run's name, as a backfill's does.
 */
public final class TimeWindows {
    private final List<TimeWindow> windows;

    private TimeWindows(List<TimeWindow> windows) {
        this.windows = windows;
    }

    /**
     * As a property of a table says that was last loaded: {@code from/to} with commas between them.
     *
     * @throws IllegalStateException when it says something else
     */
    public static TimeWindows of(Table table, String property) {
        String text = table.properties().getOrDefault(property, "");
        try {
            return new TimeWindows(Stream.of(text.split(",")).filter(part -> !part.isEmpty()).map(TimeWindow::parse).toList());
        } catch (DateTimeException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalStateException("property \"" + property + "\" of table " + table.name() + " must be times such as"
                + " 2026-03-01T00:00:00Z/2026-03-05T00:00:00Z with commas between them, not \"" + text + "\"; correct it");
        }
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return windows.isEmpty();
    }

    /** In the order of time where they were joined by {@link #with}. */
    public List<TimeWindow> windows() {
        return windows;
    }

    /** None. */
    public static TimeWindows none() {
        return new TimeWindows(List.of());
    }

    /** One that shares a time with this window. */
    public Optional<TimeWindow> overlapping(TimeWindow window) {
        return windows.stream().filter(window::overlaps).findFirst();
    }

    /** These and one more; those that touch are one. */
    public TimeWindows with(TimeWindow window) {
        List<TimeWindow> joined = new ArrayList<>();
        for (TimeWindow next : Stream.concat(windows.stream(), Stream.of(window)).sorted(Comparator.comparing(TimeWindow::from)).toList()) {
            TimeWindow last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last == null || next.from().isAfter(last.to())) {
                joined.add(next);
            } else {
                joined.set(joined.size() - 1, new TimeWindow(last.from(), next.to().isAfter(last.to()) ? next.to() : last.to()));
            }
        }
        return new TimeWindows(joined);
    }

    @Override
    public String toString() {
        return windows.stream().map(TimeWindow::toString).collect(Collectors.joining(","));
    }
}
