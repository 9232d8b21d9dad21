// Generated from contracts/job.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;
import java.util.List;

/**
 * What the operator tells the stream job.
 *
 * @param pipeline Whose job it is
 * @param kafka Where the raw records are
 * @param catalog The Iceberg REST catalog
 * @param storage The S3 service
 * @param authorityFiles PEM files of the authorities that catalog and S3 need beside the system's; without it there are none
 * @param tables The output tables as {@code database.table}; they must exist
 * @param checkpoint Folder for offsets and state, such as {@code s3a://bucket/path}
 * @param triggerIntervalSeconds Seconds between the starts of two batches
 * @param sessionTimeoutSeconds Longest idle time inside a session in seconds
 * @param dedupWindowSeconds How many seconds of processing time an event's identifier is remembered
 * @param watermarkSeconds How many seconds behind a visitor's newest session an event may come and still join its own; and how far ahead of
 *     its receipt its time may be
 * @param maxRowsPerTrigger Most records of one batch
 * @param ipMasking What is kept of client addresses
 * @param absentIds Identifiers that stand for none, in small or capital letters; without it there are none
 * @param siteHosts Hosts of one's own site with all below them; without it a site is known by its pages and log lines
 * @param enrichments Which derived columns are filled; without it all
 * @param propertyColumns Columns of the events table beyond the event model, each filled from a property; without it there are none
 * @param profiles Where visitors' profiles are kept in HBase; without it none are kept
 * @param shufflePartitions Parallel parts of the stateful steps; the first start fixes them for the life of the checkpoint
 * @param recoveryId The recovery that lets the job start on an empty checkpoint although its tables hold rows; without it the job
 *     refuses; may be null
 * @param readAgain Whether that recovery reads all records again that Kafka still has, since a table lost its rows
 */
