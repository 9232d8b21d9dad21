package io.openclickstream.batch;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.lake.Erasure;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import io.openclickstream.testing.TestFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The upkeep of a table")
class TableUpkeepTest {
    private static final LocalLake LAKE = LocalLake.shared();
    private static final String DATABASE = "upkeep";
    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);
    private static final LocalDate OLD = TODAY.minusDays(10);
    private static int tables;

    private String name;

    @BeforeEach
    void createTable() {
        name = "t" + tables++;
        if (!LAKE.catalog().namespaceExists(Namespace.of(DATABASE))) {
            LAKE.catalog().createNamespace(Namespace.of(DATABASE));
        }
        create(new Schema(optional(1, "id", Types.LongType.get()), optional(2, "at", Types.TimestampType.withZone())));
    }

    /** The last column is of time. */
    private void create(Schema schema) {
        String time = schema.columns().get(schema.columns().size() - 1).name();
        LAKE.catalog().createTable(TableIdentifier.of(DATABASE, name), schema, PartitionSpec.builderFor(schema).day(time).build());
    }

    private String full() {
        return DATABASE + "." + name;
    }

    private Table table() {
        return LAKE.table(full());
    }

    /** Adds so many files of two rows by one commit, and again as often. */
    private void add(LocalDate day, int files, int commits) {
        Table table = table();
        for (int commit = 0; commit < commits; commit++) {
            TestFiles.append(table, IntStream.range(0, files).mapToObj(file -> file(table, day)).toList());
        }
    }

    private static DataFile file(Table table, LocalDate day) {
        return TestFiles.write(table, TestFiles.rows(table, 2, (row, number) -> {
            row.setField("id", (long) number);
            row.setField("at", day.atTime(10, 0).atOffset(ZoneOffset.UTC));
        }));
    }

    /** The table's number of rows, as Spark reads them. */
    private String count() {
        return LAKE.rows("SELECT count(*) FROM " + full()).get(0);
    }

    private UpkeepDocument.Table settings(Duration keep, String retention, Duration retained) {
        return new UpkeepDocument.Table(DATABASE, name, table().uuid().toString(), 128L << 20, keep.toSeconds(), 1, Duration.ofDays(3).toSeconds(),
            new UpkeepDocument.Table.Retention(retention, retained == null ? null : retained.toSeconds()));
    }

    private UpkeepResult.Table upkeep(UpkeepDocument.Table settings, Duration later) {
        Clock clock = Clock.offset(Clock.systemUTC(), later);
        return new UpkeepRun(LAKE.spark(), LAKE.catalog(), List.of(settings), clock).run().get(0);
    }

    private UpkeepResult.Table upkeep() {
        return upkeep(settings(Duration.ofDays(5), null, null), Duration.ZERO);
    }

    private List<String> filesByDay() throws IOException {
        List<String> days = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table().newScan().planFiles()) {
            tasks.forEach(task -> days.add(LocalDate.ofEpochDay(task.file().partition().get(0, Integer.class)).toString()));
        }
        return days.stream().sorted().toList();
    }

    @Test
    @DisplayName("writes small files of closed partitions together, and those of the open one when they are many")
    void compacts() throws IOException {
        add(OLD, 3, 3);
        add(TODAY, 3, 3);
        add(OLD.minusDays(1), 1, 3);
        UpkeepResult.Table result = upkeep();
        assertEquals(UpkeepResult.Table.State.Done, result.state(), result.toString());
        assertEquals(21, result.filesBefore());
        assertEquals(13, result.filesAfter());
        assertEquals(9, result.compactedFiles());
        assertEquals(1, filesByDay().stream().filter(OLD.toString()::equals).count());
        assertEquals(9, filesByDay().stream().filter(TODAY.toString()::equals).count());
        assertEquals("42", count());
        add(TODAY, 4, 3);
        assertEquals(21, upkeep().compactedFiles());
        assertEquals("66", count());
    }

    /** A file in four minutes; upkeep comes every four hours, at last when the day is over. */
    @Test
    @DisplayName("leaves few files of a day of streaming")
    void dayOfStreaming() throws IOException {
        add(TODAY, 1, 1);
        Table table = table();
        DataFile written = table.currentSnapshot().addedDataFiles(table.io()).iterator().next();
        Path file = Path.of(URI.create("file:" + written.location().replaceFirst("^file:", "")));
        int files = 1;
        for (int hours = 4; hours <= 24; hours += 4) {
            AppendFiles append = table.newAppend();
            for (; files < 15 * hours; files++) {
                Path copy = Files.copy(file, file.resolveSibling("batch-" + files + ".parquet"));
                append.appendFile(DataFiles.builder(table.spec()).copy(written).withPath(copy.toString()).build());
            }
            append.commit();
            Clock then = Clock.fixed(TODAY.atStartOfDay().plusHours(hours).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
            UpkeepResult.Table result = new UpkeepRun(LAKE.spark(), LAKE.catalog(), List.of(settings(Duration.ofDays(5), null, null)), then).run().get(0);
            assertTrue(result.filesBefore() <= 61 && result.filesAfter() == 1, result.toString());
        }
        assertEquals(Integer.toString(2 * files), count());
    }

    @Test
    @DisplayName("writes nothing where nothing is due")
    void nothing() {
        add(OLD, 2, 1);
        Table table = table();
        long before = table.currentSnapshot().snapshotId();
        String metadata = ((HasTableOperations) table()).operations().current().metadataFileLocation();
        UpkeepResult.Table result = upkeep();
        assertEquals(UpkeepResult.Table.State.NothingToDo, result.state(), result.toString());
        assertEquals(before, table().currentSnapshot().snapshotId());
        assertEquals(metadata, ((HasTableOperations) table()).operations().current().metadataFileLocation());
        name += "_empty";
        create(table.schema());
        assertEquals(UpkeepResult.Table.State.NothingToDo, upkeep().state());
    }

    @Test
    @DisplayName("takes away old snapshots and the files that only they had, and keeps the youngest ones")
    void expires() throws IOException {
        add(OLD, 1, 6);
        UpkeepResult.Table kept = upkeep();
        assertEquals(0, kept.expiredSnapshots());
        assertEquals(7, kept.snapshots());
        UpkeepDocument.Table settings = new UpkeepDocument.Table(DATABASE, name, table().uuid().toString(), 128L << 20, 3600, 2, Duration.ofDays(30).toSeconds(),
            new UpkeepDocument.Table.Retention(null, null));
        UpkeepResult.Table result = upkeep(settings, Duration.ofDays(1));
        assertEquals(5, result.expiredSnapshots(), result.toString());
        assertEquals(2, result.snapshots());
        try (Stream<Path> data = Files.walk(path("/data"))) {
            assertEquals(7, data.filter(file -> file.toString().endsWith(".parquet")).count());
        }
        assertEquals(UpkeepResult.Table.State.NothingToDo, upkeep(settings, Duration.ofDays(1)).state());
        assertEquals("12", count());
    }

    private Path path(String below) {
        return Path.of(URI.create("file:" + table().location().replaceFirst("^file:", "") + below));
    }

    @Test
    @DisplayName("removes old files below the table's folders that no snapshot has, and no others")
    void orphans() throws IOException {
        add(OLD, 1, 1);
        Path old = stray("/data/at_day=2020-01-01/old.parquet", Duration.ofDays(4));
        Path metadata = stray("/metadata/old.avro", Duration.ofDays(4));
        Path young = stray("/data/young.parquet", Duration.ofDays(2));
        Path other = stray("/inner/data/other-table.parquet", Duration.ofDays(4));
        UpkeepResult.Table result = upkeep();
        assertEquals(2, result.removedFiles(), result.toString());
        assertFalse(Files.exists(old) || Files.exists(metadata));
        assertTrue(Files.exists(young) && Files.exists(other));
        assertTrue(result.orphansSearched());
        assertEquals("2", count());
    }

    @Test
    @DisplayName("looks for no orphan files when it is not asked to")
    void noOrphanSearch() throws IOException {
        add(OLD, 1, 1);
        Path old = stray("/data/at_day=2020-01-01/old.parquet", Duration.ofDays(4));
        UpkeepDocument.Table settings = new UpkeepDocument.Table(DATABASE, name, table().uuid().toString(), 128L << 20, 3600, 1, null,
            new UpkeepDocument.Table.Retention(null, null));
        UpkeepResult.Table result = upkeep(settings, Duration.ZERO);
        assertEquals(UpkeepResult.Table.State.NothingToDo, result.state(), result.toString());
        assertFalse(result.orphansSearched());
        assertTrue(Files.exists(old));
    }

    private Path stray(String below, Duration age) throws IOException {
        Path file = path(below);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    @Test
    @DisplayName("deletes rows of partitions that are over for as long as rows are kept")
    void retention() {
        add(OLD, 1, 1);
        add(TODAY.minusDays(3), 2, 1);
        add(TODAY, 1, 1);
        UpkeepResult.Table result = upkeep(settings(Duration.ofDays(5), "at", Duration.ofDays(4)), Duration.ZERO);
        assertEquals(2, result.erasedRows(), result.toString());
        assertEquals("6", count());
        result = upkeep(settings(Duration.ofDays(5), "nowhere", Duration.ofDays(4)), Duration.ZERO);
        assertEquals(UpkeepResult.Table.State.Failed, result.state());
        assertTrue(result.message().contains("column \"nowhere\" of table"), result.message());
    }

    /** The table holds records of Kafka from here on. */
    private void createRecords() {
        name += "_records";
        create(new Schema(optional(1, "event_id", Types.StringType.get()), optional(2, "kafka_partition", Types.IntegerType.get()),
            optional(3, "kafka_offset", Types.LongType.get()), optional(4, "received_at", Types.TimestampType.withZone())));
    }

    /** Five records of ten o'clock in one file. */
    private void addRecords(LocalDate day, int firstOffset) {
        Table table = table();
        TestFiles.append(table, List.of(TestFiles.write(table, TestFiles.rows(table, 5, (row, number) -> {
            row.setField("event_id", "e" + (firstOffset + number));
            row.setField("kafka_partition", 0);
            row.setField("kafka_offset", (long) firstOffset + number);
            row.setField("received_at", day.atTime(10, 0).atOffset(ZoneOffset.UTC));
        }))));
    }

    @Test
    @DisplayName("accounts for rows that are records of Kafka")
    void erasure() {
        createRecords();
        addRecords(OLD, 0);
        addRecords(TODAY, 100);
        UpkeepResult.Table result = upkeep(settings(Duration.ofDays(5), "received_at", Duration.ofDays(4)), Duration.ZERO);
        assertEquals(5, result.erasedRows(), result.toString());
        assertEquals("0:0-4", table().properties().get(Erasure.ERASED));
        assertEquals("5", count());
    }

    @Test
    @DisplayName("keeps whole days where files are of days still, after the partitions became hours")
    void finerPartitions() {
        createRecords();
        addRecords(OLD, 0);
        addRecords(TODAY.minusDays(4), 10);
        table().updateSpec().removeField("received_at_day").addField(Expressions.hour("received_at")).commit();
        addRecords(OLD, 20);
        Clock evening = Clock.fixed(TODAY.atTime(20, 0).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        UpkeepDocument.Table settings = settings(Duration.ofDays(5), "received_at", Duration.ofDays(4));
        UpkeepResult.Table result = new UpkeepRun(LAKE.spark(), LAKE.catalog(), List.of(settings), evening).run().get(0);
        assertEquals(UpkeepResult.Table.State.Done, result.state(), result.toString());
        assertEquals("0:0-4,0:20-24", table().properties().get(Erasure.ERASED));
        assertEquals("5", count());
    }

    @Test
    @DisplayName("does the other steps when one cannot be done, and says which that was")
    void otherSteps() {
        createRecords();
        name += "_none";
        LAKE.catalog().createTable(TableIdentifier.of(DATABASE, name), LAKE.table(full().replace("_none", "")).schema());
        for (int file = 0; file < 6; file++) {
            addRecords(OLD, 10 * file);
        }
        addRecords(TODAY, 100);
        table().updateSpec().addField(Expressions.day("received_at")).commit();
        UpkeepDocument.Table settings = settings(Duration.ofHours(1), "received_at", Duration.ofDays(4));
        UpkeepResult.Table result = upkeep(settings, Duration.ofHours(2));
        assertEquals(UpkeepResult.Table.State.Failed, result.state(), result.toString());
        assertTrue(result.message().startsWith("deleting old rows: "), result.message());
        assertEquals(6, result.compactedFiles(), result.toString());
        assertEquals(7, result.expiredSnapshots(), result.toString());
        assertEquals(30, upkeep(settings, Duration.ofHours(2)).erasedRows());
    }

    @Test
    @DisplayName("writes files anew that hold rows deleted by key, however large they are, and with that drops the deletions")
    void deletedByKey() {
        createRecords();
        addRecords(OLD, 0);
        addRecords(TODAY, 100);
        long size = Long.parseLong(table().currentSnapshot().summary().get("total-files-size")) / 2;
        Erasure.of(table()).rows(Expressions.in("event_id", "e3", "e103"));
        assertEquals("8", count());
        UpkeepDocument.Table large = new UpkeepDocument.Table(DATABASE, name, table().uuid().toString(), size, 3600, 1, null, new UpkeepDocument.Table.Retention(null, null));
        UpkeepResult.Table result = upkeep(large, Duration.ZERO);
        assertEquals(1, result.compactedFiles(), result.toString());
        assertEquals("1", table().currentSnapshot().summary().get("total-delete-files"));
        assertEquals("8", count());
    }

    @Test
    @DisplayName("compacts alone where the catalog forbids to delete files, and says so")
    void noDeletions() {
        add(OLD, 1, 6);
        table().updateProperties().set("gc.enabled", "false").commit();
        UpkeepResult.Table result = upkeep(settings(Duration.ofHours(1), null, null), Duration.ofDays(30));
        assertEquals(6, result.compactedFiles());
        assertEquals(0, result.expiredSnapshots());
        assertTrue(result.message().contains("gc.enabled"), result.message());
    }

    @Test
    @DisplayName("lets an append through that began before it")
    void besideAppend() {
        add(OLD, 1, 6);
        Table table = table();
        DataFile file = DataFiles.builder(table.spec()).withPath(table.location() + "/data/later.parquet").withFileSizeInBytes(1)
            .withRecordCount(1).withPartitionPath("at_day=" + OLD).build();
        AppendFiles append = table.newAppend().appendFile(file);
        assertEquals(6, upkeep().compactedFiles());
        append.commit();
        assertEquals("2", table().currentSnapshot().summary().get("total-data-files"));
    }

    @Test
    @DisplayName("that fails does not keep the next one waiting")
    void oneOfMany() {
        add(OLD, 1, 6);
        UpkeepDocument.Table good = settings(Duration.ofDays(5), null, null);
        UpkeepDocument.Table absent = new UpkeepDocument.Table(DATABASE, "absent", "none", 1, 3600, 1, null, new UpkeepDocument.Table.Retention(null, null));
        List<UpkeepResult.Table> results = new UpkeepRun(LAKE.spark(), LAKE.catalog(), List.of(absent, good), Clock.systemUTC()).run();
        assertEquals(UpkeepResult.Table.State.Failed, results.get(0).state());
        assertTrue(results.get(0).message().contains("upkeep.absent"), results.get(0).message());
        assertEquals(UpkeepResult.Table.State.Done, results.get(1).state());
    }

    @Test
    @DisplayName("is refused with times by which a reader or a writer would lose its files")
    void tooSoon() {
        String document = "{\"catalog\":{\"name\":\"a\",\"uri\":\"b\"},\"storage\":{\"region\":\"c\"},\"tables\":[{\"database\":\"d\",\"table\":\"t\","
            + "\"tableUuid\":\"u\",\"targetFileBytes\":1,\"keepSnapshotsForSeconds\":3600,\"minSnapshots\":1,\"orphansOlderThanSeconds\":86399}]}";
        UpkeepDocument upkeep = UpkeepDocument.of(ConfigNode.parse("upkeep.json", document));
        String message = assertThrows(ConfigException.class, () -> UpkeepRun.check(upkeep)).getMessage();
        assertTrue(message.contains("\"orphansOlderThanSeconds\" of table d.t must be at least 86400"), message);
    }
}
