package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.TableMarks;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The branch of a run")
class AuditBranchTest {
    private static final TableIdentifier NAME = TableIdentifier.of("db", "product");
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    @TempDir
    private Path warehouse;

    private HadoopCatalog catalog;
    private int files;

    @BeforeEach
    void create() {
        catalog = new HadoopCatalog(new Configuration(), warehouse.toString());
        catalog.createTable(NAME, SCHEMA, PartitionSpec.unpartitioned());
    }

    private Table table() {
        return catalog.loadTable(NAME);
    }

    /** What a test does in place of a commit. */
    private interface Commit {
        Object instead(Callable<Object> commit) throws Exception;
    }

    /** The table with commits of the test's own. */
    private Table withCommit(Commit own) {
        TableOperations operations = ((HasTableOperations) table()).operations();
        return new BaseTable((TableOperations) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {TableOperations.class}, (proxy, method, arguments) -> {
                Callable<Object> call = () -> {
                    try {
                        return method.invoke(operations, arguments);
                    } catch (InvocationTargetException e) {
                        throw (RuntimeException) e.getCause();
                    }
                };
                return method.getName().equals("commit") ? own.instead(call) : call.call();
            }), "db.product");
    }

    private DataFile file() {
        return DataFiles.builder(PartitionSpec.unpartitioned()).withPath("f" + files++).withFileSizeInBytes(1).withRecordCount(1)
            .withFormat("parquet").build();
    }

    private Snapshot write(AuditBranch branch) {
        table().newAppend().appendFile(file()).toBranch(branch.name()).commit();
        return branch.head();
    }

    private Snapshot audited(AuditBranch branch) {
        return branch.audit(write(branch), "[]", false, Map.of("openclickstream.rows", "1"));
    }

    private String rows() {
        Snapshot current = table().currentSnapshot();
        return current == null ? null : current.summary().get("total-records");
    }

    @Test
    @DisplayName("shows its rows to readers only when it is published, and is gone then")
    void publishes() {
        table().newAppend().appendFile(file()).commit();
        AuditBranch branch = AuditBranch.begin(table(), "r1");
        Snapshot audited = audited(branch);
        assertEquals("1", rows());
        assertTrue(AuditBranch.published(table(), "r1").isEmpty());
        assertTrue(branch.publish(audited, Map.of("a", "b")));
        assertEquals("2", rows());
        assertEquals("b", table().properties().get("a"));
        assertEquals(Set.of("main"), table().refs().keySet());
        assertEquals(audited.snapshotId(), AuditBranch.published(table(), "r1").orElseThrow().snapshotId());
        assertEquals("1", table().currentSnapshot().summary().get("openclickstream.rows"));
        assertTrue(AuditBranch.published(table(), "r2").isEmpty());
    }

    @Test
    @DisplayName("does the same on a table that has no snapshot yet")
    void publishesFirst() {
        AuditBranch branch = AuditBranch.begin(table(), "r1");
        assertNull(branch.base());
        Snapshot audited = audited(branch);
        assertNull(rows());
        assertTrue(branch.publish(audited, Map.of()));
        assertEquals("1", rows());
    }

    @Test
    @DisplayName("begins anew where the table is, whatever an earlier try of the run left")
    void replaces() {
        table().newAppend().appendFile(file()).commit();
        audited(AuditBranch.begin(table(), "r1"));
        table().newAppend().appendFile(file()).commit();
        AuditBranch again = AuditBranch.begin(table(), "r1");
        assertEquals(table().currentSnapshot().snapshotId(), again.head().snapshotId());
        assertTrue(again.publish(audited(again), Map.of()));
        assertEquals("3", rows());
    }

    @Test
    @DisplayName("is not published over what somebody wrote meanwhile")
    void refusesToHide() {
        AuditBranch branch = AuditBranch.begin(table(), "r1");
        Snapshot audited = audited(branch);
        AuditBranch other = AuditBranch.begin(table(), "r2");
        assertTrue(other.publish(audited(other), Map.of()));
        assertFalse(branch.publish(audited, Map.of()));
        assertEquals("r2", table().currentSnapshot().summary().get(TableMarks.RUN_ID));
    }

    @Test
    @DisplayName("is not published over a commit that comes at the very moment either")
    void refusesInTheMiddle() {
        table().newAppend().appendFile(file()).commit();
        AtomicInteger changes = new AtomicInteger();
        boolean[] isRacing = {false};
        Table racing = withCommit(commit -> {
            if (isRacing[0] && changes.getAndIncrement() == 0) {
                table().newAppend().appendFile(file()).commit();
            }
            return commit.call();
        });
        AuditBranch branch = AuditBranch.begin(racing, "r1");
        Snapshot audited = audited(branch);
        isRacing[0] = true;
        assertFalse(branch.publish(audited, Map.of()));
        assertEquals("2", rows());
        assertTrue(AuditBranch.published(table(), "r1").isEmpty());
    }

    @Test
    @DisplayName("belongs to one try at a time: the audit of another's rows fails")
    void oneTry() {
        AuditBranch first = AuditBranch.begin(table(), "r1");
        Snapshot written = write(first);
        AuditBranch second = AuditBranch.begin(table(), "r1");
        write(second);
        assertThrows(IllegalStateException.class, () -> first.audit(written, "[]", false, Map.of()));
    }

    @Test
    @DisplayName("is said to be impossible where the catalog makes none")
    void unsupported() {
        Table forgetful = withCommit(commit -> null);
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> AuditBranch.begin(forgetful, "r1"));
        assertTrue(refused.getMessage().contains("a catalog that keeps branches"), refused.getMessage());
    }

    @Test
    @DisplayName("of a held run goes by age with the expiry of snapshots, but not before its first write, however old the table is")
    void expires() {
        table().newAppend().appendFile(file()).commit();
        age(Duration.ofDays(30));
        AuditBranch branch = AuditBranch.begin(table(), "r1");
        table().expireSnapshots().commit();
        Snapshot audited = audited(branch);
        table().expireSnapshots().commit();
        assertTrue(branch.publish(audited, Map.of()));
        audited(AuditBranch.begin(table(), "r2"));
        age(Duration.ofDays(8));
        table().expireSnapshots().commit();
        assertEquals(Set.of("main"), table().refs().keySet());
    }

    @Test
    @DisplayName("of a held run goes when three later ones are held, with its snapshots, and none that a run may still write")
    void bounded() {
        table().newAppend().appendFile(file()).commit();
        AuditBranch working = AuditBranch.begin(table(), "working");
        write(working);
        AuditBranch begun = AuditBranch.begin(table(), "begun");
        AuditBranch checked = AuditBranch.begin(table(), "checked");
        Snapshot audited = audited(checked);
        List<Long> held = new ArrayList<>();
        for (int nth = 1; nth <= 5; nth++) {
            AuditBranch branch = AuditBranch.begin(table(), "held" + nth);
            held.add(branch.audit(write(branch), "[]", true, Map.of()).snapshotId());
        }
        AuditBranch.begin(table(), "next");
        assertEquals(Set.of("main", working.name(), begun.name(), checked.name(), "audit_held3", "audit_held4", "audit_held5", "audit_next"),
            table().refs().keySet());
        assertNull(table().snapshot(held.get(1)));
        assertEquals("1", rows());
        // A day later nobody believes that they go on.
        age(Duration.ofHours(25));
        AuditBranch.begin(table(), "last");
        assertEquals(Set.of("main", "audit_held3", "audit_held4", "audit_held5", "audit_last"), table().refs().keySet());
        assertNull(table().snapshot(audited.snapshotId()));
        assertEquals("2", table().snapshot(held.get(4)).summary().get("total-records"));
    }

    @Test
    @DisplayName("knows whether only runs and the upkeep were quicker")
    void tellsWhoWasQuicker() {
        table().newAppend().appendFile(file()).commit();
        AuditBranch branch = AuditBranch.begin(table(), "r1");
        Snapshot audited = audited(branch);
        AuditBranch other = AuditBranch.begin(table(), "r2");
        assertTrue(other.publish(other.audit(writtenBy(other, "r2"), "[]", false, Map.of()), Map.of()));
        assertFalse(branch.publish(audited, Map.of()));
        assertTrue(branch.isBehindRuns());
        table().newAppend().appendFile(file()).commit();
        assertFalse(branch.publish(audited, Map.of()));
        assertFalse(branch.isBehindRuns());
    }

    /** As the batch job writes, whose rows carry the run, too. */
    private Snapshot writtenBy(AuditBranch branch, String runId) {
        table().newAppend().appendFile(file()).toBranch(branch.name()).set(TableMarks.RUN_ID, runId).commit();
        return branch.head();
    }

    /** Lets time go by for all snapshots. */
    private void age(Duration time) {
        TableOperations operations = ((HasTableOperations) table()).operations();
        TableMetadata current = operations.current();
        String older = Pattern.compile("(\"timestamp-ms\"\\s*:\\s*)(\\d+)").matcher(TableMetadataParser.toJson(current))
            .replaceAll(match -> match.group(1) + (Long.parseLong(match.group(2)) - time.toMillis()));
        operations.commit(current, TableMetadataParser.fromJson(older));
    }

    @Test
    @DisplayName("lets a conflict out that does not end")
    void endlessConflict() {
        table().newAppend().appendFile(file()).commit();
        boolean[] isRefusing = {false};
        Table refusing = withCommit(commit -> {
            if (isRefusing[0]) {
                throw new CommitFailedException("always");
            }
            return commit.call();
        });
        refusing.updateProperties().set("commit.retry.num-retries", "0").commit();
        AuditBranch branch = AuditBranch.begin(refusing, "r1");
        Snapshot audited = audited(branch);
        isRefusing[0] = true;
        assertThrows(CommitFailedException.class, () -> branch.publish(audited, Map.of()));
    }
}
