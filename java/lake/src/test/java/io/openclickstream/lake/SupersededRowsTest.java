package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.offsets.OffsetRanges;
import io.openclickstream.testing.TestLake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The table of failed events")
class SupersededRowsTest {
    private static final OutputTable OUTPUT = OutputTable.FAILED_EVENTS;
    private static final long DAY = 86_400_000_000L;
    private static final NextOffsets START = NextOffsets.parse("{\"0\":1}");

    @TempDir
    private Path warehouse;

    private TestLake lake;

    @BeforeEach
    void create() throws IOException {
        lake = new TestLake(new HadoopCatalog(new Configuration(), warehouse.toString()), "db", "web");
        lake.create();
        commit(1, List.of(), 0, 1, 2, 3);
    }

    private LakeTable open() {
        return new LakeTable(OUTPUT, lake.table(OUTPUT));
    }

    /** Adds failed events of these offsets, received on days of the same number. */
    private void commit(long epoch, List<Supersession> supersessions, long... offsets) throws IOException {
        BatchFiles written = new BatchFiles(files(epoch, offsets), supersessions);
        open().commit(new MicroBatch("query", epoch, "topic"), written, new OffsetRanges(), new Advance(START, NextOffsets.parse("{\"0\":9}")));
    }

    private List<DataFile> files(long epoch, long... offsets) throws IOException {
        DataFileWriter writer = new DataFileWriter(OUTPUT, lake.table(OUTPUT), new OutputWriter.Attempt(0, 0, "test-" + epoch),
            PropertyColumns.NONE);
        for (long offset : offsets) {
            writer.write(new OutputRow(OUTPUT)
                .set(FailedEventColumns.EVENT_ID, "e" + offset)
                .set(FailedEventColumns.REASON, "invalid_json")
                .set(FailedEventColumns.MESSAGE, "m")
                .set(FailedEventColumns.PAYLOAD, ("p" + offset).getBytes(StandardCharsets.UTF_8))
                .set(FailedEventColumns.RECEIVED_AT, offset * DAY)
                .set(FailedEventColumns.PROCESSED_AT, 0L)
                .set(FailedEventColumns.KAFKA_PARTITION, 0)
                .set(FailedEventColumns.KAFKA_OFFSET, offset));
        }
        return writer.complete();
    }

    private static Supersession mended(String eventId, long offset, long by) {
        return new Supersession(eventId, new Supersession.Place(0, offset), offset * DAY, new Supersession.Place(4, by));
    }

    /** What supersedes each row, by its payload. */
    private Map<String, String> superseding() {
        Map<String, String> superseded = new TreeMap<>();
        lake.rows(OUTPUT).forEach(row -> {
            String payload = StandardCharsets.UTF_8.decode((ByteBuffer) row.getField("payload")).toString();
            String by = row.getField("superseded_by_partition") + "-" + row.getField("superseded_by_offset");
            superseded.merge(payload, by, (one, other) -> "twice");
        });
        return superseded;
    }

    @Test
    @DisplayName("says by which records its rows were superseded, in the commit that adds the batch's own")
    void superseded() throws IOException {
        int snapshots = snapshots();
        commit(2, List.of(mended("e1", 1, 40), mended("e3", 3, 41)), 5);
        assertEquals(Map.of("p0", "null-null", "p1", "4-40", "p2", "null-null", "p3", "4-41", "p5", "null-null"), superseding());
        assertEquals(snapshots + 1, snapshots());
        commit(3, List.of(mended("e2", 2, 50)));
        assertEquals("4-50", superseding().get("p2"));
        assertEquals("4-40", superseding().get("p1"));
    }

    @Test
    @DisplayName("touches no row of another event at the same place, as of a topic before, and none that was erased")
    void others() throws IOException {
        lake.table(OUTPUT).newDelete().deleteFromRowFilter(Expressions.equal("received_at", "1970-01-03T00:00:00+00:00")).commit();
        commit(2, List.of(mended("another", 1, 40), mended("e2", 2, 41)));
        assertEquals(Map.of("p0", "null-null", "p1", "null-null", "p3", "null-null"), superseding());
    }

    @Test
    @DisplayName("brings nothing back that was erased since the batch began")
    void erasedMeanwhile() throws IOException {
        LakeTable table = open();
        BatchFiles written = new BatchFiles(List.of(), List.of(mended("e1", 1, 40)));
        lake.table(OUTPUT).newDelete().deleteFromRowFilter(Expressions.equal("received_at", "1970-01-02T00:00:00+00:00")).commit();
        table.commit(new MicroBatch("query", 2, "topic"), written, new OffsetRanges(), new Advance(START, START));
        assertEquals(Map.of("p0", "null-null", "p2", "null-null", "p3", "null-null"), superseding());
    }

    private int snapshots() {
        int count = 0;
        for (Object ignored : lake.table(OUTPUT).snapshots()) {
            count++;
        }
        return count;
    }
}
