// Generated from contracts/endpoints.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Ports of the profile API's pods and paths that it answers. */
public final class ProfilesEndpoints {
    /** Profiles, over HTTP; with TLS where it is set. */
    public static final int HTTP_PORT = 8080;
    /** Metrics, never reached from outside. */
    public static final int INTERNAL_PORT = 9090;
    /** Whether the process lives. */
    public static final String HEALTHZ_PATH = "/healthz";
    /** Whether requests should be sent here. */
    public static final String READYZ_PATH = "/readyz";
    /** Metrics as Prometheus reads them. */
    public static final String METRICS_PATH = "/metrics";

    private ProfilesEndpoints() {
    }
}
