// Generated from contracts/endpoints.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Ports of the Flight SQL gateway's pods and paths that it answers. */
public final class FlightEndpoints {
    /** Arrow Flight SQL, over gRPC. */
    public static final int FLIGHT_PORT = 32010;
    /** Metrics, never reached from outside. */
    public static final int HTTP_PORT = 9090;
    /** Whether the process lives. */
    public static final String HEALTHZ_PATH = "/healthz";
    /** Whether requests should be sent here. */
    public static final String READYZ_PATH = "/readyz";
    /** Metrics as Prometheus reads them. */
    public static final String METRICS_PATH = "/metrics";

    private FlightEndpoints() {
    }
}
