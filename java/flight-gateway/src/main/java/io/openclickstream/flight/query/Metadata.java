package io.openclickstream.flight.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.flight.trino.Session;
import io.openclickstream.flight.types.ArrowTypes;
import io.openclickstream.flight.types.TypeText;
import io.openclickstream.flight.types.UnsupportedTypeException;
import io.openclickstream.flight.types.ZonedTimestamps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Catalogs, schemas and tables, as Trino shows them to the user. */
public final class Metadata {
    /** What escapes a wildcard in a pattern. */
    public static final String ESCAPE = "\\";

    private final Statements statements;

    public Metadata(Statements statements) {
        this.statements = statements;
    }

    /** A table; the schema is null where none was asked for. */
    public record TableRow(String catalog, String schema, String name, String type, Schema columns) {
    }

    /** The names of the catalogs. */
    public List<String> catalogs(Session session) throws IOException, InterruptedException {
        return statements.rows("SELECT table_cat FROM system.jdbc.catalogs ORDER BY table_cat", session, Map.of())
            .stream().map(row -> row.get(0).asText()).toList();
    }

    /** Catalog and name of the schemas that fit. */
    public List<List<String>> schemas(CommandGetDbSchemas command, Session session) throws IOException, InterruptedException {
        List<String> conditions = new ArrayList<>();
        if (command.hasCatalog()) {
            conditions.add("table_catalog = " + Literals.text(command.getCatalog()));
        }
        if (command.hasDbSchemaFilterPattern()) {
            conditions.add(like("table_schem", command.getDbSchemaFilterPattern()));
        }
        String sql = "SELECT table_catalog, table_schem FROM system.jdbc.schemas" + where(conditions) + " ORDER BY 1, 2";
        return statements.rows(sql, session, Map.of()).stream().map(row -> List.of(row.get(0).asText(), row.get(1).asText())).toList();
    }

    /** The tables that fit, in the order that Flight SQL asks for. */
    public List<TableRow> tables(CommandGetTables command, Session session) throws IOException, InterruptedException {
        List<String> conditions = new ArrayList<>();
        if (command.hasCatalog()) {
            conditions.add("table_cat = " + Literals.text(command.getCatalog()));
        }
        if (command.hasDbSchemaFilterPattern()) {
            conditions.add(like("table_schem", command.getDbSchemaFilterPattern()));
        }
        if (command.hasTableNameFilterPattern()) {
            conditions.add(like("table_name", command.getTableNameFilterPattern()));
        }
        Map<List<String>, Schema> columns = command.getIncludeSchema() ? columns(conditions, session) : Map.of();
        if (command.getTableTypesCount() > 0) {
            conditions.add("table_type IN (" + command.getTableTypesList().stream().map(Literals::text).collect(Collectors.joining(", ")) + ")");
        }
        String sql = "SELECT table_cat, table_schem, table_name, table_type FROM system.jdbc.tables" + where(conditions) + " ORDER BY 1, 2, 3, 4";
        return statements.rows(sql, session, Map.of()).stream().map(row -> {
            List<String> name = nameOf(row);
            Schema schema = command.getIncludeSchema() ? columns.getOrDefault(name, new Schema(List.of())) : null;
            return new TableRow(name.get(0), name.get(1), name.get(2), row.get(3).asText(), schema);
        }).toList();
    }

    private static List<String> nameOf(JsonNode row) {
        return List.of(row.get(0).asText(), row.get(1).asText(), row.get(2).asText());
    }

    private Map<List<String>, Schema> columns(List<String> conditions, Session session) throws IOException, InterruptedException {
        String sql = "SELECT table_cat, table_schem, table_name, column_name, type_name FROM system.jdbc.columns" + where(conditions)
            + " ORDER BY table_cat, table_schem, table_name, ordinal_position";
        Map<List<String>, List<Field>> fields = new HashMap<>();
        for (JsonNode row : statements.rows(sql, session, Map.of())) {
            fields.computeIfAbsent(nameOf(row), key -> new ArrayList<>()).add(field(row.get(3).asText(), row.get(4).asText(), session.zoned()));
        }
        Map<List<String>, Schema> schemas = new HashMap<>();
        fields.forEach((table, its) -> schemas.put(table, new Schema(its)));
        return schemas;
    }

    /** A column that cannot be read is shown as one without values; its Trino type says what it is. */
    private static Field field(String name, String type, ZonedTimestamps zoned) {
        try {
            return new ArrowTypes(zoned).field(name, TypeText.parse(type));
        } catch (UnsupportedTypeException e) {
            return new Field(name, new FieldType(true, ArrowType.Null.INSTANCE, null, Map.of(ArrowTypes.TRINO_TYPE, type)), List.of());
        }
    }

    private static String where(List<String> conditions) {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    /** Without a wildcard the name itself is asked for, which Trino looks up without listing all others. */
    static String like(String column, String pattern) {
        String plain = pattern.replace(ESCAPE + "_", "").replace(ESCAPE + "%", "").replace(ESCAPE + ESCAPE, "");
        if (!plain.contains("_") && !plain.contains("%") && !plain.contains(ESCAPE)) {
            String name = pattern.replace(ESCAPE + "_", "_").replace(ESCAPE + "%", "%").replace(ESCAPE + ESCAPE, ESCAPE);
            return column + " = " + Literals.text(name);
        }
        return column + " LIKE " + Literals.text(pattern) + " ESCAPE " + Literals.text(ESCAPE);
    }
}
