package io.openclickstream.batch;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.lake.AuditBranch;
import io.openclickstream.lake.TimeWindow;
import io.openclickstream.model.BatchResult;
import io.openclickstream.model.ConfigException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A run of a product")
class ProductRunTest {
    private static final LocalLake LAKE = LocalLake.shared();
    private static int databases;
    private static final String BY_DAY = "SELECT day, count(*) AS events FROM events %s GROUP BY day";

    private final List<String> events = new ArrayList<>();
    private String database;

    @BeforeEach
    void createTables() {
        database = "db" + databases++;
        LAKE.catalog().createNamespace(Namespace.of(database));
        Schema schema = new Schema(optional(1, "day", Types.DateType.get()), optional(2, "events", Types.LongType.get()));
        LAKE.catalog().createTable(TableIdentifier.of(database, "daily"), schema, PartitionSpec.builderFor(schema).identity("day").build());
        event("2026-03-01", 2);
        event("2026-03-02", 1);
    }

    /** What a query reads need not be a table. */
    private void event(String day, int count) {
        events.addAll(Collections.nCopies(count, "(DATE '" + day + "', TIMESTAMP '" + day + " 10:00:00')"));
        LAKE.sql("CREATE OR REPLACE TEMP VIEW events AS SELECT * FROM VALUES " + String.join(", ", events) + " AS e(day, at)");
    }

    private void vanish(String day) {
        events.removeIf(event -> event.contains(day));
        event("2026-03-31", 1);
    }

    private ProductDocument document(String mode) {
        return new ProductDocument(database, "daily", mode, BY_DAY.formatted(""));
    }

    private ProductDocument windowed(String mode) {
        return document(mode).with("sqlWindow", BY_DAY.formatted("WHERE at >= :from AND at < :to"))
            .with("windowRows", "day >= CAST(:from AS DATE) AND day < CAST(:to AS DATE)");
    }

