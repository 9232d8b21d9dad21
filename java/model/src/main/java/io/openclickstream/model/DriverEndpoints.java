// Generated from contracts/endpoints.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Ports of the driver's pod and paths that it answers. */
public final class DriverEndpoints {
    /** Spark's driver, for its executors. */
    public static final int DRIVER_PORT = 7078;
    /** Spark's blocks, for its executors. */
    public static final int BLOCKS_PORT = 7079;
    /** Metrics and progress. */
    public static final int HTTP_PORT = 9090;
    /** Whether the process lives. */
    public static final String HEALTHZ_PATH = "/healthz";
    /** Whether requests should be sent here. */
    public static final String READYZ_PATH = "/readyz";
    /** Metrics as Prometheus reads them. */
    public static final String METRICS_PATH = "/metrics";
    /** How far the stream job is; the document of progress.yaml. */
    public static final String PROGRESS_PATH = "/progress";

    private DriverEndpoints() {
    }
}
