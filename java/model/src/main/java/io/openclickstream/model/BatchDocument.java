// Generated from contracts/batch.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;
import java.util.List;

/**
 * What the operator tells the batch job of a data product.
 *
 * @param product Whose table it is
 * @param catalog The Iceberg REST catalog
 * @param storage The S3 service
 * @param authorityFiles PEM files of the authorities that catalog and S3 need beside the system's; without it there are none
 * @param target The table that the rows go to; it must exist
 * @param sql The query in Spark's SQL; tables are named {@code database.table}
 * @param sqlWindow The same query limited to new data, from {@code :from} on and before {@code :to}; taken when a run has a window; may
 *     be null
 * @param windowRows Which rows of the table are of the window, as a condition in Spark's SQL with {@code :from} and {@code :to}.
 *     OverwritePartitions needs it beside {@code sqlWindow}. Without it Merge keeps rows that the query gives no more; may
 *     be null
 * @param windowLater Which rows of the table are of a later time than the window, as {@code windowRows}. Merge puts no row in place of
 *     one of these: what a key has last does not depend on the order of runs; may be null
 * @param mode Whether the rows replace the table, are added, replace the partitions that they are in, or the rows of the same keys
 * @param keys The columns by which Merge knows a row again
 * @param timeZone The zone of days and hours; without it UTC; may be null
 * @param planHash Names the plan; it goes into the snapshot's summary; may be null
 * @param checks What must hold before readers see the rows; without it nothing
 * @param rowCount How many rows the table may have with this run; an Error check named {@code rowCount}
 */
public record BatchDocument(
    Product product,
    Catalog catalog,
    Storage storage,
    List<String> authorityFiles,
    Target target,
    String sql,
    String sqlWindow,
    String windowRows,
    String windowLater,
    Mode mode,
    List<String> keys,
    String timeZone,
    String planHash,
    List<Check> checks,
    RowCount rowCount) implements Serializable {

    /**
     * Whose table it is.
     *
     * @param namespace The product's namespace
     * @param name The product's name
     */
    public record Product(
        String namespace,
        String name) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Product of(ConfigNode node) {
            return new Product(
                node.text("namespace"),
                node.text("name"));
        }
    }

    /**
     * The Iceberg REST catalog.
     *
     * @param name The catalog's name in Spark
     * @param uri Its address
     * @param warehouse The warehouse that the catalog is asked for; may be null
     * @param prefix The prefix in the catalog's paths; may be null
     * @param client How to get tokens as a client (OAuth2); without it there is one token, or none
     */
    public record Catalog(
        String name,
        String uri,
        String warehouse,
        String prefix,
        Client client) implements Serializable {

        /**
         * How to get tokens as a client (OAuth2); without it there is one token, or none.
         *
         * @param serverUri Where tokens are given; without it the catalog's own {@code /v1/oauth/tokens}; may be null
         * @param scope What is asked for; without it there is no client; may be null
         */
        public record Client(
            String serverUri,
            String scope) implements Serializable {

            /** Reads and checks an object; the error names the field. */
            public static Client of(ConfigNode node) {
                return new Client(
                    node.optionalText("serverUri"),
                    node.optionalText("scope"));
            }
        }

        /** Reads and checks an object; the error names the field. */
        public static Catalog of(ConfigNode node) {
            return new Catalog(
                node.text("name"),
                node.text("uri"),
                node.optionalText("warehouse"),
                node.optionalText("prefix"),
                Client.of(node.optionalObject("client")));
        }
    }

    /**
     * The S3 service.
     *
     * @param endpoint Its address; without it AWS's own; may be null
     * @param region Its region
     * @param pathStyle Whether a bucket is a part of the path and not of the host's name
     */
    public record Storage(
        String endpoint,
        String region,
        boolean pathStyle) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Storage of(ConfigNode node) {
            return new Storage(
                node.optionalText("endpoint"),
                node.text("region"),
                node.flag("pathStyle", false));
        }
    }

    /**
     * The table that the rows go to; it must exist.
     *
     * @param database The table's database
     * @param table The table's name
     */
    public record Target(
        String database,
        String table) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Target of(ConfigNode node) {
            return new Target(
                node.text("database"),
                node.text("table"));
        }
    }

    /**
     * Whether the rows replace the table, are added, replace the partitions that they are in, or the rows of the same
     * keys.
     */
    public enum Mode {
        Full,
        Append,
        OverwritePartitions,
        Merge
    }

    /**
     * One of checks.
     *
     * @param name The check's name
     * @param severity Whether a violation keeps the rows from readers
     * @param sql A query whose rows are the violations; the table under audit is {@code this}
     */
    public record Check(
        String name,
        Severity severity,
        String sql) implements Serializable {

        /** Whether a violation keeps the rows from readers. */
        public enum Severity {
            Error,
            Warning
        }

        /** Reads and checks an object; the error names the field. */
        public static Check of(ConfigNode node) {
            return new Check(
                node.text("name"),
                node.choice("severity", Severity.values(), Severity::name),
                node.text("sql"));
        }
    }

    /**
     * How many rows the table may have with this run; an Error check named {@code rowCount}.
     *
     * @param min At least so many; may be null
     * @param max At most so many; may be null
     * @param changeAtMostPercent At most so many percent more or less than before; not looked at when there was no row; may be null
     */
    public record RowCount(
        Long min,
        Long max,
        Long changeAtMostPercent) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static RowCount of(ConfigNode node) {
            return new RowCount(
                node.optionalWhole("min", 0),
                node.optionalWhole("max", 0),
                node.optionalWhole("changeAtMostPercent", 0));
        }
    }

    /** Reads and checks an object; the error names the field. */
    public static BatchDocument of(ConfigNode node) {
        return new BatchDocument(
            Product.of(node.object("product")),
            Catalog.of(node.object("catalog")),
            Storage.of(node.object("storage")),
            node.texts("authorityFiles"),
            Target.of(node.object("target")),
            node.text("sql"),
            node.optionalText("sqlWindow"),
            node.optionalText("windowRows"),
            node.optionalText("windowLater"),
            node.choice("mode", Mode.values(), Mode::name),
            node.texts("keys"),
            node.optionalText("timeZone"),
            node.optionalText("planHash"),
            node.optionalList("checks", Check::of),
            RowCount.of(node.optionalObject("rowCount")));
    }
}
