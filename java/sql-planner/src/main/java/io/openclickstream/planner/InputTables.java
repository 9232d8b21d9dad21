package io.openclickstream.planner;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.PlanRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.type.SqlTypeName;

/** The tables of a request as Calcite's schema. They have names and types, and nothing behind them that could be read. */
final class InputTables {
    private static final String NAME = "[^\"`$\\\\\\p{Cntrl}]{1,255}";

    private final CalciteSchema root = CalciteSchema.createRootSchema(false, false);
    private final List<PlanRequest.Table> tables;
    private final Set<String> columns = new TreeSet<>();

    /** A table that has columns and no rows. */
    private static final class InputTable extends AbstractTable {
        private final List<PlanRequest.Table.Column> columns;

        InputTable(List<PlanRequest.Table.Column> columns) {
            this.columns = columns;
        }

        @Override
        public RelDataType getRowType(RelDataTypeFactory factory) {
            IcebergTypes types = new IcebergTypes(factory);
            RelDataTypeFactory.Builder row = factory.builder();
            columns.forEach(column -> row.add(column.name(), types.parse(column.type(), column.required())));
            return row.build();
        }
    }

    /** Throws {@link ConfigException} when the request's tables are no tables. */
    InputTables(List<PlanRequest.Table> tables, RelDataTypeFactory factory) {
        this.tables = tables;
        Map<String, CalciteSchema> databases = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> seen = new HashSet<>();
        for (PlanRequest.Table table : tables) {
            checkName(table.database());
            checkName(table.table());
            if (!seen.add(nameOf(table).toLowerCase(Locale.ROOT))) {
                throw new ConfigException("\"tables\" names " + nameOf(table) + " twice");
            }
            checkColumns(table, factory);
            databases.computeIfAbsent(table.database(), name -> root.add(name, new AbstractSchema()))
                .add(table.table(), new InputTable(table.columns()));
        }
        // Other names for types, as Iceberg and the engines have them.
        root.add("STRING", types -> types.createSqlType(SqlTypeName.VARCHAR));
        root.add("LONG", types -> types.createSqlType(SqlTypeName.BIGINT));
        root.add("TIMESTAMPTZ", types -> types.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, IcebergTypes.MICROSECONDS));
    }

    private void checkColumns(PlanRequest.Table table, RelDataTypeFactory factory) {
        Set<String> names = new HashSet<>();
        IcebergTypes types = new IcebergTypes(factory);
        for (PlanRequest.Table.Column column : table.columns()) {
            checkName(column.name());
            if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
                throw new ConfigException(nameOf(table) + " has the column \"" + column.name() + "\" twice; capitals make no difference");
            }
            try {
                addNames(column.name(), types.parse(column.type(), true));
            } catch (IllegalArgumentException e) {
                throw new ConfigException("column \"" + column.name() + "\" of " + nameOf(table) + ": " + e.getMessage());
            }
        }
    }

    private void addNames(String name, RelDataType type) {
        columns.add(name);
        RelDataType inner = type.getComponentType() == null ? type : type.getComponentType();
        if (inner.isStruct()) {
            inner.getFieldList().forEach(field -> {
                checkName(field.getName());
                addNames(field.getName(), field.getType());
            });
        }
    }

    /** What would end a quoted name, or be replaced in it by an engine, must not be in a name. */
    private static void checkName(String name) {
        if (!name.matches(NAME)) {
            throw new ConfigException("\"" + name + "\" cannot be used as a name in SQL: it must not have quotes, $, \\ or control characters");
        }
    }

    private static String nameOf(PlanRequest.Table table) {
        return table.database() + "." + table.table();
    }

    CalciteSchema schema() {
        return root;
    }

    List<PlanRequest.Table> all() {
        return tables;
    }

    /** The names of all columns and nested fields. */
    Set<String> columnNames() {
        return columns;
    }

    List<String> tableNames() {
        return new ArrayList<>(tables.stream().map(InputTables::nameOf).toList());
    }
}
