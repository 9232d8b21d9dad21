/** How to reach the receiver of a platform's OpenLineage events: everything resolved, secrets wrapped. Pure. */
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { PlatformState } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES } from "./references.ts";
import type { Secret } from "./secret.ts";

export interface LineageSettings {
  /** Where events are sent. */
  readonly url: string;
  /** `undefined`: the receiver asks for none. */
  readonly token?: Secret;
  /** PEM of authorities to trust beside those of the system. */
  readonly certificateAuthority?: string;
}

/** What must not appear in any message about this receiver. */
export function secretsOf({ token }: LineageSettings): readonly Secret[] {
  return token === undefined ? [] : [token];
}

/**
 * Throws `WaitingError` where the platform has no receiver and for the first reference that leads nowhere, and the error of the read where
 * nobody knows.
 */
export function requireLineage(state: PlatformState): LineageSettings {
  const platform = requirePresent(state);
  const { lineage } = platform.spec;
  if (lineage === undefined) throw noReceiver(platform.key.name);
  const token = valueOf(REFERENCES.lineageToken, platform);
  const certificateAuthority = valueOf(REFERENCES.lineageAuthorities, platform)?.reveal();
  const endpoint = lineage.endpoint ?? DATA_PLATFORM_DEFAULTS.lineageEndpoint;
  return {
    url: `${lineage.uri.replace(/\/+$/, "")}/${endpoint}`,
    ...(token !== undefined && { token }),
    ...(certificateAuthority !== undefined && { certificateAuthority }),
  };
}

function noReceiver(platform: string): WaitingError {
  return new WaitingError(
    "PlatformNotReady",
    `DataPlatform "${platform}" names no receiver of lineage; give it spec.lineage`,
  );
}
