/** Drops the table of a deleted resource, if its deletionPolicy says so and nothing is lost that nobody confirmed. */
import type { ServingTable } from "../../crds/kinds.ts";
import { SERVING_TABLE_DEFAULTS } from "../../crds/kinds.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { CurrentServingTable, TableReading } from "../../targets/hbase/table.ts";
import type { ServingTables } from "../../targets/hbase/tables.ts";
import type { Approval } from "../approval.ts";
import { approvalOf, approvedNotice, requireApproval } from "../approval.ts";
import { hasMoved } from "../claims/claimed-kind.ts";
import type { Notice } from "../claims/notices.ts";
import { leftNotice, sharedNotice, tell } from "../claims/notices.ts";
import { rivalsOf } from "../claims/rivals.ts";
import { SERVING_TABLE_CLAIM, servingTableNameOf } from "./claim.ts";
import { filledOf } from "./observe.ts";

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
  const approval = await approvalToDrop(resource, reading.table, { hbase, context });
  if (approval.state === "awaited") return left(resource, approval, context);
  await hbase.drop({ name, mark }, context);
  if (approval.state === "given") tell(approvedNotice(approval), context);
  tell({ type: "Normal", reason: "Deleted", message: `dropped table "${name}" with its rows` }, context);
}

/** A table without cells has nothing to lose. */
async function approvalToDrop(
  resource: ServingTable,
  { families }: CurrentServingTable,
  system: { readonly hbase: ServingTables; readonly context: ReconcileContext },
): Promise<Approval> {
  const names = families.map(({ name }) => name);
  const filled = (await filledOf(resource, names, system)) ?? names;
  return approvalOf(resource, filled.length === 0 ? [] : ["the whole table goes with its rows"]);
}

/** The table stays while nobody has confirmed that the rows may go. Nobody is waited for in a namespace that goes. */
async function left(resource: ServingTable, approval: Approval, context: ReconcileContext): Promise<void> {
  if (!(await context.isNamespaceTerminating()))
    requireApproval(SERVING_TABLE_CLAIM.describe(resource), approval);
  const message = `${describeTableLeft(resource)} was left: the namespace is being deleted, and nobody confirmed that the rows may go`;
  tell({ type: "Warning", reason: "CleanupAbandoned", message }, context);
}

interface Found {
  readonly platform: PresentPlatform;
  readonly reading: TableReading;
  readonly cache: ObjectReader;
}

/** Who else has the table, or where else it is; then it stays, and the notice says so. */
function reasonToKeep(resource: ServingTable, { platform, reading, cache }: Found): Notice | undefined {
  const elsewhere = elsewhereNotice(resource, reading) ?? foreignNotice(resource, reading);
  if (elsewhere !== undefined) return elsewhere;
  const [rival, ...more] = rivalsOf(SERVING_TABLE_CLAIM, resource, {
    platform,
    cache,
    system: reading.clusterId,
  });
  return rival && sharedNotice(SERVING_TABLE_CLAIM, resource, [rival, ...more]);
}

function elsewhereNotice(resource: ServingTable, { clusterId }: TableReading): Notice | undefined {
  if (!hasMoved(SERVING_TABLE_CLAIM, resource, clusterId)) return undefined;
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
