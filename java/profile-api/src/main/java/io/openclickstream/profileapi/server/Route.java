package io.openclickstream.profileapi.server;

/** What can be asked for, and by which method. */
enum Route {
    PROFILE("profile", "GET"),
    BATCH("batch", "POST"),
    STREAM("stream", "GET"),
    OPENAPI("openapi", "GET"),
    NONE("none", "");

    static final String PROFILES = "/v1/profiles/";
    private static final String BATCH_PATH = "/v1/profiles:batchGet";
    private static final String STREAM_END = "/stream";
    private static final String OPENAPI_PATH = "/openapi.json";

    private final String label;
    private final String method;

    Route(String label, String method) {
        this.label = label;
        this.method = method;
    }

    /** The route of a path as it was sent, with what is escaped in it. */
    static Route of(String path) {
        if (path.equals(BATCH_PATH)) {
            return BATCH;
        }
        if (path.equals(OPENAPI_PATH)) {
            return OPENAPI;
        }
        if (!path.startsWith(PROFILES)) {
            return NONE;
        }
        String rest = path.substring(PROFILES.length());
        int slash = rest.indexOf('/');
        if (slash < 0) {
            return PROFILE;
        }
        return rest.substring(slash).equals(STREAM_END) ? STREAM : NONE;
    }

    /** The escaped identifier in the path of a profile or a stream. */
    String idIn(String path) {
        int end = this == STREAM ? path.length() - STREAM_END.length() : path.length();
        return path.substring(PROFILES.length(), end);
    }

    String label() {
        return label;
    }

    String method() {
        return method;
    }
}
