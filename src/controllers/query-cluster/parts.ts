/** The parts of a query cluster. Imports nothing, so that every phase may know it. */

/** What a Trino server does: the value of the label `app.kubernetes.io/component` on its pods. */
export type Role = "coordinator" | "worker";

/** Whatever has pods of its own; the label says it of each. */
export type ClusterComponent = Role | "flight";
