/** How to reach the S3 bucket of a platform: everything resolved, secrets wrapped. Pure. */
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import type { PlatformState } from "./platform.ts";
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
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  /** PEM of authorities to trust beside those of the system. */
  readonly certificateAuthority?: string;
}

/** What must not appear in any message about this bucket. */
export function secretsOf(settings: StorageSettings): readonly Secret[] {
  return [settings.secretAccessKey];
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
    accessKeyId: valueOf(REFERENCES.accessKeyId, platform),
    secretAccessKey: valueOf(REFERENCES.secretAccessKey, platform),
    ...(certificateAuthority !== undefined && { certificateAuthority }),
  };
}
