/** The parts of a pipeline, and what their readers and their plans must agree on. Imports nothing, so that every phase may know it. */

/** What runs: the value of the label `app.kubernetes.io/component` on its pods. */
export type Component = "collector" | "stream" | "executor" | "profile-api";

/** The tables in the order of their importance. */
export const TABLE_ROLES = ["events", "failedEvents", "duplicateEvents"] as const;

/** The systems of the platform that each workload reaches, and whose Secrets it needs to start. */
export const COLLECTOR_SYSTEMS = ["Kafka"] as const;
export const STREAM_JOB_SYSTEMS = ["Storage", "Catalog", "Kafka"] as const;
