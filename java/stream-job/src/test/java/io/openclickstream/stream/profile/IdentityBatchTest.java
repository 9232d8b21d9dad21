package io.openclickstream.stream.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.openclickstream.profiles.EventFacts;
import io.openclickstream.profiles.IdentityRules;
import io.openclickstream.profiles.Moment;
import io.openclickstream.profiles.PlacedEvent;
import io.openclickstream.profiles.ProfileCell;
import io.openclickstream.profiles.ProfileRow;
import io.openclickstream.profiles.RowKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Whom visitors are merged into")
class IdentityBatchTest {
    private static final IdentityRules RULES = new IdentityRules(3, 2, Set.of());
    private static final RowKeys KEYS = new RowKeys("shop/web");

    private record Identify(String visitor, String user, long time) {
    }

    /** Keeps cells in memory as HBase does with one version; after so many writes it fails. */
    private static final class Cells implements ProfileCells {
        private final Map<String, ProfileCell> kept = new HashMap<>();
        private int writes = Integer.MAX_VALUE;

        @Override
        public List<byte[]> values(List<byte[]> keys, String family, String qualifier) {
            List<byte[]> values = new ArrayList<>();
            keys.forEach(key -> {
                ProfileCell cell = kept.get(HexFormat.of().formatHex(key) + family + qualifier);
                values.add(cell == null ? null : cell.value());
            });
            return values;
        }

        @Override
        public void write(Map<byte[], List<ProfileCell>> rows) throws IOException {
            if (writes == 0) {
                throw new IOException("cut off");
            }
            writes--;
            rows.forEach((key, cells) -> cells.forEach(cell -> kept.merge(
                HexFormat.of().formatHex(key) + cell.family() + cell.qualifier(), cell,
                (before, after) -> after.timestamp() < before.timestamp() ? before : after)));
        }

        void take(List<Identify> window) throws IOException {
            Map<String, List<PlacedEvent>> byVisitor = new TreeMap<>();
            for (Identify event : window) {
                EventFacts facts = new EventFacts(new Moment(event.time(), "e"), "identify", false, null, null, null, event.user());
                byVisitor.computeIfAbsent(event.visitor(), visitor -> new ArrayList<>()).add(new PlacedEvent(0, 0, facts));
            }
            new IdentityBatch(this, KEYS, RULES).write(byVisitor);
        }

        Map<String, String> answers(List<Identify> events) {
            Map<String, String> answers = new TreeMap<>();
            for (Identify event : events) {
                byte[] value = values(List.of(KEYS.visitor(event.visitor())), ProfileRow.IDENTITY_FAMILY, ProfileRow.MERGED_INTO).get(0);
                answers.put(event.visitor(), value == null ? null : new String(value, StandardCharsets.UTF_8));
            }
            return answers;
        }
    }

    private static Identify at(String visitor, long time) {
        return new Identify(visitor, "u", time * 1000);
    }

    @Test
    @DisplayName("is taken back for one whom two others push out of the user's links in one window")
    void pushedOut() throws IOException {
        Cells cells = new Cells();
        List<Identify> first = List.of(at("v1", 1), at("v2", 2), at("v3", 3));
        cells.take(first);
        assertEquals(Map.of("v1", "u", "v2", "u", "v3", "u"), cells.answers(first));
        cells.take(List.of(at("v0", 4), at("a1", 5)));
        assertEquals(Map.of("v1", "", "v2", "", "v3", ""), cells.answers(first));
    }

    static IntStream seeds() {
        return IntStream.range(0, 500);
    }

    @ParameterizedTest(name = "depends neither on windows nor on where one was cut off: {0}")
    @MethodSource("seeds")
    void windows(int seed) throws IOException {
        Random random = new Random(seed);
        List<Identify> events = new ArrayList<>();
        for (int number = 0; number < 30; number++) {
            events.add(new Identify("v" + random.nextInt(12), "u" + random.nextInt(4), random.nextInt(20) * 1000L));
        }
        Cells whole = new Cells();
        whole.take(events);
        Cells parts = new Cells();
        for (int from = 0, to; from < events.size(); from = to) {
            to = Math.min(events.size(), from + 1 + random.nextInt(8));
            List<Identify> window = events.subList(from, to);
            parts.writes = random.nextInt(4);
            try {
                parts.take(window);
            } catch (IOException e) {
                assertEquals("cut off", e.getMessage());
                parts.writes = Integer.MAX_VALUE;
                parts.take(window);
            }
        }
        assertEquals(whole.answers(events), parts.answers(events));
    }
}
