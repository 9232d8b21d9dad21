// Generated from contracts/upkeep.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;
import java.util.List;

/**
 * What the operator tells the batch job of the upkeep of tables.
 *
 * @param catalog The Iceberg REST catalog
 * @param storage The S3 service
 * @param authorityFiles PEM files of the authorities that catalog and S3 need beside the system's; without it there are none
 * @param tables The tables, in the order in which they are looked after
 */
public record UpkeepDocument(
    Catalog catalog,
    Storage storage,
    List<String> authorityFiles,
    List<Table> tables) implements Serializable {

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
     * One of tables.
     *
     * @param database The table's database
     * @param table The table's name
     * @param tableUuid The table's UUID. A table of that name with another one is somebody else's: nothing of it is touched, and its state
     *     is {@code Failed}
     * @param targetFileBytes How large data files should be
     * @param keepSnapshotsForSeconds How long snapshots stay, for readers and for time travel; at least an hour
     * @param minSnapshots How many snapshots stay, whatever their age
     * @param orphansOlderThanSeconds How old a file that no snapshot has must be to be removed; at least a day, since a write may take long. Without it
     *     none is looked for: all files of the table are listed for that; may be null
     * @param retention Which rows are deleted by age; without it none
     */
    public record Table(
        String database,
        String table,
        String tableUuid,
        long targetFileBytes,
        long keepSnapshotsForSeconds,
        long minSnapshots,
        Long orphansOlderThanSeconds,
        Retention retention) implements Serializable {

        /**
         * Which rows are deleted by age; without it none.
         *
         * @param column The column of time; without it no row is deleted; may be null
         * @param keepSeconds How old a row may become; may be null
         */
        public record Retention(
            String column,
            Long keepSeconds) implements Serializable {

            /** Reads and checks an object; the error names the field. */
            public static Retention of(ConfigNode node) {
                return new Retention(
                    node.optionalText("column"),
                    node.optionalWhole("keepSeconds", 1));
            }
        }

        /** Reads and checks an object; the error names the field. */
        public static Table of(ConfigNode node) {
            return new Table(
                node.text("database"),
                node.text("table"),
                node.text("tableUuid"),
                node.positive("targetFileBytes"),
                node.positive("keepSnapshotsForSeconds"),
                node.positive("minSnapshots"),
                node.optionalWhole("orphansOlderThanSeconds", 1),
                Retention.of(node.optionalObject("retention")));
        }
    }

    /** Reads and checks an object; the error names the field. */
    public static UpkeepDocument of(ConfigNode node) {
        return new UpkeepDocument(
            Catalog.of(node.object("catalog")),
            Storage.of(node.object("storage")),
            node.texts("authorityFiles"),
            node.list("tables", Table::of));
    }
}
