/** All kinds of the group, in the order in which a user meets them. Everything else imports from here. */
import { clickstreamPipelineKind } from "./clickstream-pipeline.ts";
import { dataPlatformKind } from "./data-platform.ts";
import { dataProductKind } from "./data-product.ts";
import { eventStreamKind } from "./event-stream.ts";
import type { KindDefinition } from "./kind-definition.ts";
import { lakeTableKind } from "./lake-table.ts";
import { queryClusterKind } from "./query-cluster.ts";
import { servingTableKind } from "./serving-table.ts";

export * from "./clickstream-pipeline.ts";
export * from "./data-platform.ts";
export * from "./data-product.ts";
export { MAX_REFUSAL } from "./data-product-lineage-events.ts";
export * from "./data-product-runs.ts";
export { parseDurationSeconds, UNLIMITED } from "./durations.ts";
export * from "./event-stream.ts";
export type { KindDefinition, Resource } from "./kind-definition.ts";
export * from "./lake-table.ts";
export {
  MAINTENANCE_DEFAULTS,
  type MaintenanceStatus,
  type TableMaintenance,
  type UpkeepStatus,
} from "./maintenance.ts";
export { CONTAINER_DEFAULTS, LEAST_MEMORY, type Resources, parseBytes } from "./quantities.ts";
export { FLIGHT_DEFAULTS } from "./query-cluster-flight.ts";
export { PROFILE_API_DEFAULTS } from "./profile-api.ts";
export { PROFILES_DEFAULTS } from "./profiles.ts";
export * from "./query-cluster.ts";
export { DEFAULT_DELETION_POLICY, type DeletionPolicy } from "./references.ts";
export * from "./serving-table.ts";
export { isReservedProperty } from "./table-properties.ts";

export const KINDS: readonly KindDefinition[] = [
  dataPlatformKind,
  eventStreamKind,
  lakeTableKind,
  clickstreamPipelineKind,
  queryClusterKind,
  dataProductKind,
  servingTableKind,
];
