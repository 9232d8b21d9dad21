/** Reads the platform, who else claims the table or its place, and the table itself; does not write. */
import type { LakeTable } from "../../crds/kinds.ts";
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable, parseTableIdentifier } from "../../naming/tables.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { TableCatalog } from "../../targets/iceberg/catalog.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { Rival } from "../claims/rivals.ts";
import { olderClaimant } from "../claims/rivals.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import { TABLE_CLAIM } from "./claim.ts";
import type { Overlap } from "./places.ts";
import { findOverlap } from "./places.ts";

export interface ObservedTable {
  /** Without it, or without the Secret of its catalog, the table is not read. */
  readonly platform: PlatformState;
  /** The older resource that has the table, or may have it; then the table is not read. */
  readonly older: Rival<LakeTable> | undefined;
  /** Known and `undefined`: there is no such table. */
  readonly table: Observation<CurrentTable | undefined>;
  /** Another resource whose files lie in or around the place of this one's. */
  readonly overlap: Overlap | undefined;
  /** Present name in the catalog of the table that this resource had, when somebody renamed it. */
  readonly renamedTo: Observation<string | undefined>;
}

export async function observeTable(
  resource: LakeTable,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedTable> {
  const platform = await platforms.read(resource, context);
  const nothing = { platform, older: undefined, table: NOT_READ, overlap: undefined, renamedTo: NOT_READ };
  if (platform.state !== "present") return Object.freeze(nothing);
  const claim = { platform, cache: context.kubernetes };
  const older = olderClaimant(TABLE_CLAIM, resource, claim);
  const parsed = parseTableIdentifier(resource.spec);
  const isOutOfReach = problemOf(platform, ["Catalog"]) !== undefined;
  if (older !== undefined || isOutOfReach || !("identifier" in parsed)) {
    return Object.freeze({ ...nothing, older });
  }
  const { identifier } = parsed;
  const catalog = clients.catalog(platform);
  const table = await observed(catalog.readTable(identifier, context.signal));
  if (table.state === "unknown") return Object.freeze({ ...nothing, table });
  const places = [resource.spec.location, resource.status?.location, table.value?.location];
  const overlap = findOverlap(resource, [...new Set(places.filter((place) => place !== undefined))], claim);
  const renamedTo = await observed(findRenamed(resource, table.value, { catalog, identifier, context }));
  const nowOlder = olderClaimant(TABLE_CLAIM, resource, { ...claim, id: table.value?.uuid });
  return Object.freeze({ ...nothing, older: nowOlder, table, overlap, renamedTo });
}

/** Looks for the table that the resource had, when its name leads to none or to another one. */
async function findRenamed(
  { status }: LakeTable,
  table: CurrentTable | undefined,
  where: {
    readonly catalog: TableCatalog;
    readonly identifier: TableIdentifier;
    readonly context: ReconcileContext;
  },
): Promise<string | undefined> {
  const { catalog, identifier, context } = where;
  if (status?.tableUuid === undefined || status.tableUuid === table?.uuid) return undefined;
  const { database } = identifier;
  const name = await catalog.findTable(status.tableUuid, { database, signal: context.signal });
  // Renamed back while we looked.
  return name === formatTable(identifier) ? undefined : name;
}
