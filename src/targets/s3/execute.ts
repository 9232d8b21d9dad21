/** Writes single objects of a bucket, and deletes what is under a prefix. An S3 prefix exists as soon as an object in it does. */
import { DeleteObjectCommand, DeleteObjectsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { WritePermit } from "../../runtime/controller.ts";
import { TransientError } from "../../runtime/errors.ts";
import type { StorageClient } from "./client.ts";
import { listKeys } from "./read.ts";

/** Makes an object of this text, or replaces it. */
export async function writeText(
  client: StorageClient,
  { key, text }: { readonly key: string; readonly text: string },
  { signal, assertMayWrite }: WritePermit,
): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: client.settings.bucket,
    Key: key,
    Body: text,
    ContentType: "text/plain; charset=utf-8",
  });
  await client.run({ doing: `writing "${key}"`, signal, assertMayWrite }, (sdk, http) =>
    sdk.send(command, http),
  );
}

/** Deletes an object; one that is gone counts as deleted. */
export async function deleteObject(
  client: StorageClient,
  key: string,
  { signal, assertMayWrite }: WritePermit,
): Promise<void> {
  const command = new DeleteObjectCommand({ Bucket: client.settings.bucket, Key: key });
  await client.run({ doing: `deleting "${key}"`, signal, assertMayWrite }, (sdk, http) =>
    sdk.send(command, http),
  );
}

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
