package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.offsets.OffsetRanges;
import io.openclickstream.testing.TestLake;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An erasure")
class ErasureTest {
    private static final OutputTable OUTPUT = OutputTable.FAILED_EVENTS;
    private static final long DAY = 86_400_000_000L;
    /** 4 October 2024. */
    private static final long FIRST_DAY = 20_000;
    private static final Expression SECOND_DAY = Expressions.and(
        Expressions.greaterThanOrEqual("received_at", "2024-10-05T00:00:00+00:00"),
        Expressions.lessThan("received_at", "2024-10-06T00:00:00+00:00"));

    @TempDir
    private Path warehouse;

    private TestLake lake;

    @BeforeEach
    void create() throws IOException {
        lake = new TestLake(new HadoopCatalog(new Configuration(), warehouse.toString()), "db", "web");
        lake.create();
        commit(1, 0, 1, 2, 3, 10, 11, 12, 13);
    }

    /** Adds failed events of these offsets; the tens are the days that they were received on. */
    private void commit(long epoch, long... offsets) throws IOException {
        DataFileWriter writer = new DataFileWriter(OUTPUT, lake.table(OUTPUT), new OutputWriter.Attempt(0, 0, "test-" + epoch),
            PropertyColumns.NONE);
        for (long offset : offsets) {
            writer.write(new OutputRow(OUTPUT)
                .set(FailedEventColumns.EVENT_ID, "e" + offset)
                .set(FailedEventColumns.REASON, "invalid_json")
                .set(FailedEventColumns.MESSAGE, "m")
                .set(FailedEventColumns.PAYLOAD, "p".getBytes(StandardCharsets.UTF_8))
                .set(FailedEventColumns.RECEIVED_AT, (FIRST_DAY + offset / 10) * DAY)
                .set(FailedEventColumns.PROCESSED_AT, 0L)
                .set(FailedEventColumns.KAFKA_PARTITION, 0)
                .set(FailedEventColumns.KAFKA_OFFSET, offset));
        }
        new LakeTable(OUTPUT, lake.table(OUTPUT)).commit(new MicroBatch("query", epoch, "topic"),
            new BatchFiles(writer.complete(), List.of()), new OffsetRanges(), new Advance(NextOffsets.NONE, NextOffsets.NONE));
    }

    private List<Long> offsets() {
        return lake.rows(OUTPUT).stream().map(row -> ((Number) row.getField("kafka_offset")).longValue()).sorted().toList();
    }

    private String mark() {
        return lake.table(OUTPUT).properties().get(Erasure.ERASED);
    }

    @Test
    @DisplayName("writes into the property that the vectors name")
    void property() throws IOException {
        JsonNode vectors = new ObjectMapper().readTree(Path.of("../../contracts/vectors/erased-offsets.json").toFile());
        assertEquals(vectors.required("property").textValue(), Erasure.ERASED);
    }

    private static Expression events(String... ids) {
        return Expressions.in("event_id", (Object[]) ids);
    }

    @Test
    @DisplayName("of single rows takes them out and says which they were")
    void rows() throws IOException {
        assertEquals(3, Erasure.of(lake.table(OUTPUT)).rows(events("e1", "e2", "e12")));
        assertEquals(List.of(0L, 3L, 10L, 11L, 13L), offsets());
        assertEquals("0:1-2,0:12", mark());
        commit(2, 20);
        assertEquals(1, Erasure.of(lake.table(OUTPUT)).rows(events("e3", "e1")));
        assertEquals(List.of(0L, 10L, 11L, 13L, 20L), offsets());
        assertEquals("0:1-3,0:12", mark());
        assertEquals(4, new LakeTable(OUTPUT, lake.table(OUTPUT)).erased().records());
    }

    @Test
    @DisplayName("says so in the very commit that deletes, and leaves no commit where nothing matches")
    void oneCommit() throws IOException {
        Table table = lake.table(OUTPUT);
        long before = table.currentSnapshot().snapshotId();
        assertEquals(1, Erasure.of(table).rows(events("e1")));
        table = lake.table(OUTPUT);
        assertEquals(before, table.currentSnapshot().parentId());
        assertEquals(0, Erasure.of(table).rows(events("nobody")));
        assertEquals(table.currentSnapshot().snapshotId(), lake.table(OUTPUT).currentSnapshot().snapshotId());
    }

    @Test
    @DisplayName("of whole files takes them out, and refuses where they hold other rows too")
    void files() throws IOException {
        assertEquals(4, Erasure.of(lake.table(OUTPUT)).files(SECOND_DAY));
        assertEquals(List.of(0L, 1L, 2L, 3L), offsets());
        assertEquals("0:10-13", mark());
        Erasure erasure = Erasure.of(lake.table(OUTPUT));
        assertThrows(IllegalArgumentException.class, () -> erasure.files(events("e1")));
        assertEquals(4, offsets().size());
    }

    @Test
    @DisplayName("takes no row that comes meanwhile, and stands beside the job's commits")
    void besideTheJob() throws IOException {
        Erasure erasure = Erasure.of(lake.table(OUTPUT));
        commit(2, 14);
        assertEquals(4, erasure.files(SECOND_DAY));
        assertEquals(List.of(0L, 1L, 2L, 3L, 14L), offsets());
        assertEquals("0:10-13", mark());
        commit(3, 15);
        assertEquals("0:10-13", mark());
    }

    @Test
    @DisplayName("fails beside another one, whose mark it would write over")
    void besideAnother() throws IOException {
        Erasure erasure = Erasure.of(lake.table(OUTPUT));
        Erasure.of(lake.table(OUTPUT)).rows(events("e1"));
        assertThrows(CommitFailedException.class, () -> erasure.rows(events("e2")));
        assertEquals("0:1", mark());
        assertEquals(7, offsets().size());
    }

    @Test
    @DisplayName("is not what somebody deletes in another way")
    void otherDeletions() {
        lake.table(OUTPUT).newDelete().deleteFromRowFilter(SECOND_DAY).commit();
        assertEquals(4, offsets().size());
        assertNull(mark());
    }
}
