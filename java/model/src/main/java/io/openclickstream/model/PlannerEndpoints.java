// Generated from contracts/endpoints.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Ports of the SQL planner's pods and paths that it answers. */
public final class PlannerEndpoints {
    /** Queries to be planned, and metrics. */
    public static final int HTTP_PORT = 8080;
    /** Whether the process lives. */
    public static final String HEALTHZ_PATH = "/healthz";
    /** Whether requests should be sent here. */
    public static final String READYZ_PATH = "/readyz";
    /** Metrics as Prometheus reads them. */
    public static final String METRICS_PATH = "/metrics";
    /** Plans the query of plan-request.yaml. */
    public static final String PLAN_PATH = "/v1/plan";

    private PlannerEndpoints() {
    }
}
