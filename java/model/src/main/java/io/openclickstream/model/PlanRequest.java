// Generated from contracts/plan-request.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;
import java.util.List;

/**
 * SQL to be planned, and the tables that it may read.
 *
 * @param sql One query; tables are named {@code database.table}
 * @param timeZone The zone that days and hours are counted in; without it {@code UTC}; may be null
 * @param catalog What is put in front of the tables' names in the texts; without it there is nothing
 * @param tables The tables that the query may name
 * @param incremental How the query is to be run on new data; without it on all
 */
public record PlanRequest(
    String sql,
    String timeZone,
    Catalog catalog,
    List<Table> tables,
    Incremental incremental) implements Serializable {

    /**
     * What is put in front of the tables' names in the texts; without it there is nothing.
     *
     * @param spark The catalog's name in Spark; may be null
     * @param trino The catalog's name in Trino; may be null
     */
    public record Catalog(
        String spark,
        String trino) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Catalog of(ConfigNode node) {
            return new Catalog(
                node.optionalText("spark"),
                node.optionalText("trino"));
        }
    }

    /**
     * One of tables.
     *
     * @param database The table's database
     * @param table The table's name
     * @param columns Its columns, all of them
     */
    public record Table(
        String database,
        String table,
        List<Column> columns) implements Serializable {

        /**
         * One of columns.
         *
         * @param name The column's name
         * @param type Its Iceberg type, as a LakeTable writes it
         * @param required Whether it has a value in every row
         */
        public record Column(
            String name,
            String type,
            boolean required) implements Serializable {

            /** Reads and checks an object; the error names the field. */
            public static Column of(ConfigNode node) {
                return new Column(
                    node.text("name"),
                    node.text("type"),
                    node.flag("required", false));
            }
        }

        /** Reads and checks an object; the error names the field. */
        public static Table of(ConfigNode node) {
            return new Table(
                node.text("database"),
                node.text("table"),
                node.list("columns", Column::of));
        }
    }

    /**
     * How the query is to be run on new data; without it on all.
     *
     * @param mode What a run does with its rows; without it {@code Full}; may be null
     * @param keys Output columns that tell rows apart; Merge needs them
     * @param newDataBy The column of the inputs that tells new rows from old; without it there is no {@code sparkWindow}; may be null
     * @param partitionBy How the target is partitioned; without it it is not
     */
    public record Incremental(
        Mode mode,
        List<String> keys,
        String newDataBy,
        List<PartitionBy> partitionBy) implements Serializable {

        /** What a run does with its rows; without it {@code Full}. */
        public enum Mode {
            Full,
            Append,
            OverwritePartitions,
            Merge
        }

        /**
         * One of partitionBy.
         *
         * @param column An output column
         * @param transform What is applied to it, such as {@code day}; without it {@code identity}; may be null
         */
        public record PartitionBy(
            String column,
            String transform) implements Serializable {

            /** Reads and checks an object; the error names the field. */
            public static PartitionBy of(ConfigNode node) {
                return new PartitionBy(
                    node.text("column"),
                    node.optionalText("transform"));
            }
        }

        /** Reads and checks an object; the error names the field. */
        public static Incremental of(ConfigNode node) {
            return new Incremental(
                node.optionalChoice("mode", Mode.values(), Mode::name),
                node.texts("keys"),
                node.optionalText("newDataBy"),
                node.optionalList("partitionBy", PartitionBy::of));
        }
    }

    /** Reads and checks an object; the error names the field. */
    public static PlanRequest of(ConfigNode node) {
        return new PlanRequest(
            node.verbatim("sql"),
            node.optionalText("timeZone"),
            Catalog.of(node.optionalObject("catalog")),
            node.list("tables", Table::of),
            Incremental.of(node.optionalObject("incremental")));
    }
}
