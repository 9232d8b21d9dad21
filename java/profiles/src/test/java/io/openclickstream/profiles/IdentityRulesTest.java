package io.openclickstream.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Identities")
class IdentityRulesTest {
    private static final IdentityRules RULES = new IdentityRules(3, 2, Set.of("null", "guest"));

    private record Identify(String visitor, String user, long time) {
    }

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    private static List<Identify> events(Random random) {
        List<Identify> events = new ArrayList<>();
        int count = 1 + random.nextInt(40);
        for (int number = 0; number < count; number++) {
            // Few users and many visitors, or the other way round.
            events.add(new Identify("v" + random.nextInt(9), "u" + random.nextInt(1 + random.nextInt(12)), random.nextInt(20)));
        }
        return events;
    }

    @ParameterizedTest(name = "depend on the set of events alone, whatever order they come in and how often: {0}")
    @MethodSource("seeds")
    void order(long seed) {
        Random random = new Random(seed);
        List<Identify> events = events(random);
        List<Identify> others = new ArrayList<>(events);
        events.stream().filter(event -> random.nextBoolean()).forEach(others::add);
        Collections.shuffle(others, random);
        Links one = new Links();
        Links other = new Links();
        events.forEach(one::take);
        others.forEach(other::take);
        assertEquals(one.visitors, other.visitors);
        assertEquals(one.users, other.users);
        assertEquals(merged(events), one.merged());
    }

    /** By the words of the documentation, over all events at once. */
    private static Map<String, String> merged(List<Identify> events) {
        Map<String, Set<String>> users = new HashMap<>();
        Map<String, Set<String>> visitors = new HashMap<>();
        for (Identify event : events) {
            users.computeIfAbsent(event.visitor(), visitor -> new TreeSet<>()).add(event.user());
            visitors.computeIfAbsent(event.user(), user -> new TreeSet<>()).add(event.visitor());
        }
        Map<String, String> merged = new TreeMap<>();
        users.forEach((visitor, all) -> {
            List<Identify> own = events.stream().filter(event -> event.visitor().equals(visitor)).toList();
            long last = own.stream().mapToLong(Identify::time).max().orElseThrow();
            String user = own.stream().filter(event -> event.time() == last).map(Identify::user).max(String::compareTo).orElseThrow();
            if (all.size() <= 2 && visitors.get(user).size() <= 3) {
                merged.put(visitor, user);
            }
        });
        return merged;
    }

    private static final class Links {
        private final Map<String, IdentityLinks> visitors = new TreeMap<>();
        private final Map<String, IdentityLinks> users = new TreeMap<>();

        void take(Identify event) {
            visitors.merge(
                event.visitor(),
                RULES.ofVisitor(IdentityLinks.none(event.visitor()), event.user(), event.time()),
                (known, one) -> RULES.ofVisitor(known, event.user(), event.time()));
            users.merge(
                event.user(),
                RULES.ofUser(IdentityLinks.none(event.user()), event.visitor(), event.time()),
                (known, one) -> RULES.ofUser(known, event.visitor(), event.time()));
        }

        Map<String, String> merged() {
            return visitors.values().stream().filter(visitor -> RULES.mergedInto(visitor, users::get) != null)
                .collect(Collectors.toMap(IdentityLinks::id, visitor -> RULES.mergedInto(visitor, users::get), (one, other) -> one, TreeMap::new));
        }
    }

    @Test
    @DisplayName("end when a device turns out to be shared")
    void shared() {
        IdentityLinks visitor = RULES.ofVisitor(IdentityLinks.none("tablet"), "anna", 1);
        assertEquals("anna", RULES.mergedInto(visitor, IdentityLinks::none));
        visitor = RULES.ofVisitor(visitor, "bert", 2);
        assertEquals("bert", RULES.mergedInto(visitor, IdentityLinks::none));
        visitor = RULES.ofVisitor(visitor, "carl", 0);
        assertTrue(visitor.isOver(RULES.maxUsersPerVisitor()));
        assertNull(RULES.mergedInto(visitor, IdentityLinks::none));
    }

    @Test
    @DisplayName("are not made by users who are nobody, however they are written")
    void blocked() {
        assertTrue(RULES.isBlocked(" Guest"));
        assertTrue(RULES.isBlocked("NULL"));
        assertFalse(RULES.isBlocked("guest-17"));
    }
}
