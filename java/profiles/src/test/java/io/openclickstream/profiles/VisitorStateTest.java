package io.openclickstream.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A visitor's profile")
class VisitorStateTest {
    private static final int KEPT = 10;

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest(name = "is an independent count over the events, whatever order and batches they come in and how often: {0}")
    @MethodSource("seeds")
    void independentCount(long seed) {
        GeneratedVisits visits = new GeneratedVisits(seed);
        List<EventFacts> events = visits.events(1 + (int) (seed % 130));
        VisitorState state = take(visits.deliveries(visits.records(events)));
        assertEquals(count(events), state.history().lastEntry().getValue());
        long known = state.knownSince() == null ? 0 : state.knownSince();
        for (Map.Entry<Long, VisitorProfile> version : state.history().entrySet()) {
            assertTrue(version.getKey() >= known);
            List<EventFacts> until = events.stream().filter(event -> event.at().time() / 1000 <= version.getKey()).toList();
            assertTrue(version.getKey() == known || count(until).equals(version.getValue()), "as of " + version.getKey());
        }
    }

    @ParameterizedTest(name = "has the same cells in a row of HBase after any deliveries: {0}")
    @MethodSource("seeds")
    void sameCells(long seed) {
        GeneratedVisits visits = new GeneratedVisits(seed);
        List<EventFacts> events = visits.events(1 + (int) (seed % 130));
        Row one = new Row();
        Row other = new Row();
        visits.deliveries(visits.records(events)).forEach(one::take);
        List<PlacedEvent> records = visits.records(events);
        visits.deliveries(records).forEach(other::take);
        assertEquals(one.visible(), other.visible());
        Map<String, String> before = other.all();
        other.take(records);
        assertEquals(before, other.all(), "a second replay changes no cell");
        assertEquals(other.state, ProfileRow.state(other.stateValue));
    }

    @Test
    @DisplayName("says as of when it is known once older events are summed up")
    void knownSince() {
        List<EventFacts> events = new GeneratedVisits(1).events(KEPT + 1).stream().sorted(Comparator.comparing(EventFacts::at)).toList();
        VisitorState few = take(List.of(new GeneratedVisits(2).records(events.subList(0, KEPT))));
        assertNull(few.knownSince());
        VisitorState more = take(List.of(new GeneratedVisits(2).records(events)));
        assertEquals(events.get(0).at().time() / 1000, more.knownSince());
    }

    @Test
    @DisplayName("takes records of a topic that was made anew, whose offsets begin again")
    void anotherTopic() {
        EventFacts first = new GeneratedVisits(1).events(1).get(0);
        EventFacts second = new EventFacts(new Moment(first.at().time() + 1_000_000, "ffff"), "click", true, null, null, null, null);
        VisitorState one = VisitorState.unknown("v").with("topic-1", List.of(new PlacedEvent(0, 100, first)), KEPT);
        VisitorState two = one.with("topic-2", List.of(new PlacedEvent(0, 7, second)), KEPT);
        assertEquals(count(List.of(first, second)), two.history().lastEntry().getValue());
        assertSame(two, two.with("topic-2", List.of(new PlacedEvent(0, 7, second)), KEPT));
    }

    @Test
    @DisplayName("cuts texts that would make a row large, and no character in two")
    void longTexts() {
        EventFacts event = new EventFacts(new Moment(1, "e"), "t", false, "a".repeat(499) + "\ud83d\ude00", "b".repeat(1000), null, null);
        assertEquals("a".repeat(499), event.page());
        assertEquals(200, event.title().length());
    }

    private static VisitorState take(List<List<PlacedEvent>> deliveries) {
        VisitorState state = VisitorState.unknown("v");
        for (List<PlacedEvent> delivery : deliveries) {
            state = state.with("topic", delivery, KEPT);
        }
        return state;
    }

    /** Counts over the sorted events, without any of the code under test but the records that hold the result. */
    private static VisitorProfile count(Collection<EventFacts> events) {
        List<EventFacts> sorted = events.stream().sorted(Comparator.comparing(EventFacts::at)).toList();
        TreeMap<String, Long> byType = sorted.stream().collect(Collectors.groupingBy(EventFacts::type, TreeMap::new, Collectors.counting()));
        long other = 0;
        while (byType.size() > 64) {
            other += byType.pollLastEntry().getValue();
        }
        List<EventFacts> newestFirst = sorted.stream().sorted(Comparator.comparing(EventFacts::at).reversed()).toList();
        return new VisitorProfile(
            sorted.get(0).at().time(),
            newestFirst.get(0).at().time(),
            sorted.stream().filter(EventFacts::opensSession).count(),
            new EventCounts(byType, other),
            newestFirst.stream().filter(event -> event.page() != null).limit(20)
                .map(event -> new PageView(event.at(), event.page(), event.title())).toList(),
            touch(sorted.stream()),
            touch(newestFirst.stream()),
            newestFirst.stream().filter(event -> event.userId() != null).findFirst()
                .map(event -> new KnownUser(event.at(), event.userId())).orElse(null));
    }

    private static Touch touch(Stream<EventFacts> events) {
        return events.filter(event -> event.campaign() != null).findFirst().map(event -> new Touch(event.at(), event.campaign())).orElse(null);
    }

    /** A row as HBase keeps it: of each column and time the value that was written last. */
    private static final class Row {
        private VisitorState state = VisitorState.unknown("v");
        private final Map<Long, String> versions = new TreeMap<>();
        private final Map<String, String> others = new HashMap<>();
        private byte[] stateValue;

        void take(List<PlacedEvent> delivery) {
            VisitorState next = state.with("topic", delivery, KEPT);
            for (ProfileCell cell : ProfileRow.changes(state, next)) {
                if (cell.qualifier().equals(ProfileRow.PROFILE)) {
                    versions.put(cell.timestamp(), new String(cell.value()));
                } else {
                    others.put(cell.qualifier() + "@" + cell.timestamp(), new String(cell.value()));
                    stateValue = cell.value();
                }
            }
            state = next;
        }

        /** What a reader gets: the versions since the profile is known. */
        Map<Long, String> visible() {
            long since = state.knownSince() == null ? 0 : state.knownSince();
            return versions.entrySet().stream().filter(version -> version.getKey() >= since)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }

        Map<String, String> all() {
            Map<String, String> all = new HashMap<>(others);
            versions.forEach((time, value) -> all.put("profile@" + time, value));
            return all;
        }
    }
}
