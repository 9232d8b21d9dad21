package io.openclickstream.proof;

import io.openclickstream.model.PlanDocument;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * DuckDB over the same rows. It gets what the user wrote and not what the planner made of it, so it judges how the planner reads a query
 * too. Its settings are the meanings that the planner gives to what SQL leaves open.
 */
final class DuckDb implements AutoCloseable {
    /** The only form of the corpus that DuckDB has under another name: FLOOR(t TO DAY). */
    private static final Pattern FLOOR_TO = Pattern.compile("\\bfloor\\(([\\w.\"]+) TO (\\w+)\\)", Pattern.CASE_INSENSITIVE);

    private final Connection connection;

    DuckDb(String zone) throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        run("SET TimeZone = '" + zone + "'");
        // A quotient of whole numbers is a whole number, and null is greater than any value.
        run("SET integer_division = true");
        run("SET default_null_order = 'NULLS_LAST_ON_ASC_FIRST_ON_DESC'");
        run("CREATE SCHEMA shop");
    }

    /** Reads the Parquet files of a folder as a table. */
    void load(String table, Path folder) throws SQLException {
        run("CREATE TABLE shop." + table + " AS FROM read_parquet('" + folder.toAbsolutePath() + "/*.parquet')");
    }

    /** The rows of a query as {@link Rows} compares them, each value in the type that the plan says. */
    List<List<Object>> query(String sql, List<PlanDocument.Column> columns) throws SQLException {
        String selection = columns.stream()
            .map(column -> isNested(column) ? quoted(column) : "CAST(" + quoted(column) + " AS " + column.type() + ")")
            .collect(Collectors.joining(", "));
        String text = "SELECT " + selection + " FROM (\n" + FLOOR_TO.matcher(sql).replaceAll("date_trunc('$2', $1)") + "\n) AS written";
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(text)) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int position = 1; position <= columns.size(); position++) {
                    row.add(value(result, position, columns.get(position - 1).type()));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    private static boolean isNested(PlanDocument.Column column) {
        return column.type().contains("<");
    }

    private static String quoted(PlanDocument.Column column) {
        return "\"" + column.name() + "\"";
    }

    private static Object value(ResultSet result, int position, String type) throws SQLException {
        if (type.equals("timestamptz")) {
            OffsetDateTime time = result.getObject(position, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        }
        return type.equals("timestamp") ? result.getObject(position, LocalDateTime.class) : plain(result.getObject(position));
    }

    private static Object plain(Object value) throws SQLException {
        if (value instanceof java.sql.Array array) {
            return plain((Object[]) array.getArray());
        }
        if (value instanceof Struct struct) {
            return plain(struct.getAttributes());
        }
        return value;
    }

    private static List<Object> plain(Object[] values) throws SQLException {
        List<Object> list = new ArrayList<>();
        for (Object value : values) {
            list.add(plain(value));
        }
        return list;
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
