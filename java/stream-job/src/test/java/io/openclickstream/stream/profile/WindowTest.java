package io.openclickstream.stream.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.openclickstream.lake.StoredEvents;
import io.openclickstream.model.OutputTable;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.testing.TestLake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What the profiles read next")
class WindowTest {
    private static final Instant BEGIN = Instant.parse("2026-11-30T12:00:00Z");

    @TempDir
    private Path warehouse;

    private Table table;

    @BeforeEach
    void create() {
        TestLake lake = new TestLake(new HadoopCatalog(new Configuration(), warehouse.toString()), "db", "web");
        lake.create();
        table = lake.table(OutputTable.EVENTS);
    }

    /** Rows of a partition with these offsets, processed so many seconds after the beginning. */
    private void append(int partition, int second, long... offsets) throws IOException {
        List<Record> records = new ArrayList<>();
        for (long offset : offsets) {
            GenericRecord record = GenericRecord.create(table.schema());
            Map.of("event_id", partition + "-" + offset + "@" + second, "event_type", "x", "visitor_id", "v", "session_id", "s", "source", "json")
                .forEach(record::setField);
            List.of("event_time", "received_at", "processed_at", "session_start")
                .forEach(column -> record.setField(column, BEGIN.plusSeconds(second).atOffset(ZoneOffset.UTC)));
            record.setField("session_event_index", 1);
            record.setField("kafka_partition", partition);
            record.setField("kafka_offset", offset);
            records.add(record);
        }
        PartitionKey key = new PartitionKey(table.spec(), table.schema());
        key.partition(new InternalRecordWrapper(table.schema().asStruct()).wrap(records.get(0)));
        DataWriter<Record> writer = Parquet.writeData(table.io().newOutputFile(table.location() + "/data/" + UUID.randomUUID() + ".parquet"))
            .schema(table.schema()).createWriterFunc(GenericParquetWriter::create).overwrite().withSpec(table.spec()).withPartition(key).build();
        try (writer) {
            records.forEach(writer::write);
        }
        DataFile file = DataFiles.builder(table.spec()).copy(writer.toDataFile()).build();
        table.newAppend().appendFile(file).commit();
    }

    private void say(String topic, Integer since, String next) {
        var update = table.updateProperties().set("openclickstream.topic-id", topic).set("openclickstream.next-offsets", next);
        if (since != null) {
            update.set("openclickstream.topic-since", Long.toString(BEGIN.plusSeconds(since).toEpochMilli() * 1000));
        }
        update.commit();
    }

    /** Takes windows until there are none; gives what each had, as {@code topic:identifiers}, sorted. */
    private List<String> takeAll(Cursor from, long most) {
        List<String> taken = new ArrayList<>();
        StoredEvents events = new StoredEvents(table);
        Cursor cursor = from;
        for (Window window = Window.next(cursor, events, most); window != null; window = Window.next(cursor, events, most)) {
            List<String> rows = new ArrayList<>();
            events.read(window.rows(), EventReading.COLUMNS, row -> rows.add((String) row.getField("event_id")));
            taken.add(window.after().topic() + ":" + rows.stream().sorted().toList() + " then " + window.lag());
            cursor = Cursor.parse(window.after().json());
        }
        return taken;
    }

    @Test
    @DisplayName("is nothing while the table has nothing")
    void nothing() {
        assertNull(Window.next(Cursor.START, new StoredEvents(table), 10));
    }

    @Test
    @DisplayName("is bounded, and comes in the order of the offsets of each partition, whatever files hold them")
    void bounded() throws IOException {
        append(0, 2, 3, 4);
        append(0, 1, 0, 1, 2);
        append(1, 1, 0);
        append(0, 3, 5);
        say("t", null, "{\"0\":5,\"1\":1}");
        assertEquals(
            List.of("t:[0-0@1, 0-1@1, 1-0@1] then 3", "t:[0-2@1, 0-3@2, 0-4@2] then 0"),
            takeAll(Cursor.START, 4).stream().toList());
    }

    @Test
    @DisplayName("begins with what other topics left, whose offsets mean nothing in the present one")
    void otherTopic() throws IOException {
        append(0, 1, 0, 1, 2);
        append(0, 10, 0, 1);
        say("second", 5, "{\"0\":2}");
        assertEquals(List.of(":[0-0@1, 0-1@1, 0-2@1] then 0", "second:[0-0@10, 0-1@10] then 0"), takeAll(Cursor.START, 100));
    }

    @Test
    @DisplayName("is the rest of the topic that was read, before the one that was made anew")
    void topicMadeAnew() throws IOException {
        append(0, 1, 0, 1, 2);
        append(0, 10, 0);
        say("second", 5, "{\"0\":1}");
        Cursor cursor = new Cursor("first", 0, NextOffsets.at(Map.of(0, 2L)));
        assertEquals(List.of("first:[0-2@1] then 0", "second:[0-0@10] then 0"), takeAll(cursor, 100));
    }

    @Test
    @DisplayName("goes on where it was after a recovery of the same topic, and reads nothing twice")
    void recovery() throws IOException {
        append(0, 1, 0, 1, 2);
        append(0, 10, 5, 6);
        say("t", 8, "{\"0\":7}");
        Cursor cursor = new Cursor("t", 0, NextOffsets.at(Map.of(0, 2L)));
        assertEquals(List.of("t:[0-2@1] then 0", "t:[0-5@10, 0-6@10] then 0"), takeAll(cursor, 100));
    }
}
