package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An output table")
class LakeTableTest {
    private static final OutputTable OUTPUT = OutputTable.DUPLICATE_EVENTS;
    private static final OffsetRanges NO_OFFSETS = new OffsetRanges();
    private static final Advance NO_ADVANCE = new Advance(NextOffsets.NONE, NextOffsets.NONE);
    private static final Runnable NO_SIGN = () -> { };

    @TempDir
    private Path warehouse;

    private TestLake lake;

    @BeforeEach
    void create() {
        lake = new TestLake(new HadoopCatalog(new Configuration(), warehouse.toString()), "db", "web");
        lake.create();
    }

    private LakeTable open() {
        return new LakeTable(OUTPUT, lake.table(OUTPUT));
    }

    private static MicroBatch batch(long epoch) {
        return new MicroBatch("query-1", epoch, "topic-1");
    }

    private static KeptRecords kept(String topicId) {
        return new KeptRecords(topicId, NextOffsets.NONE, NextOffsets.NONE, Instant.EPOCH);
    }

    private static BatchFiles rows(List<DataFile> files) {
        return new BatchFiles(files, List.of());
    }

    private List<DataFile> files(String eventId) throws IOException {
        DataFileWriter writer = new DataFileWriter(OUTPUT, lake.table(OUTPUT), new OutputWriter.Attempt(0, 0, "test-" + eventId),
            PropertyColumns.NONE);
        writer.write(new OutputRow(OUTPUT).set(DuplicateEventColumns.EVENT_ID, eventId).set(DuplicateEventColumns.RECEIVED_AT, 0L).set(DuplicateEventColumns.PROCESSED_AT, 0L)
            .set(DuplicateEventColumns.KAFKA_PARTITION, 0).set(DuplicateEventColumns.KAFKA_OFFSET, 0L));
        return writer.complete();
    }

    private List<String> eventIds() {
        return lake.rows(OUTPUT).stream().map(row -> (String) row.getField("event_id")).sorted().toList();
    }

    @Test
    @DisplayName("holds each batch that was committed, and all before it")
    void holds() throws IOException {
        open().commit(batch(7), rows(files("a")), NO_OFFSETS, NO_ADVANCE);
        LakeTable table = open();
        assertTrue(table.holds(batch(7)));
        assertTrue(table.holds(batch(3)));
        assertFalse(table.holds(batch(8)));
        assertFalse(table.holds(new MicroBatch("query-2", 7, "topic-1")));
    }

    @Test
    @DisplayName("still holds a batch after its snapshot has expired and files were compacted")
    void outlivesSnapshots() throws IOException {
        open().commit(batch(1), rows(files("a")), NO_OFFSETS, NO_ADVANCE);
        Table table = lake.table(OUTPUT);
        DataFile old = table.currentSnapshot().addedDataFiles(table.io()).iterator().next();
        table.newRewrite().deleteFile(old).addFile(files("a").get(0)).commit();
        table.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
        assertTrue(open().holds(batch(1)));
    }

    @ParameterizedTest(name = "of {0}")
    @ValueSource(strings = {"query-1", "query-2"})
    @DisplayName("lets one of two drivers commit that looked at it at the same time, and leaves alone what the other one wrote")
    void twoDrivers(String otherQuery) throws IOException {
        LakeTable first = open();
        LakeTable second = open();
        first.commit(batch(1), rows(files("a")), NO_OFFSETS, NO_ADVANCE);
        List<DataFile> late = files("b");
        MicroBatch other = new MicroBatch(otherQuery, 1, "topic-1");
        String message = assertThrows(IllegalStateException.class, () -> second.commit(other, rows(late), NO_OFFSETS, NO_ADVANCE)).getMessage();
        assertTrue(message.contains("another driver"), message);
        assertEquals(List.of("a"), eventIds());
        assertTrue(lake.table(OUTPUT).io().newInputFile(late.get(0).location()).exists(), "a commit that hung may have put it into the table");
    }

    @Test
    @DisplayName("takes a commit for done that the catalog did and then answered with a conflict, as it does when the client repeats it")
    void conflictWithItself() throws IOException {
        List<Throwable> answers = new ArrayList<>(List.of(new CommitFailedException("conflict")));
        LakeTable table = new LakeTable(OUTPUT, answeringAfterCommit(answers));
        table.commit(batch(1), rows(files("a")), NO_OFFSETS, NO_ADVANCE);
        table.refresh();
        table.commit(batch(2), rows(files("b")), NO_OFFSETS, NO_ADVANCE);
        assertEquals(List.of("a", "b"), eventIds());
    }

