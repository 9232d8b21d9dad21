// Generated from contracts/flight.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;
import java.util.List;

/**
 * What the operator tells the Flight SQL gateway.
 *
 * @param trino The Trino that runs the queries
 * @param tls With what clients connect; without it in the clear. The files are read when the gateway starts
 * @param usersFile File of who may connect, a line {@code name:password} for each, read again when it changes; the password is plain or
 *     {@code {pbkdf2-sha256}iterations:salt:hash}, salt and hash in hexadecimal. Without a file the name that a client
 *     gives is believed, as Trino does; may be null
 * @param signingKeyFile File of at least 32 random bytes that sign tokens and tickets, the same for all replicas. Without it the gateway
 *     makes a key of its own, and there must be one replica; may be null
 * @param limits What the gateway gives at most
 * @param direct The Iceberg catalog whose files the gateway may read itself, for plain scans; without it Trino runs every query.
 *     Only for a catalog without row filters and column masks in Trino, since the gateway asks Trino whether a user may
 *     read a table but not for these
 */
public record FlightDocument(
    Trino trino,
    Tls tls,
    String usersFile,
    String signingKeyFile,
    Limits limits,
    Direct direct) implements Serializable {

    /**
     * The Trino that runs the queries.
     *
     * @param uri Address of the coordinator, such as {@code http://name.namespace.svc:8080}; no path
     * @param catalog The catalog of names without one; without it such names are an error until a client chooses one; may be null
     * @param schema The schema of names without one, in that catalog; may be null
     */
    public record Trino(
        String uri,
        String catalog,
        String schema) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Trino of(ConfigNode node) {
            return new Trino(
                node.text("uri"),
                node.optionalText("catalog"),
                node.optionalText("schema"));
        }
    }

    /**
     * With what clients connect; without it in the clear. The files are read when the gateway starts.
     *
     * @param certificateFile PEM file of the certificate and its chain; without it there is no TLS; may be null
     * @param keyFile PEM file of the private key, PKCS#8; may be null
     */
    public record Tls(
        String certificateFile,
        String keyFile) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Tls of(ConfigNode node) {
            return new Tls(
                node.optionalText("certificateFile"),
                node.optionalText("keyFile"));
        }
    }

    /**
     * What the gateway gives at most.
     *
     * @param queries Queries that run or wait for their reader at a time
     * @param memoryMebibytes Memory for record batches, outside of the heap
     * @param batchBytes Size at which a record batch is sent; gRPC's clients take messages of 4 MiB unless told otherwise
     * @param idleSeconds How long a client may not read before its query ends
     * @param ticketSeconds How long a ticket may wait until it is read
     * @param tokenSeconds How long a client is known by its token
     */
    public record Limits(
        long queries,
        long memoryMebibytes,
        long batchBytes,
        long idleSeconds,
        long ticketSeconds,
        long tokenSeconds) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Limits of(ConfigNode node) {
            return new Limits(
                node.positive("queries"),
                node.positive("memoryMebibytes"),
                node.positive("batchBytes"),
                node.positive("idleSeconds"),
                node.positive("ticketSeconds"),
                node.positive("tokenSeconds"));
        }
    }

    /**
     * The Iceberg catalog whose files the gateway may read itself, for plain scans; without it Trino runs every query.
     *     Only for a catalog without row filters and column masks in Trino, since the gateway asks Trino whether a user may
     *     read a table but not for these.
     *
     * @param catalog The Iceberg REST catalog; without it Trino runs every query
     * @param storage The S3 service
     * @param authorityFiles PEM files of the authorities that catalog and S3 need beside the system's; without it there are none
     */
    public record Direct(
        Catalog catalog,
        Storage storage,
        List<String> authorityFiles) implements Serializable {

        /**
         * The Iceberg REST catalog; without it Trino runs every query.
         *
         * @param name The catalog's name in Trino; without it there is none; may be null
         * @param uri Its address; may be null
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
                    node.optionalText("name"),
                    node.optionalText("uri"),
                    node.optionalText("warehouse"),
                    node.optionalText("prefix"),
                    Client.of(node.optionalObject("client")));
            }
        }

        /**
         * The S3 service.
         *
         * @param endpoint Its address; without it AWS's own; may be null
         * @param region Its region; may be null
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
                    node.optionalText("region"),
                    node.flag("pathStyle", false));
            }
        }

        /** Reads and checks an object; the error names the field. */
        public static Direct of(ConfigNode node) {
            return new Direct(
                Catalog.of(node.optionalObject("catalog")),
                Storage.of(node.optionalObject("storage")),
                node.texts("authorityFiles"));
        }
    }

    /** Reads and checks an object; the error names the field. */
    public static FlightDocument of(ConfigNode node) {
        return new FlightDocument(
            Trino.of(node.object("trino")),
            Tls.of(node.optionalObject("tls")),
            node.optionalText("usersFile"),
            node.optionalText("signingKeyFile"),
            Limits.of(node.object("limits")),
            Direct.of(node.optionalObject("direct")));
    }
}
