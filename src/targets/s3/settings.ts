/** How to reach one S3 bucket: everything resolved, secrets wrapped. */
import type { Secret } from "../secret.ts";

export interface StorageSettings {
  /** URL of the S3 service. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** The bucket is in the path (`endpoint/bucket/key`), not in the host name. */
  readonly isPathStyle: boolean;
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
}

/** What must not appear in any message about this bucket. */
export function secretsOf(settings: StorageSettings): readonly Secret[] {
  return [settings.secretAccessKey];
}
