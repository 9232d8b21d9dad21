/** How to reach the Airflow of a platform: everything resolved, secrets wrapped. Pure. */
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { PlatformState } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES } from "./references.ts";
import type { Secret } from "./secret.ts";

export interface AirflowSettings {
  /** Base address, without `/api/v2`. */
  readonly uri: string;
  readonly username: Secret;
  readonly password: Secret;
  /** PEM of authorities to trust beside those of the system. */
  readonly certificateAuthority?: string;
  /** Folder of DAG files in the platform's bucket, without a slash at either end. */
  readonly bundlePrefix: string;
}

/** What must not appear in any message about this Airflow. */
export function secretsOf({ password }: AirflowSettings): readonly Secret[] {
  return [password];
}

/**
 * Throws `WaitingError` where the platform has no Airflow and for the first reference that leads nowhere, and the error of the read where
 * nobody knows.
 */
export function requireAirflow(state: PlatformState): AirflowSettings {
  const platform = requirePresent(state);
  const { airflow } = platform.spec;
  const username = valueOf(REFERENCES.airflowUsername, platform);
  const password = valueOf(REFERENCES.airflowPassword, platform);
  if (airflow === undefined || username === undefined || password === undefined)
    throw noAirflow(platform.key.name);
  const certificateAuthority = valueOf(REFERENCES.airflowAuthorities, platform)?.reveal();
  return {
    ...{ uri: airflow.uri, username, password },
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    bundlePrefix: airflow.bundle?.prefix ?? DATA_PLATFORM_DEFAULTS.bundlePrefix,
  };
}

function noAirflow(platform: string): WaitingError {
  return new WaitingError(
    "PlatformNotReady",
    `DataPlatform "${platform}" names no Airflow; give it spec.airflow`,
  );
}
