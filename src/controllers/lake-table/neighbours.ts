/** What else lies in or around a folder that is to be deleted as a whole: living LakeTables, checkpoints, tables that nobody declares. Reads only. */
import type { LakeTable } from "../../crds/kinds.ts";
import { CHECKPOINT_FOLDER } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { ObjectStore } from "../../targets/s3/store.ts";
import { isShared } from "./claim.ts";

interface Folder {
  /** The whole address, for messages and to compare with other resources. */
  readonly location: string;
  /** Within the platform's bucket, with a slash at the end. */
  readonly prefix: string;
  readonly storage: ObjectStore;
}

/** Why the folder must stay, or `undefined`. Of a table that no resource declares, its files of metadata tell. */
export async function findNeighbour(
  own: LakeTable,
  { location, prefix, storage }: Folder,
  { kubernetes, signal }: ReconcileContext,
): Promise<string | undefined> {
  if (isShared(location, own, kubernetes)) return "another LakeTable is there too";
  if (prefix.startsWith(`${CHECKPOINT_FOLDER}/`)) return "pipelines keep their checkpoints there";
  const key =
    (await findTableAround(storage, prefix, signal)) ?? (await findTableBelow(storage, prefix, signal));
  return key === undefined ? undefined : `"${key}" is of another table`;
}

/** The table's own metadata is in `metadata/` right below its folder. */
function findTableBelow(
  storage: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return findKey(storage.listKeys(prefix, signal), (key) => key.slice(prefix.length).includes("/metadata/"));
}

async function findTableAround(
  storage: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const names = prefix.split("/").slice(0, -1);
  for (let depth = names.length - 1; depth > 0; depth -= 1) {
    const metadata = `${names.slice(0, depth).join("/")}/metadata/`;
    // Not what lies deeper: the folder may as well be that of a table called "metadata".
    const isOfTable = (key: string): boolean => /^[^/]*metadata\.json/.test(key.slice(metadata.length));
    const found = await findKey(storage.listKeys(metadata, signal), isOfTable);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findKey(
  pages: AsyncIterable<readonly string[]>,
  isWanted: (key: string) => boolean,
): Promise<string | undefined> {
  for await (const keys of pages) {
    const found = keys.find(isWanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
