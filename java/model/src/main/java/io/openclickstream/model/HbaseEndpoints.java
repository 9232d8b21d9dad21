// Generated from contracts/endpoints.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Ports of the HBase administration's pods and paths that it answers. */
public final class HbaseEndpoints {
    /** The administration of HBase, and metrics. */
    public static final int HTTP_PORT = 8080;
    /** Whether the process lives. */
    public static final String HEALTHZ_PATH = "/healthz";
    /** Whether requests should be sent here. */
    public static final String READYZ_PATH = "/readyz";
    /** Metrics as Prometheus reads them. */
    public static final String METRICS_PATH = "/metrics";
    /** Says what cluster it is. */
    public static final String CLUSTER_PATH = "/v1/cluster";
    /** Says how a table is. */
    public static final String DESCRIBE_PATH = "/v1/describe";
    /** Says which families of a table hold cells. */
    public static final String CONTENTS_PATH = "/v1/contents";
    /** Creates a table. */
    public static final String CREATE_PATH = "/v1/create";
    /** Brings a table's families in line. */
    public static final String ALTER_PATH = "/v1/alter";
    /** Drops a table with its data. */
    public static final String DROP_PATH = "/v1/drop";

    private HbaseEndpoints() {
    }
}
