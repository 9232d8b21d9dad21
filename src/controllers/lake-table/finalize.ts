/** Drops the table of a deleted resource and deletes its files, if its deletionPolicy says so. */
import type { LakeTable } from "../../crds/kinds.ts";
import { LAKE_TABLE_DEFAULTS, lakeTableKind } from "../../crds/kinds.ts";
import { OWN_ANNOTATIONS } from "../../naming/marks.ts";
import { normalLocation } from "../../naming/locations.ts";
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
import { findNeighbour } from "./neighbours.ts";

/** Only with the policy Delete is there anything to do. */
export function deletesTable(resource: LakeTable): boolean {
  return (resource.spec.deletionPolicy ?? LAKE_TABLE_DEFAULTS.deletionPolicy) === "Delete";
}

/** Holds the uuid of the table that is being dropped: should the table be gone at the next attempt, then its files are ours to delete. */
const DROPPING = OWN_ANNOTATIONS.droppingTable;

/**
 * Drops the table that the resource had, told by its uuid: whatever else bears the name is not its own. A resource without a uuid in
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
  const location = await dropTable(resource, parsed.identifier, { platform, clients, context });
  if (location !== undefined) await deleteFiles(resource, location, { platform, clients, context });
}

interface Cleanup {
  readonly platform: PresentPlatform;
  readonly clients: SystemClients;
  readonly context: ReconcileContext;
}

/** Tells where the table's files are, if they are to go. The catalog is asked to delete them too, but not all catalogs do. */
async function dropTable(
  resource: LakeTable,
  identifier: TableIdentifier,
  { platform, clients, context }: Cleanup,
): Promise<string | undefined> {
  const catalog = clients.catalog(platform);
  const { tableUuid, location } = resource.status ?? {};
  const name = `table "${formatTable(identifier)}"`;
  const table = await catalog.readTable(identifier, context.signal);
  if (table === undefined) {
    if (resource.metadata.annotations?.[DROPPING] === tableUuid) return location;
    const message = `the files at ${location} were left: ${name} is not in the catalog any more, it may have another name now`;
    left(message, context);
    return undefined;
  }
  if (table.uuid !== tableUuid) {
    const message = `${name} was left: it is another one now (uuid ${table.uuid}) than this LakeTable had (${tableUuid})`;
    left(message, context);
    return undefined;
  }
  await markDropping(resource, table.uuid, context);
  if (await catalog.dropTable(identifier, context)) deleted(`dropped ${name}`, context);
  return table.location;
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

async function deleteFiles(
  resource: LakeTable,
  location: string,
  { platform, clients, context }: Cleanup,
): Promise<void> {
  const prefix = prefixInBucket(location, platform.spec.storage.bucket);
  if (prefix === undefined) {
    const message = `the files at ${location} were left: they are not in a folder of the platform's bucket`;
    return left(message, context);
  }
  const storage = clients.storage(platform);
  const neighbour = await findNeighbour(resource, { location, prefix, storage }, context);
  if (neighbour !== undefined) {
    return left(`the files at ${location} were left: ${neighbour}`, context);
  }
  const objects = await storage.deletePrefix(prefix, context);
  if (objects > 0) deleted(`deleted ${objects} objects at ${location}`, context);
}

/** The folder within the bucket, with a slash at the end; never the whole bucket. */
function prefixInBucket(location: string, bucket: string): string | undefined {
  const match = /^s3:\/\/([^/]+)\/+(.+)$/.exec(normalLocation(location));
  return match?.[1] === bucket && match[2] !== undefined ? `${match[2]}/` : undefined;
}

function left(message: string, context: ReconcileContext): void {
  tell({ type: "Warning", reason: "CleanupAbandoned", message }, context);
}

function deleted(message: string, context: ReconcileContext): void {
  tell({ type: "Normal", reason: "Deleted", message }, context);
}
