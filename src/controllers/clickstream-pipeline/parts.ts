/** The parts of a pipeline, and what their readers and their plans must agree on. Imports nothing, so that every phase may know it. */

/** What runs: the value of the label `app.kubernetes.io/component` on its pods. */
export type Component = "collector" | "stream" | "executor";

/** Ports of the collector's pods. */
export const COLLECTOR_PORTS = { http: 8080, internal: 9090 } as const;

/** Ports of the driver's pod. */
export const DRIVER_PORTS = { driver: 7078, blocks: 7079, http: 9090 } as const;

/** The tables in the order of their importance. */
export const TABLE_ROLES = ["events", "failedEvents", "duplicateEvents"] as const;

/** The systems of the platform that each workload reaches, and whose Secrets it needs to start. */
export const COLLECTOR_SYSTEMS = ["Kafka"] as const;
export const STREAM_JOB_SYSTEMS = ["Storage", "Catalog", "Kafka"] as const;
