/** Reads who else claims the table, the platform, and the table itself; does not write. */
import type { DataPlatform, LakeTable } from "../../crds/kinds.ts";
import { dataPlatformKind, lakeTableKind } from "../../crds/kinds.ts";
import { parseTableIdentifier } from "../../naming/tables.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { PlatformClients } from "../../targets/platform/clients.ts";
import { readPlatform } from "../../targets/platform/read.ts";
import type { PlatformState } from "../../targets/platform/settings.ts";
import { findOlder } from "../claims.ts";
import type { Observation } from "../observation.ts";
import { observed } from "../observation.ts";
import { rivalsOf } from "./claim.ts";

export interface ObservedTable {
  /** The older resource that has the table; then nothing else was read. */
  readonly older: LakeTable | undefined;
  readonly platform: PlatformState;
  /** Known and `undefined`: there is no such table. */
  readonly table: Observation<CurrentTable | undefined>;
}

const NOT_READ: Observation<never> = { state: "unknown", error: new Error("the table was not read") };

export async function observeTable(
  resource: LakeTable,
  context: ReconcileContext<PlatformClients>,
): Promise<ObservedTable> {
  const { kubernetes, clients, signal } = context;
  const older = olderClaimant(resource, kubernetes);
  const key = { namespace: resource.metadata.namespace ?? "", name: resource.spec.platformRef.name };
  const platform = await readPlatform(kubernetes, key);
  const parsed = parseTableIdentifier(resource.spec);
  if (older !== undefined || platform.state !== "resolved" || !("identifier" in parsed)) {
    return Object.freeze({ older, platform, table: NOT_READ });
  }
  const { catalog } = clients.connect(platform.settings);
  return Object.freeze({
    older,
    platform,
    table: await observed(catalog.readTable(parsed.identifier, signal)),
  });
}

/** The older resource that has the table of this one, in whatever namespace. */
export function olderClaimant(resource: LakeTable, cache: ObjectReader): LakeTable | undefined {
  const platformOf = (other: LakeTable): DataPlatform | undefined =>
    cache.cached<DataPlatform>(dataPlatformKind, {
      namespace: other.metadata.namespace ?? "",
      name: other.spec.platformRef.name,
    });
  const rivals = rivalsOf(resource, cache.cachedList<LakeTable>(lakeTableKind), platformOf);
  return findOlder(resource, rivals, (candidate) => candidate.status?.tableUuid !== undefined);
}
