package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.DuplicateEventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.KeptRecords;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.offsets.OffsetRanges;
import io.openclickstream.testing.TestLake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A recovery of the output tables")
class LakeTablesTest {
    /** Beyond what an int counts. */
    private static final long FAR = 5_000_000_000L;
    private static final Instant SENT = Instant.parse("2026-11-30T12:00:00Z");
    private static final Recovery READ_AGAIN = new Recovery("r1", true);

    @TempDir
    private Path warehouse;

    private Catalog catalog;
    private TestLake lake;

    @BeforeEach
    void create() {
        catalog = new HadoopCatalog(new Configuration(), warehouse.toString());
        lake = new TestLake(catalog, "db", "web");
        lake.create();
    }

    private LakeTables open() {
        return LakeTables.open(catalog, lake.identifiers());
    }

    /** Duplicates of partition 0 at these offsets, all of them processed so long after {@link #SENT}; the table goes on behind the last. */
    private void commit(long epoch, long secondsAfterSent, long... offsets) throws IOException {
        OutputTable output = OutputTable.DUPLICATE_EVENTS;
        DataFileWriter writer =
            new DataFileWriter(output, lake.table(output), new OutputWriter.Attempt(0, 0, "test-" + epoch), PropertyColumns.NONE);
        OffsetRanges ranges = new OffsetRanges();
        for (long offset : offsets) {
            ranges.add(0, offset);
            writer.write(new OutputRow(output)
                .set(DuplicateEventColumns.EVENT_ID, "e" + offset)
                .set(DuplicateEventColumns.RECEIVED_AT, 0L)
                .set(DuplicateEventColumns.PROCESSED_AT, TimeUnit.SECONDS.toMicros(SENT.getEpochSecond() + secondsAfterSent))
                .set(DuplicateEventColumns.KAFKA_PARTITION, 0)
                .set(DuplicateEventColumns.KAFKA_OFFSET, offset));
        }
        open().get(output).commit(new MicroBatch("query", epoch, "topic-1"), new BatchFiles(writer.complete(), List.of()), ranges,
            new Advance(NextOffsets.NONE, NextOffsets.NONE.after(ranges)));
    }

    private static KeptRecords kept(long earliest, long end) {
        return new KeptRecords("topic-1", NextOffsets.at(Map.of(0, earliest)), NextOffsets.at(Map.of(0, end)), SENT);
    }

    private HeldRecords held() {
        return open().held("topic-1", () -> { });
    }

    @Test
    @DisplayName("that reads again begins with what Kafka still has, and knows what is held at offsets beyond an int")
    void farOffsets() throws IOException {
        commit(1, 60, 0, 7, FAR, FAR + 2);
        assertEquals("{\"0\":" + FAR + "}", open().begin(kept(FAR, FAR + 3), READ_AGAIN).toString());
        HeldRecords held = held();
        assertEquals(2, held.count());
        assertTrue(held.contains(0, FAR));
        assertFalse(held.contains(0, FAR + 1));
        assertTrue(held.contains(0, FAR + 2));
        assertFalse(held.contains(0, 0));
        assertFalse(held.contains(1, FAR));
        assertFalse(held.contains(0, Long.MAX_VALUE));
    }

    @Test
    @DisplayName("opens no file whose rows Kafka no longer has the records of, and tells of each one that it opens")
    void openedFiles() throws IOException {
        commit(1, 60, 0, 7);
        commit(2, 60, FAR);
        open().begin(kept(FAR, FAR + 3), READ_AGAIN);
        AtomicInteger narrow = new AtomicInteger();
        open().get(OutputTable.DUPLICATE_EVENTS).addHeld(new HeldRecords(), NextOffsets.at(Map.of(0, FAR)), narrow::incrementAndGet);
        AtomicInteger wide = new AtomicInteger();
        open().get(OutputTable.DUPLICATE_EVENTS).addHeld(new HeldRecords(), NextOffsets.NONE, wide::incrementAndGet);
        assertTrue(narrow.get() > 0);
        assertEquals(1, wide.get() - narrow.get(), "the data file of the first batch");
    }

    @Test
    @DisplayName("reads what a partition holds that it knows no offset of")
    void otherPartitions() throws IOException {
        commit(1, 60, 0, 7);
        HeldRecords held = new HeldRecords();
        open().get(OutputTable.DUPLICATE_EVENTS).addHeld(held, NextOffsets.at(Map.of(1, 5L)), () -> { });
        assertEquals(2, held.count());
    }

    private Map<OutputTable, Map<String, String>> properties() {
        Map<OutputTable, Map<String, String>> properties = new HashMap<>();
        for (OutputTable output : OutputTable.values()) {
            properties.put(output, lake.table(output).properties());
        }
        return properties;
    }

    private void expectRefusal(Recovery recovery) {
        Map<OutputTable, Map<String, String>> before = properties();
        LakeTables tables = open();
        String message = assertThrows(IllegalStateException.class, () -> tables.begin(kept(0, 7), recovery)).getMessage();
        assertTrue(message.startsWith("the tables hold records up to offset 8 of partition 0 of the topic, which ends at 7 (table "), message);
        assertTrue(message.endsWith("): Kafka lost records"), message);
        assertEquals(before, properties(), "a start that fails commits nothing");
    }

    @ParameterizedTest(name = "reads again: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("refuses a topic that ends before what any table has read of it, or can hold of it, and commits nothing")
    void lostRecords(boolean readAgain) throws IOException {
        commit(1, 60, 3, 7);
        expectRefusal(new Recovery("r1", readAgain));
        expectRefusal(null);
        open().begin(kept(0, 8), READ_AGAIN);
        expectRefusal(new Recovery("r2", readAgain));
        expectRefusal(null);
    }

    @Test
    @DisplayName("takes no row for held that was processed before Kafka's oldest record was sent, as of a topic before that the table does not know of")
    void topicBefore() throws IOException {
        commit(1, -1, 3, 4);
        commit(2, 1, 5);
        assertNull(lake.table(OutputTable.DUPLICATE_EVENTS).properties().get(LakeTable.TOPIC_SINCE));
        open().begin(kept(0, 10), READ_AGAIN);
        HeldRecords held = held();
        assertFalse(held.contains(0, 3));
        assertFalse(held.contains(0, 4));
        assertTrue(held.contains(0, 5));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(OutputTable.class)
    @DisplayName("goes on without the number of erased records when a table's property cannot be read")
    void unreadableErased(OutputTable output) {
        LakeSink sink = new LakeSink(open(), null, "topic-1");
        assertEquals(0L, sink.erased());
        lake.table(output).updateProperties().set(Erasure.ERASED, "0:4-").commit();
        assertNull(new LakeSink(open(), null, "topic-1").erased());
    }
}
