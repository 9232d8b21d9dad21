package io.openclickstream.stream.serve;

import io.openclickstream.model.ProgressDocument;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** How far visitors' profiles are. Written by their own thread, read by the server's; thread-safe. */
public final class ProfileProgress {
    /**
     * One reading.
     *
     * @param problem what keeps them from going on; null while they do
     * @param lag records that the tables have and the profiles do not; null while unknown
     * @param changed how often a row was changed since the start
     * @param oldestEventAgeSeconds age of the earliest of the events that were taken last, when they could be seen; null before the first
     */
    public record Reading(String problem, Long lag, long changed, Double oldestEventAgeSeconds) {
        ProgressDocument.Profiles document() {
            return new ProgressDocument.Profiles(problem, lag, changed);
        }
    }

    private final Clock clock;
    private Reading reading = new Reading("starting", null, 0, null);

    public ProfileProgress(Clock clock) {
        this.clock = clock;
    }

    /** Nothing goes on; the lag is null while it is unknown. */
    public synchronized void waits(String problem, Long lag) {
        reading = new Reading(problem, lag, reading.changed(), reading.oldestEventAgeSeconds());
    }

    /** All there was is in the profiles. */
    public synchronized void caughtUp() {
        reading = new Reading(null, 0L, reading.changed(), reading.oldestEventAgeSeconds());
    }

    /** Events were taken and can be seen; the earliest of them was received then, in microseconds since the epoch. */
    public synchronized void took(long changed, long lag, long oldestReceivedAtMicros) {
        double age = (clock.millis() - TimeUnit.MICROSECONDS.toMillis(oldestReceivedAtMicros)) / 1000.0;
        reading = new Reading(null, lag, reading.changed() + changed, age);
    }

    public synchronized Reading read() {
        return reading;
    }
}
