/** How to reach the S3 bucket of a platform: everything resolved, secrets wrapped. Pure. */
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import type { PlatformState, PresentPlatform } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES } from "./references.ts";
import type { Secret } from "./secret.ts";

export interface StorageSettings {
  /** URL of the S3 service. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** The bucket is in the path (`endpoint/bucket/key`), not in the host name. */
  readonly isPathStyle: boolean;
  readonly credentials: StorageCredentials;
  /** PEM of authorities to trust beside those of the system. */
  readonly certificateAuthority?: string;
}

export type StorageCredentials =
  | { readonly kind: "key"; readonly accessKeyId: Secret; readonly secretAccessKey: Secret }
  /** The process's own identity, as the cloud puts it into its environment. */
  | { readonly kind: "workload-identity" };

/** What must not appear in any message about this bucket. */
export function secretsOf(settings: StorageSettings): readonly Secret[] {
  return settings.credentials.kind === "key" ? [settings.credentials.secretAccessKey] : [];
}

/** Throws `WaitingError` for the first reference that leads nowhere, and the error of the read where nobody knows. */
export function requireStorage(state: PlatformState): StorageSettings {
  const platform = requirePresent(state);
  const { endpoint, region, bucket, pathStyle } = platform.spec.storage;
  const certificateAuthority = valueOf(REFERENCES.storageAuthorities, platform)?.reveal();
  return {
    endpoint,
    region,
    bucket,
    isPathStyle: pathStyle ?? DATA_PLATFORM_DEFAULTS.pathStyle,
    credentials: credentialsOf(platform),
    ...(certificateAuthority !== undefined && { certificateAuthority }),
  };
}

function credentialsOf(platform: PresentPlatform): StorageCredentials {
  const accessKeyId = valueOf(REFERENCES.accessKeyId, platform);
  const secretAccessKey = valueOf(REFERENCES.secretAccessKey, platform);
  return accessKeyId === undefined || secretAccessKey === undefined
    ? { kind: "workload-identity" }
    : { kind: "key", accessKeyId, secretAccessKey };
}
