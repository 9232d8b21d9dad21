/** Reads the platform, who else claims the table, and the table itself; does not write. */
import type { ServingTable } from "../../crds/kinds.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { CurrentServingTable } from "../../targets/hbase/table.ts";
import type { Rival } from "../claims/rivals.ts";
import { olderClaimant } from "../claims/rivals.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import { SERVING_TABLE_CLAIM, servingTableNameOf } from "./claim.ts";

export interface ObservedServingTable {
  /** Without it, or without an HBase of it, the table is not read. */
  readonly platform: PlatformState;
  /** The older resource that has the table, or may have it. */
  readonly older: Rival<ServingTable> | undefined;
  /** Id of the cluster that answered. */
  readonly clusterId: string | undefined;
  /** Known and `undefined`: there is no such table. */
  readonly table: Observation<CurrentServingTable | undefined>;
}

const NOTHING_READ = { clusterId: undefined, table: NOT_READ } as const;

export async function observeServingTable(
  resource: ServingTable,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedServingTable> {
  const platform = await platforms.read(resource, context);
  if (platform.state !== "present") return Object.freeze({ platform, older: undefined, ...NOTHING_READ });
  const claim = { platform, cache: context.kubernetes };
  if (problemOf(platform, ["HBase"]) !== undefined) {
    const older = olderClaimant(SERVING_TABLE_CLAIM, resource, claim);
    return Object.freeze({ platform, older, ...NOTHING_READ });
  }
  const name = servingTableNameOf(resource);
  const read = await observed(clients.hbase(platform).describe(name, context.signal));
  if (read.state !== "known") {
    const older = olderClaimant(SERVING_TABLE_CLAIM, resource, claim);
    return Object.freeze({ platform, older, clusterId: undefined, table: read });
  }
  const { clusterId, table } = read.value;
  const older = olderClaimant(SERVING_TABLE_CLAIM, resource, { ...claim, system: clusterId });
  return Object.freeze({
    platform,
    older,
    clusterId,
    table: { state: "known" as const, value: table ?? undefined },
  });
}
