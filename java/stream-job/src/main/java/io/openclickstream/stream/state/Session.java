package io.openclickstream.stream.state;

/**
 * One session of a visitor. Times are microseconds since the epoch.
 *
 * @param start time of the event that opened the session; with the visitor it names the session and never changes
 * @param earliest time of the earliest event; before start when events came out of order
 * @param latest time of the latest event
 * @param events number of events
 */
record Session(long start, long earliest, long latest, int events) {
    static Session openedAt(long time) {
        return new Session(time, time, time, 1);
    }

    Session with(long time) {
        return new Session(start, Math.min(earliest, time), Math.max(latest, time), events + 1);
    }

    /** Idle time between the session and an event at this time; 0 inside the session. */
    long distance(long time) {
        return Math.max(0, Math.max(earliest - time, time - latest));
    }
}
