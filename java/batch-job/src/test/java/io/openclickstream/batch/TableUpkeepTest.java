package io.openclickstream.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.lake.Erasure;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
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
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
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
        LAKE.sql("CREATE NAMESPACE IF NOT EXISTS " + DATABASE);
        LAKE.sql("CREATE TABLE " + full() + " (id BIGINT, at TIMESTAMP) USING iceberg PARTITIONED BY (days(at))"
            + " TBLPROPERTIES ('write.distribution-mode' = 'none')");
    }

    private String full() {
        return DATABASE + "." + name;
    }

    private Table table() {
        return LAKE.table(full());
    }

    /** Adds so many files of two rows by one commit, and again as often. */
    private void add(LocalDate day, int files, int commits) {
        for (int commit = 0; commit < commits; commit++) {
            LAKE.sql("INSERT INTO " + full() + " SELECT /*+ REPARTITION(" + files + ") */ id, TIMESTAMP '" + day + " 10:00:00' FROM range("
                + 2 * files + ")");
        }
    }

    private UpkeepDocument.Table settings(Duration keep, String retention, Duration retained) {
        return new UpkeepDocument.Table(DATABASE, name, 128L << 20, keep.toSeconds(), 1, Duration.ofDays(3).toSeconds(),
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
        assertEquals(List.of("42"), LAKE.rows("SELECT count(*) FROM " + full()));
        add(TODAY, 4, 3);
        assertEquals(21, upkeep().compactedFiles());
        assertEquals(List.of("66"), LAKE.rows("SELECT count(*) FROM " + full()));
    }

    /** A batch a minute, each with a file. */
    @Test
    @DisplayName("leaves few files of a day of streaming")
    void dayOfStreaming() throws IOException {
        int batches = 24 * 60;
        add(TODAY, 1, 1);
        Table table = table();
        DataFile written = table.currentSnapshot().addedDataFiles(table.io()).iterator().next();
        Path file = Path.of(URI.create("file:" + written.location().replaceFirst("^file:", "")));
        AppendFiles append = table.newAppend();
        for (int number = 1; number < batches; number++) {
            Path copy = Files.copy(file, file.resolveSibling("batch-" + number + ".parquet"));
            append.appendFile(DataFiles.builder(table.spec()).copy(written).withPath(copy.toString()).build());
        }
        append.commit();
        UpkeepResult.Table result = upkeep(settings(Duration.ofDays(5), null, null), Duration.ofDays(1));
        assertEquals(batches, result.filesBefore());
        assertTrue(result.filesAfter() < 100, result.toString());
        assertEquals(List.of(Integer.toString(2 * batches)), LAKE.rows("SELECT count(*) FROM " + full()));
    }

    @Test
    @DisplayName("writes nothing where nothing is due")
    void nothing() {
        add(OLD, 2, 1);
        long before = table().currentSnapshot().snapshotId();
        String metadata = ((HasTableOperations) table()).operations().current().metadataFileLocation();
        UpkeepResult.Table result = upkeep();
        assertEquals(UpkeepResult.Table.State.NothingToDo, result.state(), result.toString());
        assertEquals(before, table().currentSnapshot().snapshotId());
        assertEquals(metadata, ((HasTableOperations) table()).operations().current().metadataFileLocation());
        LAKE.sql("CREATE TABLE " + full() + "_empty (id BIGINT) USING iceberg");
        name += "_empty";
        assertEquals(UpkeepResult.Table.State.NothingToDo, upkeep().state());
    }

    @Test
    @DisplayName("takes away old snapshots and the files that only they had, and keeps the youngest ones")
    void expires() throws IOException {
        add(OLD, 1, 6);
        UpkeepResult.Table kept = upkeep();
        assertEquals(0, kept.expiredSnapshots());
        assertEquals(7, kept.snapshots());
        UpkeepDocument.Table settings = new UpkeepDocument.Table(DATABASE, name, 128L << 20, 3600, 2, Duration.ofDays(30).toSeconds(),
            new UpkeepDocument.Table.Retention(null, null));
        UpkeepResult.Table result = upkeep(settings, Duration.ofDays(1));
        assertEquals(5, result.expiredSnapshots(), result.toString());
        assertEquals(2, result.snapshots());
        try (Stream<Path> data = Files.walk(path("/data"))) {
            assertEquals(7, data.filter(file -> file.toString().endsWith(".parquet")).count());
        }
        assertEquals(UpkeepResult.Table.State.NothingToDo, upkeep(settings, Duration.ofDays(1)).state());
        assertEquals(List.of("12"), LAKE.rows("SELECT count(*) FROM " + full()));
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
        assertEquals(List.of("2"), LAKE.rows("SELECT count(*) FROM " + full()));
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
        assertEquals(List.of("6"), LAKE.rows("SELECT count(*) FROM " + full()));
        result = upkeep(settings(Duration.ofDays(5), "nowhere", Duration.ofDays(4)), Duration.ZERO);
        assertEquals(UpkeepResult.Table.State.Failed, result.state());
        assertTrue(result.message().contains("column \"nowhere\" of table"), result.message());
    }

    @Test
    @DisplayName("accounts for rows that are records of Kafka")
    void erasure() {
        name += "_records";
        LAKE.sql("CREATE TABLE " + full() + " (event_id STRING, kafka_partition INT, kafka_offset BIGINT, received_at TIMESTAMP) USING iceberg"
            + " PARTITIONED BY (days(received_at))");
        for (LocalDate day : List.of(OLD, TODAY)) {
            long first = day.equals(OLD) ? 0 : 100;
            LAKE.sql("INSERT INTO " + full() + " SELECT concat('e', id), 0, id, TIMESTAMP '" + day + " 10:00:00' FROM range(" + first + ", "
                + (first + 5) + ")");
        }
        UpkeepResult.Table result = upkeep(settings(Duration.ofDays(5), "received_at", Duration.ofDays(4)), Duration.ZERO);
        assertEquals(5, result.erasedRows(), result.toString());
        assertEquals("0:0-4", table().properties().get(Erasure.ERASED));
        assertEquals(List.of("5"), LAKE.rows("SELECT count(*) FROM " + full()));
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
        UpkeepDocument.Table absent = new UpkeepDocument.Table(DATABASE, "absent", 1, 3600, 1, 86_400, new UpkeepDocument.Table.Retention(null, null));
        List<UpkeepResult.Table> results = new UpkeepRun(LAKE.spark(), LAKE.catalog(), List.of(absent, good), Clock.systemUTC()).run();
        assertEquals(UpkeepResult.Table.State.Failed, results.get(0).state());
        assertTrue(results.get(0).message().contains("upkeep.absent"), results.get(0).message());
        assertEquals(UpkeepResult.Table.State.Done, results.get(1).state());
    }

    @Test
    @DisplayName("is refused with times by which a reader or a writer would lose its files")
    void tooSoon() {
        String document = "{\"catalog\":{\"name\":\"a\",\"uri\":\"b\"},\"storage\":{\"region\":\"c\"},\"tables\":[{\"database\":\"d\",\"table\":\"t\","
            + "\"targetFileBytes\":1,\"keepSnapshotsForSeconds\":3600,\"minSnapshots\":1,\"orphansOlderThanSeconds\":86399}]}";
        UpkeepDocument upkeep = UpkeepDocument.of(ConfigNode.parse("upkeep.json", document));
        String message = assertThrows(ConfigException.class, () -> UpkeepRun.check(upkeep)).getMessage();
        assertTrue(message.contains("\"orphansOlderThanSeconds\" of table d.t must be at least 86400"), message);
    }
}
