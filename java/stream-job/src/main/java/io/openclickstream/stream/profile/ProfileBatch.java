package io.openclickstream.stream.profile;

import io.openclickstream.profiles.PlacedEvent;
import io.openclickstream.profiles.ProfileCell;
import io.openclickstream.profiles.ProfileRow;
import io.openclickstream.profiles.RowKeys;
import io.openclickstream.profiles.VisitorState;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Takes the events of a window into the rows of their visitors: some rows at a time, each of which is written before the next are read. */
final class ProfileBatch {
    /** Rows that are read at once, of each its state alone. */
    private static final int ROWS_AT_ONCE = 200;
    /** Written at once; a row that gets all its versions anew can have some hundred kilobytes. */
    private static final long BYTES_AT_ONCE = 4_000_000;

    private final ProfileTable table;
    private final RowKeys keys;
    private final int kept;

    /** With so many events that are kept one by one. */
    ProfileBatch(ProfileTable table, RowKeys keys, int kept) {
        this.table = table;
        this.keys = keys;
        this.kept = kept;
    }

    /**
     * Returns when all rows are written.
     *
     * @param topic the topic that the events' offsets count in
     * @param byVisitor events by {@code visitor_id}
     * @param onPart is told after some rows
     * @return how many rows changed
     */
    long write(String topic, Map<String, List<PlacedEvent>> byVisitor, Runnable onPart) throws IOException {
        List<String> visitors = List.copyOf(byVisitor.keySet());
        long changed = 0;
        for (int from = 0; from < visitors.size(); from += ROWS_AT_ONCE) {
            table.requireOnlyWriter();
            changed += writeRows(topic, visitors.subList(from, Math.min(visitors.size(), from + ROWS_AT_ONCE)), byVisitor);
            onPart.run();
        }
        return changed;
    }

    private int writeRows(String topic, List<String> visitors, Map<String, List<PlacedEvent>> byVisitor) throws IOException {
        List<byte[]> rowKeys = visitors.stream().map(keys::visitor).toList();
        List<byte[]> states = table.values(rowKeys, ProfileRow.STATE_FAMILY, ProfileRow.STATE);
        Map<byte[], List<ProfileCell>> rows = new IdentityHashMap<>();
        int changed = 0;
        long bytes = 0;
        for (int index = 0; index < visitors.size(); index++) {
            String visitor = visitors.get(index);
            VisitorState before = states.get(index) == null ? VisitorState.unknown(visitor) : ProfileRow.state(states.get(index));
            List<ProfileCell> cells = ProfileRow.changes(before, before.with(topic, byVisitor.get(visitor), kept));
            if (!cells.isEmpty()) {
                rows.put(rowKeys.get(index), cells);
                changed++;
                bytes += cells.stream().mapToLong(cell -> cell.value().length).sum();
            }
            if (bytes >= BYTES_AT_ONCE) {
                table.write(rows);
                rows.clear();
                bytes = 0;
            }
        }
        table.write(rows);
        return changed;
    }
}