    private static TimeWindow days(String from, String to) {
        return new TimeWindow(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
    }

    private BatchResult run(ProductDocument document, String runId) {
        return LAKE.run(document.json(), runId, null);
    }

    private List<String> daily() {
        return LAKE.rows("SELECT * FROM " + database + ".daily");
    }

    private Set<String> refs() {
        return LAKE.table(database + ".daily").refs().keySet();
    }

    @Test
    @DisplayName("in mode Full replaces the table's rows, and says in the snapshot's summary which run it was")
    void full() {
        BatchResult first = run(document("Full"), "r1");
        assertEquals(BatchResult.State.Published, first.state());
        assertEquals(2, first.rows());
        assertEquals(2, first.tableRows());
        event("2026-03-03", 4);
        BatchResult second = run(document("Full"), "r2");
        assertEquals(3, second.rows());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1", "2026-03-03,4"), daily());
        assertEquals(Set.of("main"), refs());
        Snapshot current = LAKE.table(database + ".daily").currentSnapshot();
        assertEquals(Long.toString(current.snapshotId()), second.snapshotId());
        Map<String, String> summary = current.summary();
        assertEquals("r2", summary.get("openclickstream.run-id"));
        assertEquals("shop/daily", summary.get("openclickstream.product"));
        assertEquals("p1", summary.get("openclickstream.plan-hash"));
        assertEquals("[]", summary.get("openclickstream.checks"));
        assertEquals("3", summary.get("openclickstream.rows"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"Full", "Append", "OverwritePartitions", "Merge"})
    @DisplayName("that is repeated changes nothing and answers the same, in mode")
    void repeated(String mode) {
        ProductDocument document = document(mode).with("keys", List.of("day")).check("none", "Error", "SELECT * FROM this WHERE events < 0");
        BatchResult first = run(document, "r1");
        event("2026-03-03", 1);
        BatchResult again = run(document, "r1");
        assertEquals(BatchResult.State.AlreadyPublished, again.state());
        assertEquals(first.snapshotId(), again.snapshotId());
        assertEquals(first.rows(), again.rows());
        assertEquals(first.checks(), again.checks());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
    }

    @Test
    @DisplayName("that an Error check holds leaves readers what they had, and its rows in a branch")
    void held() {
        run(document("Full"), "r1");
        event("2026-03-01", 5);
        ProductDocument document = document("Full")
            .check("few", "Error", "SELECT * FROM this WHERE events > 3").check("all", "Warning", "SELECT * FROM this");
        BatchResult held = run(document, "r2");
        assertEquals(BatchResult.State.Held, held.state());
        assertTrue(held.message().contains("few (1)"), held.message());
        assertEquals(List.of(1L, 2L), held.checks().stream().map(BatchResult.Check::violations).toList());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
        assertEquals(Set.of("main", "audit_r2"), refs());
        assertEquals(List.of("2026-03-01,7", "2026-03-02,1"), LAKE.rows("SELECT * FROM " + database + ".daily VERSION AS OF 'audit_r2'"));
        Snapshot branch = LAKE.table(database + ".daily").snapshot("audit_r2");
        assertEquals(held.snapshotId(), Long.toString(branch.snapshotId()));
        assertTrue(branch.summary().get("openclickstream.checks").contains("\"violations\":1"), branch.summary().toString());

        BatchResult mended = run(document("Full").check("few", "Error", "SELECT * FROM this WHERE events > 30"), "r2");
        assertEquals(BatchResult.State.Published, mended.state());
        assertEquals(List.of("2026-03-01,7", "2026-03-02,1"), daily());
        assertEquals(Set.of("main"), refs());
    }

    @Test
    @DisplayName("is published with what Warning checks found")
    void warned() {
        BatchResult result = run(document("Full").check("all", "Warning", "SELECT * FROM this"), "r1");
        assertEquals(BatchResult.State.Published, result.state());
        assertEquals(2, result.checks().get(0).violations());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"DELETE FROM %s.daily", "DROP TABLE %s.daily", "INSERT INTO %s.daily VALUES (DATE '2026-03-05', 5L)", "TRUNCATE TABLE %s.daily",
        "CREATE TABLE %s.other (a INT)", "SELECT 1) UNION (SELECT 2); DROP TABLE %s.daily", "FROM %s.daily INSERT INTO %s.daily SELECT *"})
    @DisplayName("is not published, nor is anything changed, when a check is no query")
    void checkThatWrites(String sql) {
        run(document("Full"), "r1");
        ProductDocument writing = document("Full").check("sly", "Warning", sql.replace("%s", database));
        String message = assertThrows(ConfigException.class, () -> run(writing, "r2")).getMessage();
        assertTrue(message.startsWith("check \"sly\" must be one query"), message);
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"SELECT * FROM this WHERE events > 1;", "WITH busy AS (SELECT * FROM this WHERE events > 1) SELECT day, day FROM busy",
        "SELECT * FROM this WHERE events > 1 -- busy days"})
    @DisplayName("counts the rows of a check, however its query is written")
    void checkForms(String sql) {
        assertEquals(1, run(document("Full").check("busy", "Warning", sql), "r1").checks().get(0).violations());
    }

    @ParameterizedTest(name = "min {0}, max {1}, change {2} %: {3}")
    @CsvSource({"3,,,Published", "4,,,Held", ",3,,Published", ",2,,Held", ",,50,Published", ",,49,Held"})
    @DisplayName("is held by rowCount when the table has too few or too many rows")
    void rowCount(Long min, Long max, Long change, String state) {
        run(document("Full"), "r1");
        event("2026-03-03", 1);
        Map<String, Object> limits = new HashMap<>();
        limits.put("min", min);
        limits.put("max", max);
        limits.put("changeAtMostPercent", change);
        BatchResult result = run(document("Full").with("rowCount", limits), "r2");
        assertEquals(state, result.state().name());
        assertEquals("rowCount", result.checks().get(0).name());
    }

    @Test
    @DisplayName("in mode Append adds the rows of its window, and never twice")
    void append() {
        ProductDocument document = windowed("Append");
        assertEquals(1, LAKE.run(document.json(), "r1", days("2026-03-01", "2026-03-02")).rows());
        assertEquals(1, LAKE.run(document.json(), "r2", days("2026-03-02", "2026-03-03")).rows());
        assertEquals(0, LAKE.run(document.json(), "r3", days("2026-03-03", "2026-03-04")).rows());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
        IllegalStateException twice = assertThrows(IllegalStateException.class,
            () -> LAKE.run(document.json(), "backfill", days("2026-03-02", "2026-03-03")));
        assertTrue(twice.getMessage().contains("mode Append would double them"), twice.getMessage());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
    }

