package io.openclickstream.planner;

import io.openclickstream.model.PlanRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataTypeField;

/** The texts of one plan for the engines. */
final class Texts {
    private final RelNode relation;
    private final PlanRequest.Catalog catalog;
    private final String zone;
    private final Places places;

    Texts(RelNode relation, PlanRequest.Catalog catalog, String zone, Places places) {
        this.relation = relation;
        this.catalog = catalog;
        this.zone = zone;
        this.places = places;
    }

    String spark() {
        Dialect dialect = new SparkDialect(zone);
        return text(dialect, (name, columns) -> table(dialect, catalog.spark(), name));
    }

    String trino() {
        Dialect dialect = new TrinoDialect(zone);
        return text(dialect, (name, columns) -> table(dialect, catalog.trino(), name));
    }

    /**
     * The text for Spark in which each table that has the column is limited to rows from {@code :from} on and before {@code :to}, both moved
     * outwards to whole stretches of the unit, when there is one.
     */
    String sparkWindow(String newDataBy, Dialect.Unit stretch) {
        Dialect dialect = new SparkDialect(zone);
        return text(dialect, (name, columns) -> {
            String table = table(dialect, catalog.spark(), name);
            return columns.stream()
                .filter(column -> column.getName().equals(newDataBy) && ValueKind.of(column.getType()).isTime())
                .findFirst()
                .map(column -> "(SELECT * FROM " + table + " WHERE " + condition(dialect, column, stretch) + ")")
                .orElse(table);
        });
    }

    /** The condition for Spark on rows of the target that are of the same stretches as the rows of {@link #sparkWindow}. */
    String sparkWindowRows(RelDataTypeField column, Dialect.Unit stretch) {
        return condition(new SparkDialect(zone), column, stretch);
    }

    /** The condition for Spark on rows of the target that are of later stretches than all rows of {@link #sparkWindow}. */
    String sparkWindowLater(RelDataTypeField column, Dialect.Unit stretch) {
        return new SparkDialect(zone).identifier(column.getName()) + " >= " + end(column, stretch);
    }

    private static String condition(Dialect dialect, RelDataTypeField column, Dialect.Unit stretch) {
        String name = dialect.identifier(column.getName());
        return name + " >= " + moment(column, cut(stretch, ":from")) + " AND " + name + " < " + end(column, stretch);
    }

    private static String end(RelDataTypeField column, Dialect.Unit stretch) {
        boolean isDate = ValueKind.of(column.getType()) == ValueKind.DATE;
        if (stretch == null && !isDate) {
            return moment(column, ":to");
        }
        // The last moment before :to decides which stretch is the last; of a date, the day is one.
        String last = cut(stretch == null ? Dialect.Unit.DAY : stretch, "(:to - INTERVAL '0.000001' SECOND)");
        return moment(column, "(" + last + " + INTERVAL " + length(stretch == null ? Dialect.Unit.DAY : stretch) + ")");
    }

    private static String cut(Dialect.Unit stretch, String moment) {
        return stretch == null ? moment : "date_trunc('" + stretch + "', " + moment + ")";
    }

    private static String length(Dialect.Unit unit) {
        return switch (unit) {
            case QUARTER -> "'3' MONTH";
            case WEEK -> "'7' DAY";
            default -> "'1' " + unit;
        };
    }

    /** A point in time as the column has it. */
    private static String moment(RelDataTypeField column, String moment) {
        return switch (ValueKind.of(column.getType())) {
            case DATE -> "CAST(" + moment + " AS DATE)";
            case NAIVE -> "CAST(" + moment + " AS TIMESTAMP_NTZ)";
            default -> moment;
        };
    }

    private String text(Dialect dialect, QueryWriter.TableText tables) {
        return new QueryWriter(dialect, tables, places).statement(relation);
    }

    private static String table(Dialect dialect, String catalog, List<String> name) {
        List<String> parts = new ArrayList<>(name);
        if (catalog != null) {
            parts.add(0, catalog);
        }
        return parts.stream().map(dialect::identifier).collect(Collectors.joining("."));
    }
}
