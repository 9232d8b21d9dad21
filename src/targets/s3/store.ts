/** What a controller can do with one bucket. Tests give it another implementation. */
import type { WritePermit } from "../../runtime/controller.ts";
import type { StorageClient } from "./client.ts";
import { deleteObject, deletePrefix, writeText } from "./execute.ts";
import type { StorageProbe } from "./read.ts";
import { listKeys, probeStorage, readStart, readText } from "./read.ts";

/** Every method throws errors of the runtime's classes. */
export interface ObjectStore {
  probe(signal?: AbortSignal): Promise<StorageProbe>;
  /** Pages of keys under a prefix. */
  listKeys(prefix: string, signal?: AbortSignal): AsyncIterable<readonly string[]>;
  /** The first bytes of an object, at most `length`; `undefined`: there is no such object, or no longer. */
  readStart(key: string, length: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** An object as text, which must be known to be small; `undefined`: there is none. */
  readText(key: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Makes an object of this text, or replaces it. */
  writeText(object: { readonly key: string; readonly text: string }, permit: WritePermit): Promise<void>;
  /** Deletes one object, if it is there. */
  deleteObject(key: string, permit: WritePermit): Promise<void>;
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
    readText: (key, signal) => readText(client, key, signal),
    writeText: (object, permit) => writeText(client, object, permit),
    deleteObject: (key, permit) => deleteObject(client, key, permit),
    deletePrefix: (prefix, permit) => deletePrefix(client, prefix, permit),
    close: () => client.close(),
  };
}
