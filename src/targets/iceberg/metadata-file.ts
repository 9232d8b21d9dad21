/** Files of metadata in a table's folder: which they are, and whose. Pure. */
import { constants, gunzipSync } from "node:zlib";

/** So much of a file of metadata holds the table's uuid: it is among the first members that writers write. */
export const METADATA_START_BYTES = 16_384;

/** Whether a key is that of a table's metadata, plain or compressed, under any of the names that writers give. */
export function isMetadataFile(key: string): boolean {
  return /[^/]*\.metadata\.json(\.gz)?$/.test(key);
}

/** The uuid of the table that a file of metadata is of, from its first bytes; `undefined`: they do not tell. */
export function readTableUuid(key: string, start: Uint8Array): string | undefined {
  const text = /\.gz(\.|$)/.test(key) ? unpack(start) : Buffer.from(start).toString("utf8");
  return /"table-uuid"\s*:\s*"([^"]+)"/.exec(text)?.[1];
}

/** What can be unpacked of a file that is cut off. */
function unpack(start: Uint8Array): string {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
  } catch {
    return "";
  }
}