    @Test
    @DisplayName("in mode Append counts the rows that came after the run over their time")
    void late() {
        String rows = "SELECT day, count(*) OVER (PARTITION BY day) AS events FROM events WHERE at >= :from AND at < :to";
        ProductDocument document = document("Append").with("sqlWindow", rows);
        LAKE.run(document.json(), "r1", days("2026-03-01", "2026-03-02"));
        assertEquals(null, lateRows(), "nobody knows of earlier runs");
        LAKE.run(document.json(), "r2", days("2026-03-02", "2026-03-03"));
        assertEquals("0 of 2026-03-01T00:00:00Z/2026-03-02T00:00:00Z", lateRows());
        event("2026-03-01", 3);
        event("2026-03-02", 1);
        LAKE.run(document.json(), "r3", days("2026-03-03", "2026-03-04"));
        assertEquals("4 of 2026-03-01T00:00:00Z/2026-03-03T00:00:00Z", lateRows());
        LAKE.run(document.with("planHash", "p2").json(), "r4", days("2026-03-04", "2026-03-05"));
        assertEquals(null, lateRows(), "other SQL has other rows");
    }

    private String lateRows() {
        Map<String, String> summary = LAKE.table(database + ".daily").currentSnapshot().summary();
        String rows = summary.get("openclickstream.late-rows");
        return rows == null ? null : rows + " of " + summary.get("openclickstream.late-window");
    }

    @Test
    @DisplayName("notes in the table which times were read, for whoever goes on from there")
    void readWindows() {
        LAKE.run(windowed("OverwritePartitions").json(), "r1", days("2026-03-01", "2026-03-02"));
        LAKE.run(windowed("Merge").with("keys", List.of("day")).json(), "r2", days("2026-03-03", "2026-03-04"));
        assertEquals("2026-03-01T00:00:00Z/2026-03-02T00:00:00Z,2026-03-03T00:00:00Z/2026-03-04T00:00:00Z", readTimes());
        LAKE.run(windowed("OverwritePartitions").check("none", "Error", "SELECT * FROM this").json(), "r3", days("2026-03-02", "2026-03-03"));
        assertEquals("2026-03-01T00:00:00Z/2026-03-02T00:00:00Z,2026-03-03T00:00:00Z/2026-03-04T00:00:00Z", readTimes(), "a run that is held");
        Instant begin = Instant.now();
        run(document("Full"), "r4");
        String[] all = readTimes().split("/");
        assertEquals("1970-01-01T00:00:00Z", all[0]);
        assertTrue(!Instant.parse(all[1]).isBefore(begin.minusSeconds(1)) && !Instant.parse(all[1]).isAfter(Instant.now()), readTimes());
    }

