/** Turns a spec into the wanted table with all defaults resolved, or says what is in the way. Pure. */
import type { ServingTable, ServingTableSpec } from "../../crds/kinds.ts";
import { parseBytes, parseDurationSeconds, SERVING_TABLE_DEFAULTS, UNLIMITED } from "../../crds/kinds.ts";
import { isSystemTable } from "../../naming/serving-tables.ts";
import { requireHBase } from "../../platform/hbase.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type {
  CurrentServingTable,
  WantedFamily,
  WantedServingTable,
  WantedSplit,
} from "../../targets/hbase/table.ts";
import type { Before } from "../claims/claimed-kind.ts";
import { readBefore } from "../claims/claimed-kind.ts";
import { conflict } from "../claims/rivals.ts";
import { requireKnown } from "../observation.ts";
import { SERVING_TABLE_CLAIM, servingTableNameOf } from "./claim.ts";
import type { ObservedServingTable } from "./observe.ts";

export interface ValidatedServingTable {
  readonly wanted: WantedServingTable;
  readonly current: CurrentServingTable | undefined;
  readonly before: Before;
  /** The platform has come to lead to another HBase: what the resource had there stays there. */
  readonly leftBehind: string | undefined;
}

/**
 * Throws `TerminalError` for a table that another resource has, here or in another Kubernetes, or that is HBase's own. Throws `WaitingError`
 * while platform or HBase cannot be reached, or while nobody knows who has the table.
 */
export function validateServingTable(
  resource: ServingTable,
  observed: ObservedServingTable,
): ValidatedServingTable {
  const { older } = observed;
  if (older?.isCertain === true) throw conflict(SERVING_TABLE_CLAIM, resource, older);
  requireHBase(observed.platform);
  const current = requireKnown(observed.table);
  if (older !== undefined) throw conflict(SERVING_TABLE_CLAIM, resource, older);
  const wanted = wantedTable(resource);
  refuseSystem(wanted);
  const isElsewhere = hasMoved(resource, observed.clusterId);
  const before = isElsewhere
    ? { id: undefined, wasInEffect: false }
    : readBefore(SERVING_TABLE_CLAIM, resource);
  refuseForeign(wanted, current, before);
  return { wanted, current, before, leftBehind: isElsewhere ? resource.status?.clusterId : undefined };
}

/** Whether the resource has its table in another cluster than the one that answered. */
export function hasMoved({ status }: ServingTable, clusterId: string | undefined): boolean {
  if (status?.mark === undefined || status.clusterId === undefined) return false;
  return clusterId !== undefined && clusterId !== status.clusterId;
}

/** The API server refuses such names, but the namespace of a resource may have this one. */
function refuseSystem({ name }: WantedServingTable): void {
  if (!isSystemTable(name)) return;
  throw new TerminalError(
    "InvalidSpec",
    `table "${name}" would be in the namespace that HBase keeps to itself; give spec.tableName in a new ServingTable`,
    { field: "spec.tableName" },
  );
}

/** Two owners would change the table for ever, each as drift of the other. */
function refuseForeign(
  { name, mark }: WantedServingTable,
  current: CurrentServingTable | undefined,
  before: Before,
): void {
  const found = current?.mark ?? undefined;
  if (before.id === undefined || found === undefined || found === mark) return;
  throw new TerminalError(
    "ResourceConflict",
    `table "${name}" was this resource's and bears the mark "${found}" of another one now, perhaps of another Kubernetes cluster; ` +
      `delete this ServingTable, which leaves the table as it is, or take the other's away`,
    { field: "spec.tableName" },
  );
}

function wantedTable(resource: ServingTable): WantedServingTable {
  const { spec, metadata } = resource;
  return {
    name: servingTableNameOf(resource),
    mark: metadata.uid ?? "",
    durability: spec.durability ?? SERVING_TABLE_DEFAULTS.durability,
    families: spec.families.map(wantedFamily),
    dropFamilies: spec.dropFamilies ?? [],
    split: wantedSplit(spec),
  };
}

function wantedFamily({ ttl = UNLIMITED, ...family }: ServingTableSpec["families"][number]): WantedFamily {
  const { versions, minVersions, compression, bloomFilter, blockSize, inMemory } = SERVING_TABLE_DEFAULTS;
  return {
    name: family.name,
    versions: family.versions ?? versions,
    minVersions: family.minVersions ?? minVersions,
    ttlSeconds: ttl === UNLIMITED ? undefined : parseDurationSeconds(ttl),
    compression: family.compression ?? compression,
    bloomFilter: family.bloomFilter ?? bloomFilter,
    blockSize: parseBytes(family.blockSize ?? blockSize),
    inMemory: family.inMemory ?? inMemory,
  };
}

function wantedSplit({ split }: ServingTableSpec): WantedSplit {
  if (split?.keys !== undefined) return { keys: split.keys };
  return split?.uniform === undefined ? undefined : { regions: split.uniform };
}