public record JobDocument(
    Pipeline pipeline,
    Kafka kafka,
    Catalog catalog,
    Storage storage,
    List<String> authorityFiles,
    Tables tables,
    String checkpoint,
    long triggerIntervalSeconds,
    long sessionTimeoutSeconds,
    long dedupWindowSeconds,
    long watermarkSeconds,
    long maxRowsPerTrigger,
    Masking ipMasking,
    List<String> absentIds,
    List<String> siteHosts,
    Enrichments enrichments,
    List<PropertyColumn> propertyColumns,
    Profiles profiles,
    long shufflePartitions,
    String recoveryId,
    boolean readAgain) implements Serializable {

    /**
     * Whose job it is.
     *
     * @param namespace The pipeline's namespace
     * @param name The pipeline's name
     */
    public record Pipeline(
        String namespace,
        String name) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Pipeline of(ConfigNode node) {
            return new Pipeline(
                node.text("namespace"),
                node.text("name"));
        }
    }

    /**
     * Where the raw records are.
     *
     * @param bootstrapServers {@code host:port}s with commas between them
     * @param topic The raw topic
     * @param security How to connect; without it in the clear and without a login
     */
    public record Kafka(
        String bootstrapServers,
        String topic,
        Security security) implements Serializable {

        /**
         * How to connect; without it in the clear and without a login.
         *
         * @param tls Whether the connection is encrypted
         * @param saslMechanism {@code PLAIN}, {@code SCRAM-SHA-256} or {@code SCRAM-SHA-512}; without it there is no login; may be null
         * @param caFile PEM file of the servers' authority; without it the system's authorities count; may be null
         * @param clientCertificateFile PEM file of the certificate to show to Kafka; without it none is shown; may be null
         * @param clientKeyFile PEM file of the certificate's private key; may be null
         */
        public record Security(
            boolean tls,
            String saslMechanism,
            String caFile,
            String clientCertificateFile,
            String clientKeyFile) implements Serializable {

            /** Reads and checks an object; the error names the field. */
            public static Security of(ConfigNode node) {
                return new Security(
                    node.flag("tls", false),
                    node.optionalText("saslMechanism"),
                    node.optionalText("caFile"),
                    node.optionalText("clientCertificateFile"),
                    node.optionalText("clientKeyFile"));
            }
        }

        /** Reads and checks an object; the error names the field. */
        public static Kafka of(ConfigNode node) {
            return new Kafka(
                node.text("bootstrapServers"),
                node.text("topic"),
                Security.of(node.optionalObject("security")));
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
     * The output tables as {@code database.table}; they must exist.
     *
     * @param events Table of the events
     * @param failedEvents Table of the failed events
     * @param duplicateEvents Table of the duplicate events
     */
    public record Tables(
        String events,
        String failedEvents,
        String duplicateEvents) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Tables of(ConfigNode node) {
            return new Tables(
                node.text("events"),
                node.text("failedEvents"),
                node.text("duplicateEvents"));
        }
    }

    /**
     * Which derived columns are filled; without it all.
     *
     * @param referrer Host and class of the referrer
     * @param campaign Campaign parameters and click identifiers
     * @param userAgent Browser, operating system and device
     */
    public record Enrichments(
        boolean referrer,
        boolean campaign,
        boolean userAgent) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Enrichments of(ConfigNode node) {
            return new Enrichments(
                node.flag("referrer", true),
                node.flag("campaign", true),
                node.flag("userAgent", true));
        }
    }

    /**
     * One of propertyColumns.
     *
     * @param column The column's name
     * @param property The property's name
     */
    public record PropertyColumn(
        String column,
        String property) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static PropertyColumn of(ConfigNode node) {
            return new PropertyColumn(
                node.text("column"),
                node.text("property"));
        }
    }

    /**
     * Where visitors' profiles are kept in HBase; without it none are kept.
     *
     * @param bootstrapServers HBase's servers that are asked first, {@code host:port}s with commas between them; may be null
     * @param table The table, {@code namespace:name}, which must exist; without it no profiles are kept; may be null
     * @param history How many of a visitor's newest events are kept one by one, each with the profile as of then; without it 20; may be
     *     null
     * @param maxVisitorsPerUser A user whom {@code identify} events tied to more visitors is no single person, and none of them is merged; without
     *     it 20; may be null
     * @param maxUsersPerVisitor A visitor whom {@code identify} events tied to more users is a device that people share, and is merged into none of
     *     them; without it 1; may be null
     * @param blockedUsers Users who are nobody, in small or capital letters; without it there are none
     */
    public record Profiles(
        String bootstrapServers,
        String table,
        Long history,
        Long maxVisitorsPerUser,
        Long maxUsersPerVisitor,
        List<String> blockedUsers) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Profiles of(ConfigNode node) {
            return new Profiles(
                node.optionalText("bootstrapServers"),
                node.optionalText("table"),
                node.optionalWhole("history", 1),
                node.optionalWhole("maxVisitorsPerUser", 1),
                node.optionalWhole("maxUsersPerVisitor", 1),
                node.texts("blockedUsers"));
        }
    }

    /** Reads and checks an object; the error names the field. */
    public static JobDocument of(ConfigNode node) {
        return new JobDocument(
            Pipeline.of(node.object("pipeline")),
            Kafka.of(node.object("kafka")),
            Catalog.of(node.object("catalog")),
            Storage.of(node.object("storage")),
            node.texts("authorityFiles"),
            Tables.of(node.object("tables")),
            node.text("checkpoint"),
            node.positive("triggerIntervalSeconds"),
            node.positive("sessionTimeoutSeconds"),
            node.positive("dedupWindowSeconds"),
            node.positive("watermarkSeconds"),
            node.positive("maxRowsPerTrigger"),
            node.choice("ipMasking", Masking.values(), Masking::text),
            node.texts("absentIds"),
            node.texts("siteHosts"),
            Enrichments.of(node.optionalObject("enrichments")),
            node.optionalList("propertyColumns", PropertyColumn::of),
            Profiles.of(node.optionalObject("profiles")),
            node.positive("shufflePartitions"),
            node.optionalText("recoveryId"),
            node.flag("readAgain", false));
    }
}
