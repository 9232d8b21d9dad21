/** Judges what the probes found: a platform is usable when all of its systems answer. Pure. */
import { PLATFORM_COMPONENTS } from "../../crds/kinds.ts";
import type { DataPlatform } from "../../crds/kinds.ts";
import { WaitingError } from "../../runtime/errors.ts";
import { requirePlatform } from "../../targets/platform/settings.ts";
import type { ObservedPlatform } from "./observe.ts";

/** A platform has nothing to apply: that it is valid is all. */
export interface ValidatedPlatform {
  readonly isReachable: true;
}

/** How soon a system that does not answer is asked again. */
const RETRY_SECONDS = 10;

/** Throws `WaitingError` that names every system that does not answer; its reason is the first one's. */
export function validatePlatform(_resource: DataPlatform, observed: ObservedPlatform): ValidatedPlatform {
  requirePlatform(observed.platform);
  const failed = PLATFORM_COMPONENTS.flatMap((name) => {
    const result = observed.components[name];
    return result.state === "unreachable" ? [{ name, ...result }] : [];
  });
  const [first] = failed;
  if (first === undefined) return { isReachable: true };
  const message = failed.map(({ name, message: said }) => `${name}: ${said}`).join("; ");
  throw new WaitingError(first.reason, message, { retryAfterSeconds: RETRY_SECONDS });
}
