package io.openclickstream.stream.engines;

import io.openclickstream.profiles.ProfileRow;
import io.openclickstream.profiles.RowKeys;
import io.openclickstream.profiles.VisitorProfile;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.iceberg.data.Record;

/** What a table of profiles holds, and what it should hold by a count over the lake that shares nothing with the job. */
final class ProfileScan {
    private static final byte[] FAMILY = Bytes.toBytes(ProfileRow.PROFILE_FAMILY);
    private static final byte[] PROFILE = Bytes.toBytes(ProfileRow.PROFILE);

    /** What a count can say of a visitor without knowing how profiles are made. Times in microseconds. */
    record Figures(long firstSeen, long lastSeen, long sessions, Map<String, Long> events, List<String> pages) {
    }

    private ProfileScan() {
    }

    /** By visitor. */
    static Map<String, Figures> expected(List<Record> events) {
        Map<String, Figures> expected = new TreeMap<>();
        events.stream().collect(Collectors.groupingBy(row -> (String) row.getField("visitor_id"))).forEach((visitor, rows) -> expected.put(
            visitor,
            new Figures(
                rows.stream().mapToLong(ProfileScan::time).min().orElseThrow(),
                rows.stream().mapToLong(ProfileScan::time).max().orElseThrow(),
                rows.stream().map(row -> row.getField("session_id")).distinct().count(),
                new TreeMap<>(rows.stream().collect(Collectors.groupingBy(row -> (String) row.getField("event_type"), Collectors.counting()))),
                pages(rows))));
        return expected;
    }

    /** The pages' addresses sorted, as events of one second in a log have no order of their own. */
    private static List<String> pages(List<Record> rows) {
        List<Record> views = rows.stream().filter(row -> row.getField("event_type").equals("page_view"))
            .sorted(Comparator.comparingLong(ProfileScan::time).reversed()).toList();
        return views.size() > VisitorProfile.MOST_PAGES ? List.of() : views.stream().map(row -> (String) row.getField("page_url")).map(url -> url.substring(0, Math.min(url.length(), 500))).sorted().toList();
    }

    private static long time(Record row) {
        OffsetDateTime time = (OffsetDateTime) row.getField("event_time");
        return time.toEpochSecond() * 1_000_000 + time.getNano() / 1000;
    }

    /** By visitor, for these visitors; fails when the table has rows of others. */
    static Map<String, Figures> found(Connection connection, String table, String pipeline, Set<String> visitors) throws IOException {
        RowKeys keys = new RowKeys(pipeline);
        Map<String, Figures> found = new TreeMap<>();
        Set<String> known = new HashSet<>(Set.of(Bytes.toStringBinary(RowKeys.cursor())));
        try (Table opened = connection.getTable(TableName.valueOf(table))) {
            for (String visitor : visitors) {
                byte[] key = keys.visitor(visitor);
                known.add(Bytes.toStringBinary(key));
                byte[] value = opened.get(new Get(key).addColumn(FAMILY, PROFILE)).getValue(FAMILY, PROFILE);
                if (value != null) {
                    found.put(visitor, figures(ProfileRow.profile(value)));
                }
            }
        }
        Set<String> others = cells(connection, table, cell -> Bytes.toStringBinary(cell.getRowArray(), cell.getRowOffset(), cell.getRowLength()));
        others.removeAll(known);
        if (!others.isEmpty()) {
            throw new AssertionError("rows of nobody: " + others);
        }
        return found;
    }

    private static Figures figures(VisitorProfile profile) {
        List<String> pages = profile.pages().size() >= VisitorProfile.MOST_PAGES && profile.events().byType().get("page_view") > VisitorProfile.MOST_PAGES
            ? List.of() : profile.pages().stream().map(page -> page.url()).sorted().toList();
        return new Figures(profile.firstSeen(), profile.lastSeen(), profile.sessions(), new TreeMap<>(profile.events().byType()), pages);
    }

    /** All cells of visitors in all their versions, with times and values. */
    static Set<String> cells(Connection connection, String table) throws IOException {
        Set<String> cells = cells(connection, table, cell -> cell + "=" + Bytes.toStringBinary(
            cell.getValueArray(), cell.getValueOffset(), cell.getValueLength()));
        cells.removeIf(cell -> cell.startsWith(Bytes.toString(RowKeys.cursor())));
        return cells;
    }

    private static Set<String> cells(Connection connection, String table, Function<Cell, String> text) throws IOException {
        Set<String> cells = new HashSet<>();
        try (Table opened = connection.getTable(TableName.valueOf(table)); ResultScanner rows = opened.getScanner(new Scan().readAllVersions())) {
            for (Result row : rows) {
                for (Cell cell : row.rawCells()) {
                    cells.add(text.apply(cell));
                }
            }
        }
        return cells;
    }
}
