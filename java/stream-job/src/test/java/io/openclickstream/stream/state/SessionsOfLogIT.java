package io.openclickstream.stream.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.parse.EventReader;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.rows.ReadEvent;
import io.openclickstream.stream.rows.RowFiller;
import io.openclickstream.stream.rows.RowRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How far sessions that are counted as events come differ from a count over the sorted events; docs/stream-job.md has the figures. */
@DisplayName("The sessions of a real log")
class SessionsOfLogIT {
    private static final long MINUTE = 60_000_000L;
    private static final long TIMEOUT = 30 * MINUTE;
    private static final long WATERMARK = 60 * MINUTE;
    private static final long NOW = 1_800_000_000_000_000L;
    private static final int BATCH = 1000;

    private record Event(int line, String visitor, long time) {
    }

    /** Where an event is: its session's start and its number in it. */
    private record Position(long start, int index) {
    }

    private record Share(int sessions, int otherSessions, int events, int otherIndexes) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d of %d sessions (%.1f %%) differ, %d of %d events (%.1f %%) have another number", otherSessions, sessions,
                100.0 * otherSessions / sessions, otherIndexes, events, 100.0 * otherIndexes / events);
        }
    }

    private static List<Event> log() throws IOException {
        RowFiller filler = new RowFiller(new RowRules(Masking.NONE, List.of(), List.of(), Duration.ofHours(1)), List.of());
        List<Event> events = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(System.getProperty("access.log")), StandardCharsets.ISO_8859_1)) {
            String base64 = Base64.getEncoder().encodeToString(line.getBytes(StandardCharsets.ISO_8859_1));
            byte[] value = ("{\"format\":\"combined\",\"line_base64\":\"" + base64 + "\"}").getBytes(StandardCharsets.UTF_8);
            RawRecord record = new RawRecord(value, Map.of(), 0, events.size(), NOW);
            ReadEvent event = filler.fill(EventReader.read(record), record, NOW);
            // A line that is cut off is a failed event and in no session.
            if (event.row().table() == OutputTable.EVENTS) {
                events.add(new Event(events.size(), event.visitorId(), event.sessionTimeMicros()));
            }
        }
        return events;
    }

    /** As the stream job counts: batch after batch, each visitor's events of a batch in order of time. */
    private static Map<Event, Position> streamed(List<Event> events, int batchSize) {
        Map<Event, Position> positions = new HashMap<>();
        Map<String, byte[]> states = new HashMap<>();
        for (int from = 0; from < events.size(); from += batchSize) {
            Map<String, List<Event>> byVisitor = new HashMap<>();
            events.subList(from, Math.min(from + batchSize, events.size()))
                .forEach(event -> byVisitor.computeIfAbsent(event.visitor(), visitor -> new ArrayList<>()).add(event));
            byVisitor.forEach((visitor, batch) -> {
                batch.sort(Comparator.comparingLong(Event::time).thenComparingInt(Event::line));
                VisitorSessions sessions = VisitorSessions.of(states.get(visitor), TIMEOUT, WATERMARK);
                batch.forEach(event -> {
                    Session session = sessions.add(event.time());
                    positions.put(event, new Position(session.start(), session.events()));
                });
                states.put(visitor, sessions.toBytes(NOW));
            });
        }
        return positions;
    }

    /** The count over the sorted events, without the job's code. */
    private static Map<Event, Position> sorted(List<Event> events) {
        Map<Event, Position> positions = new HashMap<>();
        List<Event> inOrder = new ArrayList<>(events);
        inOrder.sort(Comparator.comparing(Event::visitor).thenComparingLong(Event::time).thenComparingInt(Event::line));
        Event last = null;
        Position position = null;
        for (Event event : inOrder) {
            boolean goesOn = last != null && last.visitor().equals(event.visitor()) && event.time() - last.time() <= TIMEOUT;
            position = goesOn ? new Position(position.start(), position.index() + 1) : new Position(event.time(), 1);
            positions.put(event, position);
            last = event;
        }
        return positions;
    }

    /** A session of the sorted count differs when its events are not just those of one session of the stream, with the same start. */
    private static Share share(Map<Event, Position> sorted, Map<Event, Position> streamed) {
        Map<String, Set<Event>> sessions = sessions(sorted);
        Set<Map.Entry<String, Set<Event>>> same = new HashSet<>(sessions(streamed).entrySet());
        int other = (int) sessions.entrySet().stream().filter(session -> !same.contains(session)).count();
        int indexes = (int) sorted.entrySet().stream().filter(entry -> entry.getValue().index() != streamed.get(entry.getKey()).index()).count();
        return new Share(sessions.size(), other, sorted.size(), indexes);
    }

    private static Map<String, Set<Event>> sessions(Map<Event, Position> positions) {
        Map<String, Set<Event>> sessions = new HashMap<>();
        positions.forEach((event, position) ->
            sessions.computeIfAbsent(event.visitor() + position.start(), key -> new HashSet<>()).add(event));
        return sessions;
    }

    @Test
    @DisplayName("differ from a count over its sorted events as the docs say, as it came and shuffled over its four days")
    void shares() throws IOException {
        List<Event> events = log();
        assertEquals("9 of 3223 sessions (0.3 %) differ, 92 of 9999 events (0.9 %) have another number",
            share(sorted(events), streamed(events, BATCH)).toString());
        Collections.shuffle(events, new Random(1));
        assertEquals("1051 of 3223 sessions (32.6 %) differ, 6635 of 9999 events (66.4 %) have another number",
            share(sorted(events), streamed(events, BATCH)).toString());
    }

    @Test
    @DisplayName("are those of a count over its sorted events when it comes in order, however it falls into batches")
    void inOrder() throws IOException {
        List<Event> events = log();
        events.sort(Comparator.comparingLong(Event::time).thenComparingInt(Event::line));
        for (int batch : new int[] {1, 7, BATCH}) {
            Share share = share(sorted(events), streamed(events, batch));
            assertEquals(0, share.otherSessions() + share.otherIndexes(), batch + " events a batch: " + share);
        }
    }

    @Test
    @DisplayName("of which every event comes in one batch are exact, in whatever order")
    void oneBatch() throws IOException {
        List<Event> events = log();
        Collections.shuffle(events, new Random(1));
        Share share = share(sorted(events), streamed(events, events.size()));
        assertEquals(0, share.otherSessions() + share.otherIndexes(), share.toString());
    }
}
