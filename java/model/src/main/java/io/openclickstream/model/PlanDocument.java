// Generated from contracts/plan.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * The plan of a query.
 *
 * @param columns The output columns in their order
 * @param tables The tables that the query reads
 * @param lineage What each output column comes from, in the order of the columns
 * @param deterministic Whether the same input rows always give the same output rows
 * @param modes Whether runs on new data alone give the same table as a run on all data
 * @param spark The query in Spark's SQL. The session's time zone must be that of the request
 * @param trino The query in Trino's SQL
 * @param sparkWindow As {@code spark}, limited to new data from {@code :from} on and before {@code :to}; none when there is no column
 *     that tells it; may be null
 * @param sparkWindowRows Which rows of the target {@code sparkWindow} gives anew, as a condition in Spark's SQL with {@code :from} and {@code
 *     :to}; none when the mode replaces no rows, or no output column is the time of new data; may be null
 * @param sparkWindowLater Which rows of the target are of a later time than those of {@code sparkWindow}, as {@code sparkWindowRows}; given
 *     with it; may be null
 * @param windowUnit The stretch of time to whose begin and end {@code sparkWindow} moves the window, such as {@code DAY}; none when it
 *     takes the window as it is; may be null
 * @param planHash Changes exactly when the plan or the text for Spark does
 */
public record PlanDocument(
    List<Column> columns,
    List<Table> tables,
    List<Lineage> lineage,
    boolean deterministic,
    List<Mode> modes,
    String spark,
    String trino,
    String sparkWindow,
    String sparkWindowRows,
    String sparkWindowLater,
    String windowUnit,
    String planHash) {

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
        boolean required) {
    }

    /**
     * One of tables.
     *
     * @param database The table's database
     * @param table The table's name
     * @param columns What is read of it: columns, nested fields and map keys as paths
     */
    public record Table(
        String database,
        String table,
        List<String> columns) {
    }

    /**
     * One of lineage.
     *
     * @param column The output column
     * @param inputs What it comes from
     */
    public record Lineage(
        String column,
        List<Input> inputs) {

        /**
         * One of inputs.
         *
         * @param database The table's database
         * @param table The table's name
         * @param path The column, {@code a.b} for a nested field, {@code a[k]} for the key k of a map, {@code a[]} for elements of a list
         * @param use {@code direct} when the value is made of it; else what decides about rows or their order
         */
        public record Input(
            String database,
            String table,
            String path,
            Use use) {

            /** {@code direct} when the value is made of it; else what decides about rows or their order. */
            public enum Use {
                direct,
                filter,
                join,
                group,
                order,
                window
            }
        }
    }

    /**
     * One of modes.
     *
     * @param mode {@code Full}, {@code Append}, {@code OverwritePartitions} or {@code Merge}
     * @param safe Whether it does
     * @param reason Why it does not, for a person; may be null
     * @param caution What may make it untrue later, for a person; only where it is safe; may be null
     */
    public record Mode(
        String mode,
        boolean safe,
        String reason,
        String caution) {
    }
}
