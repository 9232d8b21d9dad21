package io.openclickstream.stream.state;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The recent sessions of one visitor, and the rule by which an event joins one: the nearest session whose idle time to the
 * event is at most the timeout (a gap of exactly the timeout stays in the session), else a new one. Pure, apart from its own
 * state; the same events in the same order always give the same sessions.
 */
final class VisitorSessions {
    /** Bounds the state of a visitor whose clock jumps about; more sessions than this are never open at once. */
    static final int MAX_SESSIONS = 64;
    private static final int SESSION_BYTES = 3 * Long.BYTES + Integer.BYTES;

    private final long timeout;
    private final long watermark;
    private final List<Session> sessions;
    /** Starts of the sessions that got an event since the state was read. */
    private final Set<Long> touched = new HashSet<>();

    private VisitorSessions(long timeout, long watermark, List<Session> sessions) {
        this.timeout = timeout;
        this.watermark = watermark;
        this.sessions = sessions;
    }

    /** Sessions out of their bytes, or none for null. Both durations are microseconds. */
    static VisitorSessions of(byte[] bytes, long timeout, long watermark) {
        List<Session> sessions = new ArrayList<>();
        if (bytes != null) {
            ByteBuffer input = ByteBuffer.wrap(bytes);
            while (input.remaining() >= SESSION_BYTES) {
                sessions.add(new Session(input.getLong(), input.getLong(), input.getLong(), input.getInt()));
            }
        }
        return new VisitorSessions(timeout, watermark, sessions);
    }

    /** Adds an event; gives the session as it is now, whose number of events is the event's index. */
    Session add(long time) {
        int nearest = nearest(time);
        Session session = nearest < 0 ? Session.openedAt(time) : sessions.get(nearest).with(time);
        if (nearest < 0) {
            sessions.add(session);
        } else {
            sessions.set(nearest, session);
        }
        touched.add(session.start());
        return session;
    }

    /** The sessions that later events may still join, as bytes. Now is the batch's time, the same when it is done again. */
    byte[] toBytes(long now) {
        List<Session> kept = kept(now);
        ByteBuffer output = ByteBuffer.allocate(kept.size() * SESSION_BYTES);
        for (Session session : kept) {
            output.putLong(session.start()).putLong(session.earliest()).putLong(session.latest()).putInt(session.events());
        }
        return output.array();
    }

    private int nearest(long time) {
        int nearest = -1;
        long shortest = timeout;
        for (int index = 0; index < sessions.size(); index++) {
            long distance = sessions.get(index).distance(time);
            // Of two equally near the one that was opened first wins, so that the choice does not depend on chance.
            if (distance < shortest || distance == shortest && nearest < 0) {
                nearest = index;
                shortest = distance;
            }
        }
        return nearest;
    }

    /**
     * Sessions near the newest, and those that are being fed just now: while an old log is replayed beside live events,
     * the visitor's old sessions are far behind the newest and still grow.
     */
    private List<Session> kept(long now) {
        long newest = newest(now);
        List<Session> kept = new ArrayList<>(sessions.stream()
            .filter(session -> isTouched(session) || newest - session.latest() <= timeout + watermark)
            .toList());
        if (kept.size() > MAX_SESSIONS) {
            kept.sort(Comparator.comparing(this::isTouched).reversed()
                .thenComparingLong(session -> Math.abs(newest - session.latest())));
            return kept.subList(0, MAX_SESSIONS);
        }
        return kept;
    }

    /**
     * One event of the year 9999 must not make all others old: what no clock can show yet is not the newest, unless there is
     * nothing else.
     */
    private long newest(long now) {
        return sessions.stream().mapToLong(Session::latest).filter(latest -> latest <= now + watermark).max()
            .orElseGet(() -> sessions.stream().mapToLong(Session::latest).max().orElse(Long.MIN_VALUE));
    }

    private boolean isTouched(Session session) {
        return touched.contains(session.start());
    }
}
