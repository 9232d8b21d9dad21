/** Reads the platform, who else claims the table, and the table itself; does not write. */
import type { LakeTable } from "../../crds/kinds.ts";
import { parseTableIdentifier } from "../../naming/tables.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { Rival } from "../claims/rivals.ts";
import { olderClaimant } from "../claims/rivals.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import { TABLE_CLAIM } from "./claim.ts";

export interface ObservedTable {
  /** Without it, or without the Secret of its catalog, the table is not read. */
  readonly platform: PlatformState;
  /** The older resource that has the table, or may have it; then the table is not read. */
  readonly older: Rival<LakeTable> | undefined;
  /** Known and `undefined`: there is no such table. */
  readonly table: Observation<CurrentTable | undefined>;
}

export async function observeTable(
  resource: LakeTable,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedTable> {
  const platform = await platforms.read(resource, context);
  if (platform.state !== "present") return Object.freeze({ platform, older: undefined, table: NOT_READ });
  const claim = { platform, cache: context.kubernetes };
  const older = olderClaimant(TABLE_CLAIM, resource, claim);
  const parsed = parseTableIdentifier(resource.spec);
  const isOutOfReach = problemOf(platform, ["Catalog"]) !== undefined;
  if (older !== undefined || isOutOfReach || !("identifier" in parsed)) {
    return Object.freeze({ platform, older, table: NOT_READ });
  }
  const table = await observed(clients.catalog(platform).readTable(parsed.identifier, context.signal));
  const id = table.state === "known" ? table.value?.uuid : undefined;
  return Object.freeze({ platform, older: olderClaimant(TABLE_CLAIM, resource, { ...claim, id }), table });
}
