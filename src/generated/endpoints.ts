/** Generated from contracts/endpoints.yaml by `node scripts/generate.ts`; do not edit. */

/** Ports of the collector's pods, with their names. */
export const COLLECTOR_PORTS = {
  /** Events. */
  http: { name: "http", port: 8080 },
  /** Metrics, status and accounting, never reached from outside. */
  internal: { name: "internal", port: 9090 },
} as const;

/** Ports of the driver's pod, with their names. */
export const DRIVER_PORTS = {
  /** Spark's driver, for its executors. */
  driver: { name: "driver", port: 7078 },
  /** Spark's blocks, for its executors. */
  blocks: { name: "blocks", port: 7079 },
  /** Metrics and progress. */
  http: { name: "http", port: 9090 },
} as const;

/** Ports of the SQL planner's pods, with their names. */
export const PLANNER_PORTS = {
  /** Queries to be planned, and metrics. */
  http: { name: "http", port: 8080 },
} as const;

/** Ports of the HBase administration's pods, with their names. */
export const HBASE_PORTS = {
  /** The administration of HBase, and metrics. */
  http: { name: "http", port: 8080 },
} as const;

/** Ports of the Flight SQL gateway's pods, with their names. */
export const FLIGHT_PORTS = {
  /** Arrow Flight SQL, over gRPC. */
  flight: { name: "flight", port: 32010 },
  /** Metrics, never reached from outside. */
  http: { name: "http", port: 9090 },
} as const;

/** Ports of the profile API's pods, with their names. */
export const PROFILE_PORTS = {
  /** Profiles, over HTTP; with TLS where it is set. */
  http: { name: "http", port: 8080 },
  /** Metrics, never reached from outside. */
  internal: { name: "internal", port: 9090 },
} as const;

/** Paths that these servers answer. */
export const PATHS = {
  /** Whether the process lives. */
  healthz: "/healthz",
  /** Whether requests should be sent here. */
  readyz: "/readyz",
  /** Metrics as Prometheus reads them. */
  metrics: "/metrics",
  /** Whether events are taken; the document of status.yaml. */
  status: "/status",
  /** What the raw topic holds; the document of accounting.yaml. */
  accounting: "/accounting",
  /** How far the stream job is; the document of progress.yaml. */
  progress: "/progress",
  /** Plans the query of plan-request.yaml. */
  plan: "/v1/plan",
  /** Says what cluster it is. */
  cluster: "/v1/cluster",
  /** Says how a table is. */
  describe: "/v1/describe",
  /** Says which families of a table hold cells. */
  contents: "/v1/contents",
  /** Creates a table. */
  create: "/v1/create",
  /** Brings a table's families in line. */
  alter: "/v1/alter",
  /** Drops a table with its data. */
  drop: "/v1/drop",
} as const;
