/** Reads the platform, who else claims the table, the table itself, and what it holds where that could be lost; does not write. */
import type { ServingTable } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { lossesOf } from "../../targets/hbase/losses.ts";
import type { CurrentServingTable } from "../../targets/hbase/table.ts";
import type { ServingTables } from "../../targets/hbase/tables.ts";
import type { ObservedClaim } from "../claims/observe-claimed.ts";
import { observeClaimed } from "../claims/observe-claimed.ts";
import { observed } from "../observation.ts";
import { SERVING_TABLE_CLAIM, servingTableNameOf } from "./claim.ts";
import { wantedServingTable } from "./wanted.ts";

export interface ObservedServingTable extends ObservedClaim<ServingTable, CurrentServingTable> {
  /** Of the families that the spec would take something from, those that hold cells; `undefined`: nobody asked, or nobody knows. */
  readonly filled: readonly string[] | undefined;
}

export async function observeServingTable(
  resource: ServingTable,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedServingTable> {
  const name = servingTableNameOf(resource);
  const seen = await observeClaimed(resource, context, {
    claim: SERVING_TABLE_CLAIM,
    platforms,
    read: async (platform) => {
      const { clusterId, table } = await clients.hbase(platform).describe(name, context.signal);
      return { system: clusterId, thing: table ?? undefined };
    },
  });
  if (seen.thing.state !== "known") return Object.freeze({ ...seen, filled: undefined });
  const losses = lossesOf(wantedServingTable(resource), seen.thing.value);
  const families = [...new Set(losses.map(({ family }) => family))];
  if (families.length === 0) return Object.freeze({ ...seen, filled: undefined });
  const filled = await filledOf(resource, families, { hbase: clients.hbase(seen.platform), context });
  return Object.freeze({ ...seen, filled });
}

/** Of a table's families those that hold cells; `undefined` where HBase does not tell, as of a disabled table. Never throws. */
export async function filledOf(
  resource: ServingTable,
  families: readonly string[],
  { hbase, context }: { readonly hbase: ServingTables; readonly context: ReconcileContext },
): Promise<readonly string[] | undefined> {
  const read = await observed(hbase.filledOf(servingTableNameOf(resource), families, context.signal));
  return read.state === "known" ? read.value : undefined;
}