    private String readTimes() {
        return LAKE.table(database + ".daily").properties().get("openclickstream.read-windows");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"2026-03-01,2026-03-02", "2026-03-02,2026-03-01"})
    @DisplayName("in mode Merge leaves the newest row of a key, in whatever order its days are run")
    void newestRow(String first, String second) {
        Schema schema = new Schema(optional(1, "name", Types.StringType.get()), optional(2, "at", Types.TimestampType.withZone()),
            optional(3, "n", Types.LongType.get()));
        LAKE.catalog().createTable(TableIdentifier.of(database, "last"), schema);
        LAKE.sql("CREATE OR REPLACE TEMP VIEW seen AS SELECT * FROM VALUES ('a', TIMESTAMP '2026-03-01 10:00:00', 1L),"
            + " ('b', TIMESTAMP '2026-03-01 11:00:00', 2L), ('a', TIMESTAMP '2026-03-02 09:00:00', 3L) AS s(name, at, n)");
        ProductDocument document = new ProductDocument(database, "last", "Merge", "SELECT * FROM seen").with("keys", List.of("name"))
            .with("sqlWindow", "SELECT * FROM seen WHERE at >= :from AND at < :to")
            .with("windowRows", "`at` >= :from AND `at` < :to").with("windowLater", "`at` >= :to");
        for (String day : List.of(first, second, first)) {
            LAKE.run(document.json(), day + "-" + databases++, days(day, day.equals("2026-03-01") ? "2026-03-02" : "2026-03-03"));
        }
        assertEquals(List.of("a,3", "b,2"), LAKE.rows("SELECT name, n FROM " + database + ".last"));
    }

    @Test
    @DisplayName("in mode Append refuses a table whose rows are of times that nobody knows")
    void appendAfterAnotherMode() {
        run(document("Full"), "r1");
        IllegalStateException unknown = assertThrows(IllegalStateException.class,
            () -> LAKE.run(windowed("Append").json(), "r2", days("2026-03-01", "2026-03-05")));
        assertTrue(unknown.getMessage().contains("set its property openclickstream.appended-windows"), unknown.getMessage());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
    }

    @Test
    @DisplayName("in mode Append refuses what another mode wrote since, though the table once said of which times its rows are")
    void appendAroundAnotherMode() {
        LAKE.run(windowed("Append").json(), "r1", days("2026-03-01", "2026-03-02"));
        run(document("Full"), "r2");
        assertThrows(IllegalStateException.class, () -> LAKE.run(windowed("Append").json(), "r3", days("2026-03-02", "2026-03-03")));
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
    }

    @Test
    @DisplayName("in mode OverwritePartitions replaces the partitions that its rows are in and leaves the others")
    void overwritePartitions() {
        run(document("Full"), "r1");
        event("2026-03-02", 2);
        BatchResult result = LAKE.run(windowed("OverwritePartitions").json(), "r2", days("2026-03-02", "2026-03-03"));
        assertEquals(1, result.rows());
        assertEquals(2, result.tableRows());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,3"), daily());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"OverwritePartitions", "Merge"})
    @DisplayName("takes away the rows of a window whose rows all vanished, and no others, in mode")
    void vanished(String mode) {
        run(document("Full"), "r1");
        vanish("2026-03-02");
        BatchResult result = LAKE.run(windowed(mode).with("keys", List.of("day")).json(), "r2", days("2026-03-02", "2026-03-04"));
        assertEquals(0, result.rows());
        assertEquals(List.of("2026-03-01,2"), daily());
    }

    @Test
    @DisplayName("in mode Full leaves a table without rows when the query has none")
    void allVanished() {
        run(document("Full"), "r1");
        assertEquals(0, run(new ProductDocument(database, "daily", "Full", "SELECT * FROM (" + BY_DAY.formatted("") + ") WHERE false"), "r2").rows());
        assertEquals(List.of(), daily());
    }

    /** The table's partitions are days of UTC, the product's are of Berlin: 10 o'clock and half past eleven at night are of one partition. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"OverwritePartitions", "Merge"})
    @DisplayName("replaces the days of the product's zone where they are no whole partitions, in mode")
    void zone(String mode) {
        Schema schema = new Schema(optional(1, "at", Types.TimestampType.withZone()), optional(2, "events", Types.LongType.get()));
        LAKE.catalog().createTable(TableIdentifier.of(database, "hourly"), schema, PartitionSpec.builderFor(schema).day("at").build());
        String hours = "SELECT TIMESTAMP '2026-03-01 10:00:00' AS at, 1L AS events UNION ALL SELECT TIMESTAMP '2026-03-01 23:30:00', 2L";
        assertEquals(2, run(new ProductDocument(database, "hourly", "Full", hours), "r1").rows());
        ProductDocument second = new ProductDocument(database, "hourly", mode, hours).with("keys", List.of("at"))
            .with("sqlWindow", "SELECT TIMESTAMP '2026-03-01 23:45:00' AS at, 3L AS events WHERE :from < :to")
            .with("windowRows", "at >= :from AND at < :to");
        TimeWindow berlin = new TimeWindow(Instant.parse("2026-03-01T23:00:00Z"), Instant.parse("2026-03-02T23:00:00Z"));
        assertEquals(1, LAKE.run(second.json(), "r2", berlin).rows());
        assertEquals(List.of("2026-03-01 10:00:00,1", "2026-03-01 23:45:00,3"), LAKE.rows("SELECT CAST(at AS STRING), events FROM " + database + ".hourly"));
    }

    @Test
    @DisplayName("in mode Merge replaces the rows of the same keys and adds the others")
    void merge() {
        run(document("Full"), "r1");
        event("2026-03-02", 2);
        event("2026-03-03", 1);
        BatchResult result = LAKE.run(windowed("Merge").with("keys", List.of("day")).json(), "r2", days("2026-03-02", "2026-03-04"));
        assertEquals(2, result.rows());
        assertEquals(3, result.tableRows());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,3", "2026-03-03,1"), daily());
        assertEquals(Set.of("main"), refs());
    }

    @Test
    @DisplayName("that broke off between write and publish begins anew, and doubles nothing")
    void brokenOff() {
        ProductDocument broken = document("Append").check("broken", "Error", "SELECT * FROM nowhere");
        StepException failure = assertThrows(StepException.class, () -> run(broken, "r1"));
        assertTrue(failure.getMessage().startsWith("check \"broken\": "), failure.getMessage());
        assertEquals(List.of(), daily());
        assertEquals(Set.of("audit_r1"), refs());
        assertEquals(2, run(document("Append"), "r1").rows());
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
    }

    @Test
    @DisplayName("takes an identifier as Airflow makes them")
    void airflowRun() {
        String runId = "scheduled__2026-03-01T00:00:00.123456+00:00_aB-1~x";
        assertEquals(BatchResult.State.Published, run(document("Merge").with("keys", List.of("day")), runId).state());
        assertTrue(AuditBranch.published(LAKE.table(database + ".daily"), runId).isPresent());
    }

    @Test
    @DisplayName("says which column it is when the rows do not fit the table, and what is wrong with the query")
    void wrongRows() {
        ProductDocument text = new ProductDocument(database, "daily", "Full", "SELECT 'a' AS day, 1 AS events");
        assertTrue(assertThrows(StepException.class, () -> run(text, "r1")).getMessage().contains("`day`"));
        ProductDocument missing = new ProductDocument(database, "daily", "Full", "SELECT * FROM nothing.there");
        String message = assertThrows(StepException.class, () -> run(missing, "r1")).getMessage();
        assertTrue(message.startsWith("writing the rows: ") && message.contains("`nothing`.`there`"), message);
    }

    @Test
    @DisplayName("says that the table does not exist")
    void absentTable() {
        ProductDocument absent = new ProductDocument(database, "absent", "Full", "SELECT 1 AS a");
        String message = assertThrows(StepException.class, () -> run(absent, "r1")).getMessage();
        assertTrue(message.contains("table " + database + ".absent does not exist"), message);
    }

    @Test
    @DisplayName("refuses what cannot be right: OverwritePartitions without partitions or a window's rows, Merge without keys, a window that is missing")
    void refused() {
        LAKE.catalog().createTable(TableIdentifier.of(database, "flat"), new Schema(optional(1, "a", Types.IntegerType.get())));
        ProductDocument flat = new ProductDocument(database, "flat", "OverwritePartitions", "SELECT 1 AS a");
        assertTrue(assertThrows(ConfigException.class, () -> run(flat, "r1")).getMessage().contains("needs a table with partitions"));
        assertTrue(assertThrows(ConfigException.class, () -> run(document("Merge"), "r1")).getMessage().contains("\"keys\""));
        ProductDocument unknown = document("Merge").with("keys", List.of("dya"));
        assertTrue(assertThrows(ConfigException.class, () -> run(unknown, "r1")).getMessage().contains("\"dya\""));
        assertTrue(assertThrows(ConfigException.class, () -> run(windowed("Append"), "r1")).getMessage().contains("--from and --to"));
        ProductDocument untold = document("OverwritePartitions").with("sqlWindow", "SELECT 1");
        TimeWindow day = days("2026-03-01", "2026-03-02");
        assertTrue(assertThrows(ConfigException.class, () -> LAKE.run(untold.json(), "r1", day)).getMessage().contains("\"windowRows\""));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"2026-03-01", "2026-03-09"})
    @DisplayName("in mode Merge refuses two rows of one key, whether the table has the key or not: it names one of them")
    void ambiguousKey(String day) {
        run(document("Full"), "r1");
        ProductDocument twice = new ProductDocument(database, "daily", "Merge",
            "SELECT DATE '" + day + "' AS day, events FROM VALUES (5L), (6L) AS v(events)").with("keys", List.of("day"));
        String message = assertThrows(StepException.class, () -> run(twice, "r2")).getMessage();
        assertTrue(message.contains("1 key") && message.contains("day = " + day), message);
        assertEquals(List.of("2026-03-01,2", "2026-03-02,1"), daily());
    }
}
