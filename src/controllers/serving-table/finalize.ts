/** Drops the table of a deleted resource, if its deletionPolicy says so. */
import type { ServingTable } from "../../crds/kinds.ts";
import { SERVING_TABLE_DEFAULTS } from "../../crds/kinds.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { TableReading } from "../../targets/hbase/table.ts";
import type { Notice } from "../claims/notices.ts";
import { leftNotice, sharedNotice, tell } from "../claims/notices.ts";
import { rivalsOf } from "../claims/rivals.ts";
import { SERVING_TABLE_CLAIM, servingTableNameOf } from "./claim.ts";
import { hasMoved } from "./validate.ts";

/** Only with the policy Delete is there anything to do. */
export function dropsTable({ spec }: ServingTable): boolean {
  return (spec.deletionPolicy ?? SERVING_TABLE_DEFAULTS.deletionPolicy) === "Delete";
}

/** The table by name, mark and cluster, for the person who drops it by hand. */
export function describeTableLeft(resource: ServingTable): string {
  const { mark = "unknown", clusterId = "unknown" } = resource.status ?? {};
  return `table "${servingTableNameOf(resource)}" (mark ${mark}, HBase cluster ${clusterId}) with its rows`;
}

/** Drops the table that bears the resource's mark, and no other. A resource without a mark in its status never had one. Safe to repeat. */
export async function finalizeServingTable(
  resource: ServingTable,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<void> {
  const mark = resource.status?.mark;
  if (!dropsTable(resource) || mark === undefined) return;
  const name = servingTableNameOf(resource);
  const platform = await platformForCleanup(resource, { components: ["HBase"], platforms, context });
  if (platform === undefined) return tell(leftNotice(SERVING_TABLE_CLAIM, resource), context);
  const hbase = clients.hbase(platform);
  const reading = await hbase.describe(name, context.signal);
  const kept = reasonToKeep(resource, { platform, reading, cache: context.kubernetes });
  if (kept !== undefined) return tell(kept, context);
  if (reading.table === undefined || reading.table === null) return;
  await hbase.drop({ name, mark }, context);
  tell({ type: "Normal", reason: "Deleted", message: `dropped table "${name}" with its rows` }, context);
}

interface Found {
  readonly platform: PresentPlatform;
  readonly reading: TableReading;
  readonly cache: ObjectReader;
}

/** Who else has the table, or where else it is; then it stays, and the notice says so. */
function reasonToKeep(resource: ServingTable, { platform, reading, cache }: Found): Notice | undefined {
  const elsewhere = movedNotice(resource, reading) ?? foreignNotice(resource, reading);
  if (elsewhere !== undefined) return elsewhere;
  const [rival, ...more] = rivalsOf(SERVING_TABLE_CLAIM, resource, {
    platform,
    cache,
    system: reading.clusterId,
  });
  return rival && sharedNotice(SERVING_TABLE_CLAIM, resource, [rival, ...more]);
}

function movedNotice(resource: ServingTable, { clusterId }: TableReading): Notice | undefined {
  if (!hasMoved(resource, clusterId)) return undefined;
  const message = `${describeTableLeft(resource)} was left: the DataPlatform leads to HBase cluster "${clusterId}" now`;
  return { type: "Warning", reason: "CleanupAbandoned", message };
}

function foreignNotice(resource: ServingTable, { table }: TableReading): Notice | undefined {
  if (table === undefined || table === null) return undefined;
  const found = table.mark ?? undefined;
  if (found === resource.status?.mark) return undefined;
  const bears =
    found === undefined ? "it bears no mark now" : `it bears the mark "${found}" of another owner now`;
  return {
    type: "Warning",
    reason: "CleanupAbandoned",
    message: `table "${servingTableNameOf(resource)}" was left with its rows: ${bears}`,
  };
}
