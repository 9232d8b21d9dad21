/** Drops the table of a deleted resource and deletes its files, if its deletionPolicy says so. */
import type { LakeTable } from "../../crds/kinds.ts";
import { LAKE_TABLE_DEFAULTS, lakeTableKind } from "../../crds/kinds.ts";
import { OWN_ANNOTATIONS } from "../../naming/marks.ts";
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable, parseTableIdentifier } from "../../naming/tables.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { keyOf } from "../../api/objects.ts";
import type { SystemAccess, SystemClients } from "../../targets/clients.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import { leftNotice, sharedNotice, tell } from "../claims/notices.ts";
import { rivalsOf } from "../claims/rivals.ts";
import { TABLE_CLAIM } from "./claim.ts";
import { findNeighbour, folderAt } from "./neighbours.ts";

/** Only with the policy Delete is there anything to do. */
export function deletesTable(resource: LakeTable): boolean {
  return (resource.spec.deletionPolicy ?? LAKE_TABLE_DEFAULTS.deletionPolicy) === "Delete";
}

/** The table by name and uuid, and its folder, for the person who deletes them by hand. */
export function describeTableLeft({ spec, status }: LakeTable): string {
  const { tableUuid = "unknown", location = "an unknown place" } = status ?? {};
  return `table "${spec.database}.${spec.table}" (uuid ${tableUuid}) with its files at ${location}`;
}

/** Holds the uuid of the table that is being dropped: should the table be gone at the next attempt, then its files are ours to delete. */
const DROPPING = OWN_ANNOTATIONS.droppingTable;

/**
 * Drops the table that the resource had, by its uuid: another table of the name is not its own. A resource without a uuid in
 * its status never had one. Safe to repeat.
 */
export async function finalizeTable(
  resource: LakeTable,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<void> {
  const parsed = parseTableIdentifier(resource.spec);
  if (!deletesTable(resource) || !("identifier" in parsed)) return;
  if (resource.status?.tableUuid === undefined) return;
  // Files that could not be deleted later would stay for ever, so the table stays until both systems can be reached.
  const components = ["Catalog", "Storage"] as const;
  const platform = await platformForCleanup(resource, { components, platforms, context });
  if (platform === undefined) return tell(leftNotice(TABLE_CLAIM, resource), context);
  const [rival, ...more] = rivalsOf(TABLE_CLAIM, resource, { platform, cache: context.kubernetes });
  if (rival !== undefined) return tell(sharedNotice(TABLE_CLAIM, resource, [rival, ...more]), context);
  const cleanup = { platform, clients, context };
  const found = await findOwnTable(resource, parsed.identifier, cleanup);
  if (found === undefined) return;
  const { location, isInCatalog } = found;
  // Before the drop: nobody checks the files that a catalog deletes with the table.
  const obstacle = await obstacleTo(resource, location, cleanup);
  if (isInCatalog)
    await dropTable(resource, parsed.identifier, { purges: obstacle === undefined, ...cleanup });
  if (obstacle !== undefined) return left(`the files at ${location} were left: ${obstacle}`, context);
  await deleteFiles(location, cleanup);
}

interface Cleanup {
  readonly platform: PresentPlatform;
  readonly clients: SystemClients;
  readonly context: ReconcileContext;
}

/** Where the table that the resource had is now. `undefined`: there is none that it may touch, and an Event says so. */
async function findOwnTable(
  resource: LakeTable,
  identifier: TableIdentifier,
  { platform, clients, context }: Cleanup,
): Promise<{ readonly location: string; readonly isInCatalog: boolean } | undefined> {
  const catalog = clients.catalog(platform);
  const { tableUuid = "", location } = resource.status ?? {};
  const name = `table "${formatTable(identifier)}"`;
  const table = await catalog.readTable(identifier, context.signal);
  if (table?.uuid === tableUuid) return { location: table.location, isInCatalog: true };
  if (table !== undefined) {
    const message = `${name} was left: it is another one now (uuid ${table.uuid}) than this LakeTable had (${tableUuid})`;
    left(message, context);
    return undefined;
  }
  // Dropped by an earlier attempt, unless somebody renamed it in between.
  if (location !== undefined && resource.metadata.annotations?.[DROPPING] === tableUuid) {
    const { database } = identifier;
    const renamedTo = await catalog.findTable(tableUuid, { database, signal: context.signal });
    if (renamedTo === undefined) return { location, isInCatalog: false };
  }
  left(
    `the files at ${location} were left: ${name} is not in the catalog any more, it may have another name now`,
    context,
  );
  return undefined;
}

async function dropTable(
  resource: LakeTable,
  identifier: TableIdentifier,
  { purges, platform, clients, context }: Cleanup & { readonly purges: boolean },
): Promise<void> {
  await markDropping(resource, resource.status?.tableUuid ?? "", context);
  const isDropped = await clients.catalog(platform).dropTable(identifier, { purges, permit: context });
  if (isDropped) deleted(`dropped table "${formatTable(identifier)}"`, context);
}

async function markDropping(
  resource: LakeTable,
  tableUuid: string,
  { kubernetes }: ReconcileContext,
): Promise<void> {
  const { apiVersion, kind } = resource;
  const { uid = "", annotations: held } = resource.metadata;
  if (held?.[DROPPING] === tableUuid) return;
  const annotations = { [DROPPING]: tableUuid };
  await kubernetes.apply(lakeTableKind, {
    apiVersion,
    kind,
    metadata: { ...keyOf(resource), uid, annotations },
  });
}

/** Why the files must stay, or `undefined`. */
async function obstacleTo(
  resource: LakeTable,
  location: string,
  { platform, clients, context }: Cleanup,
): Promise<string | undefined> {
  const folder = folderAt(location, platform, clients);
  if (folder?.bucket !== platform.spec.storage.bucket)
    return "they are not in a folder of the platform's bucket";
  return findNeighbour(resource, folder, context);
}

async function deleteFiles(location: string, { platform, clients, context }: Cleanup): Promise<void> {
  const folder = folderAt(location, platform, clients);
  const objects = folder === undefined ? 0 : await folder.storage.deletePrefix(folder.prefix, context);
  if (objects > 0) deleted(`deleted ${objects} objects at ${location}`, context);
}

function left(message: string, context: ReconcileContext): void {
  tell({ type: "Warning", reason: "CleanupAbandoned", message }, context);
}

function deleted(message: string, context: ReconcileContext): void {
  tell({ type: "Normal", reason: "Deleted", message }, context);
}
