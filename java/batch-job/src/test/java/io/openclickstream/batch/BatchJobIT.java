package io.openclickstream.batch;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.testing.LakeEngines;
import io.openclickstream.testing.TestFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events an hour, of days of Berlin, in a table whose partitions are days of UTC. */
@DisplayName("The batch job on real engines")
class BatchJobIT {
    private static final String SQL = "SELECT date_trunc('HOUR', at) AS hour, count(*) AS events FROM %s GROUP BY 1";
    private static final String OF_WINDOW = "(SELECT * FROM %s WHERE at >= date_trunc('DAY', :from) AND at < date_trunc('DAY', :to))";
    /** The second of March in Berlin. */
    private static final String[] SECOND = {"--from", "2026-03-01T23:00:00Z", "--to", "2026-03-02T23:00:00Z"};

    @TempDir
    private Path folder;

    private LakeEngines engines;
    private Catalog catalog;
    private TableIdentifier events;
    private TableIdentifier hourly;

    @BeforeEach
    void createTables() throws IOException {
        engines = LakeEngines.of(LakeEngines.file());
        catalog = engines.catalog();
        Namespace database = Namespace.of("batch_" + UUID.randomUUID().toString().substring(0, 8));
        ((SupportsNamespaces) catalog).createNamespace(database);
        events = TableIdentifier.of(database, "events");
        hourly = TableIdentifier.of(database, "hourly");
        Schema schema = new Schema(optional(1, "at", Types.TimestampType.withZone()));
        catalog.createTable(events, schema, PartitionSpec.builderFor(schema).hour("at").build());
        Schema counts = new Schema(optional(1, "hour", Types.TimestampType.withZone()), optional(2, "events", Types.LongType.get()));
        catalog.createTable(hourly, counts, PartitionSpec.builderFor(counts).day("hour").build());
        event("2026-03-01T10:20:00Z", 2);
        event("2026-03-01T23:20:00Z", 3);
        event("2026-03-02T08:20:00Z", 1);
    }

    private void event(String time, int count) {
        Table table = catalog.loadTable(events);
        TestFiles.append(table, List.of(TestFiles.write(table,
            TestFiles.rows(table, count, (row, number) -> row.setField("at", OffsetDateTime.parse(time).plusSeconds(number))))));
    }

    private ProductDocument document(String mode) {
        ProductDocument document = new ProductDocument(hourly.namespace().toString(), hourly.name(), mode, SQL.formatted(events));
        engines.document().forEach(document::with);
        return document.with("timeZone", "Europe/Berlin").with("keys", List.of("hour"));
    }

    private ProductDocument windowed(String mode) {
        return document(mode).with("sqlWindow", SQL.formatted(OF_WINDOW.formatted(events)))
            .with("windowRows", "hour >= date_trunc('DAY', :from) AND hour < date_trunc('DAY', :to)");
    }

    private BatchProcess start(ProductDocument document, String runId, String... window) throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--run-id", runId));
        words.addAll(List.of(window));
        return BatchProcess.start(folder, document.json(), engines.environment(), words.toArray(String[]::new));
    }

    /** Runs it to an end with an exit code. */
    private JsonNode run(int exitCode, BatchProcess process) throws IOException, InterruptedException {
        assertEquals(exitCode, process.exitCode(), process.log());
        assertFalse(process.log().contains(engines.secretKey()), "the log holds the key");
        return process.result();
    }

    private List<String> rows() throws IOException {
        List<String> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(catalog.loadTable(hourly)).build()) {
            records.forEach(row -> rows.add(row.getField("hour").toString().substring(5, 13) + "=" + row.getField("events")));
        }
        return rows.stream().sorted().toList();
    }

    private Set<String> refs() {
        return catalog.loadTable(hourly).refs().keySet();
    }

    @Test
    @DisplayName("keeps what an Error check holds in a branch, and publishes it when the check is mended, once")
    void held() throws Exception {
        ProductDocument strict = document("Full").check("few", "Error", "SELECT * FROM this WHERE events > 2");
        JsonNode held = run(3, start(strict, "r1"));
        assertEquals("Held", held.required("state").textValue());
        assertEquals(1, held.required("checks").required(0).required("violations").intValue());
        assertNull(catalog.loadTable(hourly).currentSnapshot());
        assertEquals("3", catalog.loadTable(hourly).snapshot("audit_r1").summary().get("total-records"));
        JsonNode published = run(0, start(document("Full"), "r1"));
        assertEquals("Published", published.required("state").textValue());
        assertEquals(List.of("03-01T10=2", "03-01T23=3", "03-02T08=1"), rows());
        assertEquals(Set.of("main"), refs());
        JsonNode again = run(0, start(document("Full"), "r1"));
        assertEquals("AlreadyPublished", again.required("state").textValue());
        assertEquals(published.required("snapshotId"), again.required("snapshotId"));
    }

    @Test
    @DisplayName("is killed between write and publication, and gives the same rows once when it is repeated")
    void killed() throws Exception {
        ProductDocument endless = windowed("Append").check("endless", "Error", "SELECT * FROM range(1000000000000000) WHERE id < 0");
        BatchProcess first = start(endless, "r1", SECOND);
        first.await("the rows are in the branch", () -> {
            Snapshot written = catalog.loadTable(hourly).snapshot("audit_r1");
            return written != null && "2".equals(written.summary().get("total-records"));
        });
        first.kill();
        assertNull(catalog.loadTable(hourly).currentSnapshot());
        assertEquals(2, run(0, start(windowed("Append"), "r1", SECOND)).required("rows").intValue());
        assertEquals(List.of("03-01T23=3", "03-02T08=1"), rows());
        assertEquals("AlreadyPublished", run(0, start(windowed("Append"), "r1", SECOND)).required("state").textValue());
        String refused = run(1, start(windowed("Append"), "backfill", SECOND)).required("message").textValue();
        assertTrue(refused.contains("mode Append would double them"), refused);
        assertEquals(List.of("03-01T23=3", "03-02T08=1"), rows());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"OverwritePartitions", "Merge"})
    @DisplayName("takes away what a day of the product's zone has no more, and touches no other day, in mode")
    void vanished(String mode) throws Exception {
        run(0, start(windowed(mode), "r1", "--from", "2026-02-28T23:00:00Z", "--to", "2026-03-02T23:00:00Z"));
        assertEquals(List.of("03-01T10=2", "03-01T23=3", "03-02T08=1"), rows());
        catalog.loadTable(events).newDelete()
            .deleteFromRowFilter(Expressions.greaterThanOrEqual("at", "2026-03-01T23:00:00+00:00")).commit();
        assertEquals("AlreadyPublished", run(0, start(windowed(mode), "r1", SECOND)).required("state").textValue());
        JsonNode second = run(0, start(windowed(mode), "r2", SECOND));
        assertEquals(0, second.required("rows").intValue());
        assertEquals(1, second.required("tableRows").intValue());
        assertEquals(List.of("03-01T10=2"), rows());
        assertEquals(Set.of("main"), refs());
    }
}
