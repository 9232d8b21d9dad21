package io.openclickstream.batch;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The upkeep of a table that was made anew under its name")
class AnotherTableTest {
    private static final LocalLake LAKE = LocalLake.shared();
    private static final Schema SCHEMA = new Schema(optional(1, "id", Types.LongType.get()));

    private final TableIdentifier name = TableIdentifier.of("anew", "t" + UUID.randomUUID().toString().substring(0, 8));
    private Table before;
    private UpkeepDocument.Table settings;

    @BeforeEach
    void createTable() {
        if (!LAKE.catalog().namespaceExists(Namespace.of("anew"))) {
            LAKE.catalog().createNamespace(Namespace.of("anew"));
        }
        before = create();
        settings = new UpkeepDocument.Table("anew", name.name(), before.uuid().toString(), 1, 3600, 1, Duration.ofDays(1).toSeconds(),
            new UpkeepDocument.Table.Retention("id", 1L));
    }

    private Table create() {
        return LAKE.catalog().createTable(name, SCHEMA, PartitionSpec.unpartitioned());
    }

    private Table createAnew() {
        LAKE.catalog().dropTable(name, true);
        return create();
    }

    private String refusal(Table anew) {
        return "the table of this name is another one: its uuid is " + anew.uuid() + ", not " + settings.tableUuid();
    }

    private static String metadataFile(Table table) {
        return ((HasTableOperations) table).operations().current().metadataFileLocation();
    }

    @Test
    @DisplayName("fails and does no step, not even the one that would fail by itself")
    void beforeTheRun() {
        Table anew = createAnew();
        UpkeepResult.Table result = new UpkeepRun(LAKE.spark(), LAKE.catalog(), List.of(settings), Clock.systemUTC()).run().get(0);
        assertEquals(UpkeepResult.Table.State.Failed, result.state());
        assertEquals(refusal(anew), result.message());
        assertEquals(metadataFile(anew), metadataFile(LAKE.catalog().loadTable(name)));
    }

    @Test
    @DisplayName("ends where it is when that was in the middle of it, also where the catalog's client does not notice")
    void inTheRun() {
        TableMetadata known = ((HasTableOperations) before).operations().current();
        Table anew = createAnew();
        TableUpkeep upkeep = new TableUpkeep(LAKE.spark(), new BaseTable(unaware(known), name.toString()), settings, Instant.now(),
            new UpkeepFigures(settings));
        assertEquals(refusal(anew), assertThrows(IllegalStateException.class, upkeep::run).getMessage());
    }

    /** As a REST catalog's client has it: after a refresh it knows whatever table has the name. */
    private TableOperations unaware(TableMetadata known) {
        TableOperations now = ((HasTableOperations) LAKE.catalog().loadTable(name)).operations();
        boolean[] isRefreshed = {false};
        return (TableOperations) Proxy.newProxyInstance(TableOperations.class.getClassLoader(), new Class<?>[] {TableOperations.class},
            (proxy, method, arguments) -> {
                isRefreshed[0] |= method.getName().equals("refresh");
                return method.getName().equals("current") && !isRefreshed[0] ? known : method.invoke(now, arguments);
            });
    }
}
