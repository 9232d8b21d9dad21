package io.openclickstream.testing;

import io.openclickstream.model.Column;
import io.openclickstream.model.OutputTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The three tables of a pipeline, made as the operator makes them, and read by Iceberg's own reader. */
public final class TestLake {
    private final Catalog catalog;
    private final Map<OutputTable, TableIdentifier> identifiers = new EnumMap<>(OutputTable.class);

    public TestLake(Catalog catalog, String database, String prefix) {
        this.catalog = catalog;
        for (OutputTable table : OutputTable.values()) {
            identifiers.put(table, TableIdentifier.of(database, prefix + "_" + table.name().toLowerCase(Locale.ROOT)));
        }
    }

    public Map<OutputTable, TableIdentifier> identifiers() {
        return identifiers;
    }

    /** Creates database and tables. */
    public void create() {
        Namespace database = identifiers.get(OutputTable.EVENTS).namespace();
        SupportsNamespaces namespaces = (SupportsNamespaces) catalog;
        if (!namespaces.namespaceExists(database)) {
            namespaces.createNamespace(database);
        }
        identifiers.keySet().forEach(this::create);
    }

    private void create(OutputTable output) {
        Schema schema = schema(output);
        PartitionSpec spec = PartitionSpec.builderFor(schema).day("received_at").build();
        catalog.createTable(identifiers.get(output), schema, spec, Map.of("format-version", "2"));
    }

    /** Drops a table with its rows and makes another one of its name. */
    public void replace(OutputTable output) {
        catalog.dropTable(identifiers.get(output), true);
        create(output);
    }

    public Table table(OutputTable output) {
        return catalog.loadTable(identifiers.get(output));
    }

    /** All rows of a table, in no order. */
    public List<Record> rows(OutputTable output) {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table(output)).build()) {
            records.forEach(record -> rows.add(record.copy()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    /** Number of rows by table. */
    public Map<OutputTable, Integer> counts() {
        Map<OutputTable, Integer> counts = new EnumMap<>(OutputTable.class);
        for (OutputTable output : OutputTable.values()) {
            counts.put(output, rows(output).size());
        }
        return counts;
    }

    /** The schema that the event model asks for. */
    public static Schema schema(OutputTable output) {
        List<Types.NestedField> fields = new ArrayList<>();
        int id = 1;
        for (Column<?> column : output.columns()) {
            // A map needs three identifiers; the catalog gives its own ones anyway.
            fields.add(column.required()
                ? Types.NestedField.required(id, column.name(), type(column, id))
                : Types.NestedField.optional(id, column.name(), type(column, id)));
            id += 3;
        }
        return new Schema(fields);
    }

    private static Type type(Column<?> column, int id) {
        return switch (column.type()) {
            case STRING -> Types.StringType.get();
            case INT -> Types.IntegerType.get();
            case LONG -> Types.LongType.get();
            case BOOLEAN -> Types.BooleanType.get();
            case TIMESTAMPTZ -> Types.TimestampType.withZone();
            case BINARY -> Types.BinaryType.get();
            case STRING_MAP -> Types.MapType.ofRequired(id + 1, id + 2, Types.StringType.get(), Types.StringType.get());
        };
    }
}
