/** What a controller can do with one bucket. Tests give it another implementation. */
import type { WritePermit } from "../../runtime/controller.ts";
import type { StorageClient } from "./client.ts";
import { deletePrefix } from "./execute.ts";
import type { StorageProbe } from "./read.ts";
import { listKeys, probeStorage, readStart } from "./read.ts";

/** Every method throws errors of the runtime's classes. */
export interface ObjectStore {
  probe(signal?: AbortSignal): Promise<StorageProbe>;
  /** Pages of keys under a prefix. */
  listKeys(prefix: string, signal?: AbortSignal): AsyncIterable<readonly string[]>;
  /** The first bytes of an object, at most `length`; `undefined`: there is no such object, or no longer. */
  readStart(key: string, length: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Deletes everything under a prefix, which must end in `/`; returns how many objects there were. */
  deletePrefix(prefix: string, permit: WritePermit): Promise<number>;
  close(): void;
}

/** The real bucket behind a client. */
export function createObjectStore(client: StorageClient): ObjectStore {
  return {
    probe: (signal) => probeStorage(client, signal),
    listKeys: (prefix, signal) => listKeys(client, prefix, signal),
    readStart: (key, length, signal) => readStart(client, { key, length }, signal),
    deletePrefix: (prefix, permit) => deletePrefix(client, prefix, permit),
    close: () => client.close(),
  };
}
