/** What else lies in or around a table's folder: living LakeTables, checkpoints, tables that nobody declares. Reads only. */
import type { LakeTable } from "../../crds/kinds.ts";
import { CHECKPOINT_FOLDER } from "../../crds/kinds.ts";
import { normalLocation } from "../../naming/locations.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { SystemClients } from "../../targets/clients.ts";
import { isMetadataFile, METADATA_START_BYTES, readTableUuid } from "../../targets/iceberg/metadata-file.ts";
import type { ObjectStore } from "../../targets/s3/store.ts";
import { isShared } from "./places.ts";

/** A folder and the store that it is in. */
export interface Folder {
  /** The whole address, for messages and to compare with other resources. */
  readonly location: string;
  readonly bucket: string;
  /** Within the bucket, with a slash at the end. */
  readonly prefix: string;
  readonly storage: ObjectStore;
}

/** Another table whose metadata was found. */
export interface OtherTable {
  /** A file of its metadata. */
  readonly key: string;
  /** Absent where the file does not tell. */
  readonly uuid?: string;
}

/** The folder of an address, in the platform's bucket or in another one of its store; `undefined`: it is none, or a whole bucket. */
export function folderAt(
  location: string,
  platform: PresentPlatform,
  clients: SystemClients,
): Folder | undefined {
  const [, bucket, path] = /^s3:\/\/([^/]+)\/+(.+)$/.exec(normalLocation(location)) ?? [];
  if (bucket === undefined || path === undefined) return undefined;
  const storage = clients.storage(withBucket(platform, bucket));
  return { location, bucket, prefix: `${path}/`, storage };
}

/** A connection of its own for another bucket. */
function withBucket(platform: PresentPlatform, bucket: string): PresentPlatform {
  const { key, spec } = platform;
  if (bucket === spec.storage.bucket) return platform;
  return {
    ...platform,
    key: { ...key, name: `${key.name}/${bucket}` },
    spec: { ...spec, storage: { ...spec.storage, bucket } },
  };
}

/** Why the folder of this resource's table must not be deleted as a whole, or `undefined`. */
export async function findNeighbour(
  own: LakeTable,
  folder: Folder,
  { kubernetes, signal }: ReconcileContext,
): Promise<string | undefined> {
  if (isShared(folder.location, own, kubernetes)) return "another LakeTable is there too";
  if (isAmongCheckpoints(folder)) return "pipelines keep their checkpoints there";
  const other = await findOtherTable(folder, own.status?.tableUuid, signal);
  return other && `"${other.key}" is of another table`;
}

export function isAmongCheckpoints({ prefix }: Folder): boolean {
  return prefix.startsWith(`${CHECKPOINT_FOLDER}/`);
}

/** A table in, below or around a folder, found by its metadata files. Those of the table `own` right in the folder do not count. */
export async function findOtherTable(
  { storage, prefix }: Folder,
  own: string | undefined,
  signal: AbortSignal,
): Promise<OtherTable | undefined> {
  const around = await findAround(storage, prefix, signal);
  if (around !== undefined) return (await identify(storage, around, signal)) ?? { key: around };
  for await (const keys of storage.listKeys(prefix, signal)) {
    for (const key of keys) {
      const depth = depthOfMetadata(key.slice(prefix.length));
      if (depth === undefined) continue;
      const found = await identify(storage, key, signal);
      if (found !== undefined && !(depth === "right in it" && isOf(found, own))) return found;
    }
  }
  return undefined;
}

function isOf({ uuid }: OtherTable, own: string | undefined): boolean {
  return uuid !== undefined && uuid === own;
}

/** Where in a table's folder a file of metadata lies; `undefined`: it is none. */
function depthOfMetadata(path: string): "right in it" | "deeper" | undefined {
  if (/^metadata\/[^/]*$/.test(path)) return isMetadataFile(path) ? "right in it" : undefined;
  return path.includes("/metadata/") ? "deeper" : undefined;
}

/** `undefined`: the file is gone by now. */
async function identify(
  storage: ObjectStore,
  key: string,
  signal: AbortSignal,
): Promise<OtherTable | undefined> {
  if (!isMetadataFile(key)) return { key };
  const start = await storage.readStart(key, METADATA_START_BYTES, signal);
  if (start === undefined) return undefined;
  const uuid = readTableUuid(key, start);
  return { key, ...(uuid !== undefined && { uuid }) };
}

async function findAround(
  storage: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const names = prefix.split("/").slice(0, -1);
  for (let depth = names.length - 1; depth > 0; depth -= 1) {
    const metadata = `${names.slice(0, depth).join("/")}/metadata/`;
    for await (const keys of storage.listKeys(metadata, signal)) {
      // Not what lies deeper: the folder may as well be that of a table called "metadata".
      const found = keys.find((key) => isMetadataFile(key) && !key.slice(metadata.length).includes("/"));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
