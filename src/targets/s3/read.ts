/** Reads a bucket; does not write. */
import { GetObjectCommand, HeadBucketCommand, ListObjectsV2Command, NoSuchKey } from "@aws-sdk/client-s3";
import { serverIdentity } from "../http/server-identity.ts";
import type { StorageClient } from "./client.ts";

export interface StorageProbe {
  /** What the server calls itself; many do not. */
  readonly server: string | undefined;
  /** The bucket and where it is, the same for every spelling of the endpoint. */
  readonly identity: string;
}

/** Asks whether the bucket is there and the credentials may use it. */
export async function probeStorage(client: StorageClient, signal?: AbortSignal): Promise<StorageProbe> {
  let server: string | undefined;
  const command = new HeadBucketCommand({ Bucket: client.settings.bucket });
  command.middlewareStack.add(
    (next) => async (input) => {
      const answer = await next(input);
      server = (answer.response as { headers?: Record<string, string> }).headers?.["server"];
      return answer;
    },
    { step: "deserialize", name: "readServerHeader" },
  );
  await client.run({ doing: "looking for the bucket", signal }, (sdk, http) => sdk.send(command, http));
  const { bucket, endpoint } = client.settings;
  return { server, identity: `s3://${bucket} at ${await serverIdentity(endpoint)}` };
}

/** Keys under a prefix, page by page (at most 1,000 a page), in the order of their bytes. */
export async function* listKeys(
  client: StorageClient,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly string[]> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: client.settings.bucket,
      Prefix: prefix,
      ...(token !== undefined && { ContinuationToken: token }),
    });
    const page = await client.run({ doing: `listing "${prefix}"`, signal }, (sdk, http) =>
      sdk.send(command, http),
    );
    yield (page.Contents ?? []).map((object) => object.Key).filter((key) => key !== undefined);
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** An object as text; `undefined`: there is no such object. Only for objects that are known to be small. */
export async function readText(
  client: StorageClient,
  key: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const command = new GetObjectCommand({ Bucket: client.settings.bucket, Key: key });
  return client.run({ doing: `reading "${key}"`, signal }, async (sdk, http) => {
    try {
      const answer = await sdk.send(command, http);
      return await answer.Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  });
}

/** The first bytes of an object; `undefined`: there is no such object. */
export async function readStart(
  client: StorageClient,
  { key, length }: { readonly key: string; readonly length: number },
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const command = new GetObjectCommand({
    Bucket: client.settings.bucket,
    Key: key,
    Range: `bytes=0-${length - 1}`,
  });
  return client.run({ doing: `reading "${key}"`, signal }, async (sdk, http) => {
    try {
      const answer = await sdk.send(command, http);
      return await answer.Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  });
}
