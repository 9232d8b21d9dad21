package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.TableMarks;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The windows that a table tells of")
class TimeWindowsTest {
    @TempDir
    private Path warehouse;

    private Table table;

    @BeforeEach
    void create() {
        table = new HadoopCatalog(new Configuration(), warehouse.toString()).createTable(TableIdentifier.of("db", "t"),
            new Schema(Types.NestedField.required(1, "id", Types.LongType.get())), PartitionSpec.unpartitioned());
    }

    private static TimeWindow days(int from, int to) {
        return new TimeWindow(Instant.parse("2026-03-0" + from + "T00:00:00Z"), Instant.parse("2026-03-0" + to + "T00:00:00Z"));
    }

    @Test
    @DisplayName("are none at first, and those that touch are one")
    void joins() {
        TimeWindows windows = TimeWindows.of(table, TableMarks.APPENDED_WINDOWS);
        assertTrue(windows.overlapping(days(1, 9)).isEmpty());
        windows = windows.with(days(1, 2)).with(days(4, 5)).with(days(2, 3));
        assertEquals("2026-03-01T00:00:00Z/2026-03-03T00:00:00Z,2026-03-04T00:00:00Z/2026-03-05T00:00:00Z", windows.toString());
        assertEquals("2026-03-01T00:00:00Z/2026-03-05T00:00:00Z", windows.with(days(3, 4)).toString());
    }

    @Test
    @DisplayName("are read from the table, and tell which of them a window overlaps")
    void overlaps() {
        table.updateProperties().set(TableMarks.APPENDED_WINDOWS, TimeWindows.of(table, TableMarks.APPENDED_WINDOWS).with(days(2, 4)).toString()).commit();
        TimeWindows windows = TimeWindows.of(table, TableMarks.APPENDED_WINDOWS);
        assertTrue(windows.overlapping(days(1, 2)).isEmpty());
        assertTrue(windows.overlapping(days(4, 5)).isEmpty());
        assertEquals(days(2, 4), windows.overlapping(days(3, 5)).orElseThrow());
        assertEquals(days(2, 4), windows.overlapping(days(1, 9)).orElseThrow());
    }

    @Test
    @DisplayName("are unknown when the property was changed by hand, not none")
    void unreadable() {
        table.updateProperties().set(TableMarks.APPENDED_WINDOWS, "yesterday").commit();
        assertThrows(IllegalStateException.class, () -> TimeWindows.of(table, TableMarks.APPENDED_WINDOWS));
    }
}
