/** Reads the platform, who else claims the table, and the table itself; does not write. */
import type { LakeTable } from "../../crds/kinds.ts";
import { parseTableIdentifier } from "../../naming/tables.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { PlatformClients } from "../../targets/platform/clients.ts";
import { cachedPlatform, platformKeyOf, readPlatform } from "../../targets/platform/read.ts";
import type { PlatformSettings, PlatformState } from "../../targets/platform/settings.ts";
import { findOlder } from "../claims.ts";
import type { Observation } from "../observation.ts";
import { observed } from "../observation.ts";
import { rivalsOf, tableName, TABLES_BY_NAME } from "./claim.ts";

export interface ObservedTable {
  /** Without it nothing else is looked at: nobody knows which catalog is meant. */
  readonly platform: PlatformState;
  /** The older resource that has the table; then the table is not read. */
  readonly older: LakeTable | undefined;
  /** Known and `undefined`: there is no such table. */
  readonly table: Observation<CurrentTable | undefined>;
}

const NOT_READ: Observation<never> = { state: "unknown", error: new Error("the table was not read") };

export async function observeTable(
  resource: LakeTable,
  { kubernetes, signal }: ReconcileContext,
  platforms: PlatformClients,
): Promise<ObservedTable> {
  const platform = await readPlatform(kubernetes, platformKeyOf(resource));
  if (platform.state !== "resolved") return Object.freeze({ platform, older: undefined, table: NOT_READ });
  const older = olderClaimant(resource, platform.settings, kubernetes);
  const parsed = parseTableIdentifier(resource.spec);
  if (older !== undefined || !("identifier" in parsed)) {
    return Object.freeze({ platform, older, table: NOT_READ });
  }
  const { catalog } = platforms.connect(platform.settings);
  const table = await observed(catalog.readTable(parsed.identifier, signal));
  return Object.freeze({ platform, older, table });
}

/** The older resource that has the table of this one in the catalog of these settings, in whatever namespace. */
export function olderClaimant(
  resource: LakeTable,
  { catalog }: PlatformSettings,
  cache: ObjectReader,
): LakeTable | undefined {
  const rivals = rivalsOf(resource, catalog, {
    tables: cache.cachedBy(TABLES_BY_NAME, tableName(resource)),
    platformOf: (other) => cachedPlatform(cache, other),
  });
  return findOlder(resource, rivals, (candidate) => candidate.status?.tableUuid !== undefined);
}
