/** What was read of Secrets, and what may be said of it. Pure. */
import type { Reason } from "../api/reasons.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { Secret } from "./secret.ts";

/** One Secret at one moment. `unknown` is never taken for `absent`. */
export type SecretRead =
  | {
      readonly state: "present";
      readonly uid: string;
      readonly resourceVersion: string;
      /** By key, decoded. */
      readonly values: ReadonlyMap<string, Secret>;
    }
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly error: Error };

/** The Secrets that were looked for, by name. */
export type Secrets = ReadonlyMap<string, SecretRead>;

/** One key of a Secret that something needs. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
  /** What to know when a workload lacks the key. */
  readonly hint?: string;
}

/** The value of a key. Throws `WaitingError` where there is none, and the error of the read where nobody knows. */
export function valueAt({ secret, key }: SecretKey, secrets: Secrets): Secret {
  const value = valuesOf(secret, secrets).get(key);
  if (value === undefined || value.reveal() === "") throw keyMissing({ secret, key });
  return value;
}

/** All values of a Secret by their keys. Throws like `valueAt`. */
export function valuesOf(secret: string, secrets: Secrets): ReadonlyMap<string, Secret> {
  const read = secrets.get(secret) ?? { state: "absent" };
  switch (read.state) {
    case "present":
      return read.values;
    case "absent":
      throw missing("SecretNotFound", `Secret "${secret}" does not exist`);
    case "unknown":
      throw read.error;
  }
}

/** Throws for the first key that is not there, like `valueAt`: a pod could not start without it. An empty value is one. */
export function requireSecretKeys(keys: readonly SecretKey[], secrets: Secrets): void {
  for (const key of keys) {
    if (!valuesOf(key.secret, secrets).has(key.key)) throw keyMissing(key);
  }
}

/** Which edition of a Secret there is, without its content. */
interface SecretEdition {
  readonly name: string;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/**
 * What changes whenever one of these Secrets does. It is made of identities and not of values: a hash of a value that stands in a pod's
 * annotation would let everybody who may read pods try passwords.
 */
export function editionsOf(names: readonly string[], secrets: Secrets): readonly SecretEdition[] {
  return [...new Set(names)].sort().map((name) => {
    const read = secrets.get(name);
    const identity = read?.state === "present" ? read : undefined;
    return { name, uid: identity?.uid, resourceVersion: identity?.resourceVersion };
  });
}

function keyMissing({ secret, key, hint }: SecretKey): WaitingError {
  const message = [`Secret "${secret}" has no key "${key}"`, hint].filter(Boolean).join("; ");
  return missing("SecretKeyMissing", message);
}

function missing(reason: Reason, message: string): WaitingError {
  return new WaitingError(reason, message);
}
