/** Judges what the probes found: a platform is usable when all of its systems answer. Pure. */
import type { DataPlatform } from "../../crds/kinds.ts";
import type { Reason } from "../../api/reasons.ts";
import { componentsOf, problemOf } from "../../platform/components.ts";
import type { Component } from "../../platform/references.ts";
import { findWaitingError, WaitingError } from "../../runtime/errors.ts";
import type { ObservedPlatform } from "./observe.ts";

/** A platform has nothing to apply: that it is valid is all. */
export interface ValidatedPlatform {
  readonly isReachable: true;
}

/** How soon a system that does not answer is asked again. */
const RETRY_SECONDS = 10;

/** Throws `WaitingError` that names everything that is missing and every system that does not answer; its reason is the first one's. */
export function validatePlatform(_resource: DataPlatform, observed: ObservedPlatform): ValidatedPlatform {
  const failures = componentsOf(observed.platform.spec).flatMap((name) => failuresOf(name, observed));
  const [first] = failures;
  if (first === undefined) return { isReachable: true };
  // Two systems may lack one and the same Secret.
  const message = [...new Set(failures.map((failure) => failure.message))].join("; ");
  throw new WaitingError(first.reason, message, { retryAfterSeconds: RETRY_SECONDS });
}

interface Failure {
  readonly reason: Reason;
  readonly message: string;
}

function failuresOf(name: Component, { platform, components }: ObservedPlatform): readonly Failure[] {
  const problem = problemOf(platform, [name]);
  const missing = findWaitingError(problem);
  if (missing !== undefined) return [missing];
  if (problem !== undefined) throw problem;
  const result = components.get(name);
  return result?.state === "unreachable"
    ? [{ reason: result.reason, message: `${name}: ${result.message}` }]
    : [];
}
