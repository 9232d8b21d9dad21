package io.openclickstream.batch;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Seconds since a moment. */
final class Stopwatch {
    private final LongSupplier millis;
    private final long start;

    private Stopwatch(LongSupplier millis, long start) {
        this.millis = millis;
        this.start = start;
    }

    /** Counts from the start of the JVM: what a run takes beside Spark's own work belongs to it. */
    static Stopwatch sinceProcessStart() {
        return new Stopwatch(System::currentTimeMillis, ManagementFactory.getRuntimeMXBean().getStartTime());
    }

    static Stopwatch sinceNow() {
        LongSupplier millis = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        return new Stopwatch(millis, millis.getAsLong());
    }

    double seconds() {
        return (millis.getAsLong() - start) / 1000.0;
    }
}
