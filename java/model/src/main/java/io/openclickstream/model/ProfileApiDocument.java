// Generated from contracts/profile-api.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;

/**
 * What the operator tells the profile API.
 *
 * @param pipeline The pipeline whose profiles are served
 * @param hbase Where the profiles are
 * @param tokensFile File of who may read, read again when it changes: a line {@code client token scope...} for each client. The token is
 *     plain, or {@code sha256:} and its SHA-256 in hexadecimal; a scope is {@code namespace/pipeline}, {@code namespace/*}
 *     or {@code *}
 * @param tls With what clients connect; without it in the clear. The files are read again when they change
 * @param limits What the service gives at most
 */
public record ProfileApiDocument(
    Pipeline pipeline,
    Hbase hbase,
    String tokensFile,
    Tls tls,
    Limits limits) implements Serializable {

    /**
     * The pipeline whose profiles are served.
     *
     * @param namespace Its namespace
     * @param name Its name
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
     * Where the profiles are.
     *
     * @param bootstrapServers HBase's servers that are asked first, {@code host:port}s with commas between them
     * @param table The table, {@code namespace:name}
     */
    public record Hbase(
        String bootstrapServers,
        String table) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Hbase of(ConfigNode node) {
            return new Hbase(
                node.text("bootstrapServers"),
                node.text("table"));
        }
    }

    /**
     * With what clients connect; without it in the clear. The files are read again when they change.
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
     * What the service gives at most.
     *
     * @param requestsPerSecond Profiles that a client may read in a second on the average
     * @param burst Profiles that a client may read at once after a pause
     * @param batchIds Identifiers in a batch
     * @param history Versions of a profile in an answer
     * @param bodyBytes Size of a request's body
     * @param streams Streams of changes that are open at a time
     * @param requestSeconds How long a request may take, streams excepted; then the answer is 503
     * @param heartbeatSeconds How long a stream is silent before it says that it is alive
     * @param pollMillis How often changes of streamed profiles are looked for
     */
    public record Limits(
        long requestsPerSecond,
        long burst,
        long batchIds,
        long history,
        long bodyBytes,
        long streams,
        long requestSeconds,
        long heartbeatSeconds,
        long pollMillis) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Limits of(ConfigNode node) {
            return new Limits(
                node.positive("requestsPerSecond"),
                node.positive("burst"),
                node.positive("batchIds"),
                node.positive("history"),
                node.positive("bodyBytes"),
                node.positive("streams"),
                node.positive("requestSeconds"),
                node.positive("heartbeatSeconds"),
                node.positive("pollMillis"));
        }
    }

    /** Reads and checks an object; the error names the field. */
    public static ProfileApiDocument of(ConfigNode node) {
        return new ProfileApiDocument(
            Pipeline.of(node.object("pipeline")),
            Hbase.of(node.object("hbase")),
            node.text("tokensFile"),
            Tls.of(node.optionalObject("tls")),
            Limits.of(node.object("limits")));
    }
}
