/** Where a DAG's file lies: the platform may name another bucket, or another prefix in it, than when it was written. */
import type { DataProductStatus } from "../../crds/kinds.ts";
import type { PlatformState } from "../../platform/platform.ts";
import { requireStorage } from "../../platform/storage.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { SystemClients } from "../../targets/clients.ts";
import type { ObjectStore } from "../../targets/s3/store.ts";

export interface FilePlace {
  readonly key: string;
  /** URL of the S3 service, and the bucket behind it. */
  readonly bucket: string;
}

/** In the bucket that the platform names now. */
export function filePlaceOf(platform: PlatformState, key: string): FilePlace {
  const { endpoint, bucket } = requireStorage(platform);
  return { key, bucket: `${endpoint.replace(/\/+$/, "")}/${bucket}` };
}

/** Where it was, if that is elsewhere. A status without a bucket is of a version that did not remember it. */
export function formerPlace(
  status: DataProductStatus | undefined,
  { key, bucket }: FilePlace,
): FilePlace | undefined {
  const former = { key: status?.dagFile ?? key, bucket: status?.dagBucket ?? bucket };
  return former.key === key && former.bucket === bucket ? undefined : former;
}

/** By the credentials of now. Throws for a bucket of another S3 service, to which these lead nowhere. */
export function otherBucketOf(
  { bucket }: FilePlace,
  { platform, clients }: { readonly platform: PlatformState; readonly clients: SystemClients },
): ObjectStore {
  const { endpoint } = requireStorage(platform);
  const begin = `${endpoint.replace(/\/+$/, "")}/`;
  if (bucket.startsWith(begin)) return clients.otherBucket(platform, bucket.slice(begin.length));
  throw new TerminalError("InvalidSpec", "the platform names another S3 service now");
}
