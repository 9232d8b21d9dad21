package io.openclickstream.lake;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.Table;

/**
 * The windows of time whose rows were appended to a table, as its property {@link #PROPERTY} says. Unlike the summaries of snapshots it
 * outlives their expiry, and it knows a window again that comes under another run's name, as a backfill's does.
 */
public final class AppendedWindows {
    /** Windows as {@code from/to} with commas between them; those that touch are one. */
    public static final String PROPERTY = "openclickstream.appended-windows";

    private final List<TimeWindow> windows;

    private AppendedWindows(List<TimeWindow> windows) {
        this.windows = windows;
    }

    /** Of a table as it was last loaded. */
    public static AppendedWindows of(Table table) {
        String text = table.properties().getOrDefault(PROPERTY, "");
        try {
            return new AppendedWindows(Stream.of(text.split(",")).filter(part -> !part.isEmpty()).map(AppendedWindows::parse).toList());
        } catch (DateTimeException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalStateException("property \"" + PROPERTY + "\" of table " + table.name() + " cannot be read: \"" + text + "\"");
        }
    }

    private static TimeWindow parse(String text) {
        String[] ends = text.split("/");
        return new TimeWindow(Instant.parse(ends[0]), Instant.parse(ends[1]));
    }

    /** Whether nothing was appended by windows. */
    public boolean isEmpty() {
        return windows.isEmpty();
    }

    /** One that has rows of this window already. */
    public Optional<TimeWindow> overlapping(TimeWindow window) {
        return windows.stream().filter(window::overlaps).findFirst();
    }

    /** These and one more. */
    public AppendedWindows with(TimeWindow window) {
        List<TimeWindow> joined = new ArrayList<>();
        for (TimeWindow next : Stream.concat(windows.stream(), Stream.of(window)).sorted(Comparator.comparing(TimeWindow::from)).toList()) {
            TimeWindow last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last == null || next.from().isAfter(last.to())) {
                joined.add(next);
            } else {
                joined.set(joined.size() - 1, new TimeWindow(last.from(), next.to().isAfter(last.to()) ? next.to() : last.to()));
            }
        }
        return new AppendedWindows(joined);
    }

    @Override
    public String toString() {
        return windows.stream().map(TimeWindow::toString).collect(Collectors.joining(","));
    }
}
