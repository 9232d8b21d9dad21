/** Deletes what is under a prefix of a bucket. Nothing is ever written: an S3 prefix exists as soon as a file in it does. */
import { DeleteObjectsCommand } from "@aws-sdk/client-s3";
import type { WritePermit } from "../../runtime/controller.ts";
import { TransientError } from "../../runtime/errors.ts";
import type { StorageClient } from "./client.ts";
import { listKeys } from "./read.ts";

/**
 * Deletes all objects under a prefix and returns how many there were. The prefix must end in `/` and have a name before it, so that
 * neither a neighbour (`events_old` for `events`) nor the whole bucket can go by mistake. Safe to repeat after a failure half way.
 */
export async function deletePrefix(
  client: StorageClient,
  prefix: string,
  permit: WritePermit,
): Promise<number> {
  if (!/^[^/].*\/$/.test(prefix)) throw new Error(`refusing to delete the prefix "${prefix}"`);
  let count = 0;
  for await (const keys of listKeys(client, prefix, permit.signal)) {
    if (keys.length === 0) continue;
    await deleteKeys(client, keys, permit);
    count += keys.length;
  }
  return count;
}

async function deleteKeys(
  client: StorageClient,
  keys: readonly string[],
  { signal, assertMayWrite }: WritePermit,
): Promise<void> {
  const command = new DeleteObjectsCommand({
    Bucket: client.settings.bucket,
    Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
  });
  const answer = await client.run({ doing: "deleting objects", signal, assertMayWrite }, (sdk, http) =>
    sdk.send(command, http),
  );
  const failed = answer.Errors ?? [];
  const first = failed[0];
  if (first === undefined) return;
  const message = `${failed.length} of ${keys.length} objects could not be deleted, like "${first.Key ?? ""}": ${first.Code ?? ""} ${first.Message ?? ""}`;
  throw new TransientError("StorageUnreachable", message.trim());
}
