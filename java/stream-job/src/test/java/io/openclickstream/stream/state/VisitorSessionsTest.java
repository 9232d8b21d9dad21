package io.openclickstream.stream.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A visitor's sessions")
class VisitorSessionsTest {
    private static final long MINUTE = 60_000_000L;
    private static final long TIMEOUT = 30 * MINUTE;
    private static final long WATERMARK = 60 * MINUTE;
    private static final long NOW = 1_000_000 * MINUTE;

    private static VisitorSessions none() {
        return VisitorSessions.of(null, TIMEOUT, WATERMARK);
    }

    /** As the next batch sees them. */
    private static VisitorSessions reread(VisitorSessions sessions) {
        return VisitorSessions.of(sessions.toBytes(NOW), TIMEOUT, WATERMARK);
    }

    @Test
    @DisplayName("go on over a gap of exactly the timeout, and end with one that is longer")
    void timeout() {
        VisitorSessions sessions = none();
        assertEquals(new Session(0, 0, 0, 1), sessions.add(0));
        assertEquals(new Session(0, 0, TIMEOUT, 2), sessions.add(TIMEOUT));
        assertEquals(new Session(2 * TIMEOUT + 1, 2 * TIMEOUT + 1, 2 * TIMEOUT + 1, 1), sessions.add(2 * TIMEOUT + 1));
    }

    @Test
    @DisplayName("take events that come out of order, even before their start, and keep their name")
    void outOfOrder() {
        VisitorSessions sessions = none();
        sessions.add(100 * MINUTE);
        sessions = reread(sessions);
        Session session = sessions.add(80 * MINUTE);
        assertEquals(100 * MINUTE, session.start());
        assertEquals(2, session.events());
        assertEquals(100 * MINUTE, reread(sessions).add(55 * MINUTE).start());
    }

    @Test
    @DisplayName("keep an older session within the watermark for events that belong to it")
    void olderSession() {
        VisitorSessions sessions = none();
        sessions.add(0);
        sessions.add(85 * MINUTE);
        VisitorSessions later = reread(reread(sessions));
        assertEquals(0, later.add(20 * MINUTE).start());
        assertEquals(85 * MINUTE, later.add(60 * MINUTE).start());
    }

    @Test
    @DisplayName("forget a session behind the watermark, unless it still gets events")
    void forgets() {
        VisitorSessions sessions = none();
        sessions.add(0);
        sessions = reread(sessions);
        sessions.add(500 * MINUTE);
        sessions.add(10 * MINUTE);
        sessions = reread(sessions);
        assertEquals(0, sessions.add(20 * MINUTE).start());
        VisitorSessions untouched = reread(reread(sessions));
        untouched.add(510 * MINUTE);
        assertEquals(25 * MINUTE, reread(untouched).add(25 * MINUTE).start());
    }

    @Test
    @DisplayName("outlive events whose clock is years ahead, be it one or a flood")
    void farFuture() {
        for (int futures : new int[] {1, 1000}) {
            VisitorSessions sessions = none();
            sessions.add(NOW);
            for (int event = 1; event <= futures; event++) {
                sessions = reread(sessions);
                sessions.add(NOW + event * 1_000_000 * MINUTE);
            }
            sessions = reread(sessions);
            assertEquals(NOW, sessions.add(NOW + 20 * MINUTE).start(), futures + " events of the future");
            sessions.add(NOW + 60 * MINUTE);
            sessions = reread(reread(sessions));
            assertEquals(NOW, sessions.add(NOW + 21 * MINUTE).start(), futures + " events of the future");
        }
    }

    @Test
    @DisplayName("of a client whose clock is always ahead are counted like any others")
    void clockAhead() {
        VisitorSessions sessions = none();
        sessions.add(NOW);
        for (int session = 1; session <= 200; session++) {
            long start = 2 * NOW + session * 3 * TIMEOUT;
            sessions = reread(sessions);
            assertEquals(1, sessions.add(start).events());
            sessions = reread(sessions);
            assertEquals(start, sessions.add(start + TIMEOUT).start());
        }
    }

    @Test
    @DisplayName("take a bridging event into the nearer one and are never joined")
    void bridge() {
        VisitorSessions sessions = none();
        sessions.add(0);
        sessions.add(50 * MINUTE);
        assertEquals(0, sessions.add(20 * MINUTE).start());
        assertEquals(50 * MINUTE, sessions.add(36 * MINUTE).start());
        assertEquals(0, none().add(0).start());
    }

    @Test
    @DisplayName("stay bounded whatever the visitor's clock does")
    void bounded() {
        VisitorSessions sessions = none();
        Random random = new Random(5);
        for (int event = 0; event < 10_000; event++) {
            sessions.add(Math.floorMod(random.nextLong(), 1_000_000 * MINUTE));
        }
        assertTrue(sessions.toBytes(NOW).length <= VisitorSessions.MAX_SESSIONS * 28, "bytes: " + sessions.toBytes(NOW).length);
    }

    @Test
    @DisplayName("of events in order are the same however the events fall into batches, and equal to a plain count")
    void batches() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            List<Long> times = new ArrayList<>();
            long time = 0;
            for (int event = 0; event < 50; event++) {
                time += random.nextInt(3) == 0 ? random.nextLong(2 * TIMEOUT) : random.nextLong(5 * MINUTE);
                times.add(time);
            }
            VisitorSessions sessions = none();
            List<Long> starts = new ArrayList<>();
            for (long at : times) {
                sessions = random.nextInt(4) == 0 ? reread(sessions) : sessions;
                starts.add(sessions.add(at).start());
            }
            assertEquals(plainCount(times), starts);
        }
        assertNotEquals(plainCount(List.of(0L, TIMEOUT)), plainCount(List.of(0L, TIMEOUT + 1)));
    }

    private static List<Long> plainCount(List<Long> times) {
        List<Long> starts = new ArrayList<>();
        for (int event = 0; event < times.size(); event++) {
            boolean opens = event == 0 || times.get(event) - times.get(event - 1) > TIMEOUT;
            starts.add(opens ? times.get(event) : starts.get(event - 1));
        }
        return starts;
    }
}
