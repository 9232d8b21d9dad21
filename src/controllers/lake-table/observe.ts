/** Reads the platform, who else claims the table, and the table itself; does not write. */
import type { DataPlatformSpec, LakeTable } from "../../crds/kinds.ts";
import { parseTableIdentifier } from "../../naming/tables.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { problemOf } from "../../platform/components.ts";
import { cachedPlatform } from "../../platform/platform.ts";
import type { PlatformState } from "../../platform/platform.ts";
import { findOlder } from "../claims.ts";
import type { Observation } from "../observation.ts";
import { observed } from "../observation.ts";
import { rivalsOf, tableName, TABLES_BY_NAME } from "./claim.ts";

export interface ObservedTable {
  /** Without it, or without the Secret of its catalog, the table is not read. */
  readonly platform: PlatformState;
  /** The older resource that has the table; then the table is not read. */
  readonly older: LakeTable | undefined;
  /** Known and `undefined`: there is no such table. */
  readonly table: Observation<CurrentTable | undefined>;
}

const NOT_READ: Observation<never> = { state: "unknown", error: new Error("the table was not read") };

export async function observeTable(
  resource: LakeTable,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedTable> {
  const platform = await platforms.read(resource, context);
  if (platform.state !== "present") return Object.freeze({ platform, older: undefined, table: NOT_READ });
  const older = olderClaimant(resource, platform.spec, context.kubernetes);
  const parsed = parseTableIdentifier(resource.spec);
  const isOutOfReach = problemOf(platform, ["Catalog"]) !== undefined;
  if (older !== undefined || isOutOfReach || !("identifier" in parsed)) {
    return Object.freeze({ platform, older, table: NOT_READ });
  }
  const table = await observed(clients.catalog(platform).readTable(parsed.identifier, context.signal));
  return Object.freeze({ platform, older, table });
}

/** The older resource that has the table of this one in the catalog of this platform, in whatever namespace. */
export function olderClaimant(
  resource: LakeTable,
  { catalog }: Pick<DataPlatformSpec, "catalog">,
  cache: ObjectReader,
): LakeTable | undefined {
  const rivals = rivalsOf(resource, catalog, {
    tables: cache.cachedBy(TABLES_BY_NAME, tableName(resource)),
    platformOf: (other) => cachedPlatform(cache, other),
  });
  return findOlder(resource, rivals, (candidate) => candidate.status?.tableUuid !== undefined);
}