    /** The table with a catalog that does each commit and then answers with what the list holds. */
    private Table answeringAfterCommit(List<Throwable> answers) {
        TableOperations operations = ((HasTableOperations) lake.table(OUTPUT)).operations();
        TableOperations answering = (TableOperations) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {TableOperations.class}, (proxy, method, arguments) -> {
                Object result = method.invoke(operations, arguments);
                if (method.getName().equals("commit") && !answers.isEmpty()) {
                    throw answers.remove(0);
                }
                return result;
            });
        return new BaseTable(answering, "db.web");
    }

    @Test
    @DisplayName("takes a batch that another writer's commit came before")
    void otherWriter() throws IOException {
        LakeTable table = open();
        table.refresh();
        lake.table(OUTPUT).newAppend().appendFile(files("other").get(0)).commit();
        table.commit(batch(1), rows(files("a")), NO_OFFSETS, NO_ADVANCE);
        assertEquals(List.of("a", "other"), eventIds());
    }

    @Test
    @DisplayName("knows where it ended in its topic, and nothing of other topics")
    void nextOffsets() throws IOException {
        OffsetRanges offsets = new OffsetRanges();
        offsets.add(2, 41);
        open().commit(batch(1), rows(List.of()), offsets, new Advance(NextOffsets.NONE, NextOffsets.parse("{\"0\":7}").after(offsets)));
        assertEquals("{\"0\":7,\"2\":42}", open().nextOffsets("topic-1").toString());
        assertTrue(open().nextOffsets("topic-2").isEmpty());
        assertNotNull(lake.table(OUTPUT).currentSnapshot(), "without a snapshot the catalog compares nothing");
    }

    private void commitBatch(long epoch, String eventId, String from, String to) throws IOException {
        open().commit(batch(epoch), rows(files(eventId)), NO_OFFSETS, new Advance(NextOffsets.parse(from), NextOffsets.parse(to)));
    }

    @Test
    @DisplayName("that is set back keeps its rows, knows up to where it can hold records that come again, and lets no driver of before commit")
    void rewind() throws IOException {
        commitBatch(1, "a", "{}", "{\"0\":10}");
        LakeTable before = open();
        LakeTable table = open();
        table.rewind(NextOffsets.parse("{\"0\":4}"), kept("topic-1"), new Recovery("r1", true));
        LakeTable after = open();
        assertEquals(List.of("a"), eventIds());
        assertEquals("{\"0\":4}", after.nextOffsets("topic-1").toString());
        assertEquals("{\"0\":10}", after.heldOffsets("topic-1").toString());
        assertTrue(after.isRecoveredBy(new Recovery("r1", true)));
        assertFalse(after.hasCommitted());
        assertFalse(after.holds(batch(1)));
        assertThrows(IllegalStateException.class, () -> before.commit(batch(2), rows(files("late")), NO_OFFSETS, NO_ADVANCE));
        after.rewind(NextOffsets.parse("{\"0\":6}"), kept("topic-1"), new Recovery("r2", false));
        assertEquals("{\"0\":10}", open().heldOffsets("topic-1").toString());
        after.refresh();
        after.rewind(NextOffsets.NONE, kept("topic-2"), new Recovery("r3", false));
        assertTrue(open().heldOffsets("topic-2").isEmpty());
        HeldRecords held = new HeldRecords();
        open().addHeld(held, NextOffsets.NONE, NO_SIGN);
        assertEquals(0, held.count(), "rows of the topic before");
    }

    @Test
    @DisplayName("gives the places of its records from an offset on")
    void heldRecords() throws IOException {
        commitBatch(1, "a", "{}", "{\"0\":1}");
        HeldRecords held = new HeldRecords();
        open().addHeld(held, NextOffsets.NONE, NO_SIGN);
        assertTrue(held.contains(0, 0));
        assertFalse(held.contains(0, 1));
        assertFalse(held.contains(1, 0));
        assertFalse(held.contains(0, Long.MAX_VALUE));
        HeldRecords none = new HeldRecords();
        open().addHeld(none, NextOffsets.parse("{\"0\":1}"), NO_SIGN);
        assertEquals(0, none.count());
    }

    @Test
    @DisplayName("names query, batch and Kafka offsets in its snapshots, which are appends")
    void summary() throws IOException {
        OffsetRanges offsets = new OffsetRanges();
        offsets.add(1, 5);
        offsets.add(0, 9);
        offsets.add(1, 3);
        open().commit(batch(4), rows(files("a")), offsets, new Advance(NextOffsets.NONE, NextOffsets.NONE.after(offsets)));
        Table table = lake.table(OUTPUT);
        assertEquals("append", table.currentSnapshot().operation());
        assertEquals("query-1", table.currentSnapshot().summary().get("openclickstream.query-id"));
        assertEquals("4", table.currentSnapshot().summary().get("openclickstream.epoch-id"));
        assertEquals("0:9-9,1:3-5", table.currentSnapshot().summary().get("openclickstream.kafka-offsets"));
    }

    @Test
    @DisplayName("whose schema no longer takes the rows is noticed at the next batch")
    void schemaChange() {
        LakeTable table = open();
        lake.table(OUTPUT).updateSchema().addColumn("added", org.apache.iceberg.types.Types.StringType.get()).commit();
        table.refresh();
        lake.table(OUTPUT).updateSchema().deleteColumn("first_received_at").commit();
        assertTrue(assertThrows(IllegalStateException.class, table::refresh).getMessage().contains("\"first_received_at\" is missing"));
    }
}
