/** What was read of Secrets, and what may be said of it. Pure. */
import type { Reason } from "../api/reasons.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { Secret } from "./secret.ts";
import type { ValueForm } from "./value-form.ts";
import { formProblem } from "./value-form.ts";

/** One Secret at one moment. `unknown` is never taken for `absent`. */
export type SecretRead =
  | {
      readonly state: "present";
      /** By key, decoded. */
      readonly values: ReadonlyMap<string, Secret>;
      /** By key: what changes when the value does, and only then. It gives nothing of the value away. */
      readonly editions: ReadonlyMap<string, string>;
    }
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly error: Error };

/** The Secrets that were looked for, by name. */
export type Secrets = ReadonlyMap<string, SecretRead>;

/** One key of a Secret that something needs. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
  /** What its value must look like; without one it may be anything. */
  readonly form?: ValueForm | undefined;
  /** What to know when a workload lacks the key. */
  readonly hint?: string;
}

/** The value of a key. Throws `WaitingError` where there is none or one that cannot be used, and the error of the read where nobody knows. */
export function valueAt(at: SecretKey, secrets: Secrets): Secret {
  const { secret, key } = at;
  const value = valuesOf(secret, secrets).get(key);
  if (value === undefined || value.reveal() === "") throw keyMissing(at);
  requireForm(at, value);
  return value;
}

/** All values of a Secret by their keys. Throws like `valueAt`. */
function valuesOf(secret: string, secrets: Secrets): ReadonlyMap<string, Secret> {
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

/** Throws for the first key that is not there or cannot be used, like `valueAt`: a pod could not start with it. An empty value is one. */
export function requireSecretKeys(keys: readonly SecretKey[], secrets: Secrets): void {
  for (const key of keys) {
    const value = valuesOf(key.secret, secrets).get(key.key);
    if (value === undefined) throw keyMissing(key);
    requireForm(key, value);
  }
}

/** What changes whenever one of these values does, and only then: neither other keys nor metadata of their Secrets matter. */
export function editionsOf(keys: readonly SecretKey[], secrets: Secrets): readonly string[] {
  const editions = keys.map(({ secret, key }) => {
    const read = secrets.get(secret);
    return `${secret}/${key}=${read?.state === "present" ? (read.editions.get(key) ?? "") : ""}`;
  });
  return [...new Set(editions)].sort();
}

function requireForm({ secret, key, form }: SecretKey, value: Secret): void {
  const problem = form === undefined ? undefined : formProblem(value, form);
  if (problem === undefined) return;
  throw missing("SecretValueInvalid", `the value of key "${key}" in Secret "${secret}" ${problem}`);
}

function keyMissing({ secret, key, hint }: SecretKey): WaitingError {
  const message = [`Secret "${secret}" has no key "${key}"`, hint].filter(Boolean).join("; ");
  return missing("SecretKeyMissing", message);
}

function missing(reason: Reason, message: string): WaitingError {
  return new WaitingError(reason, message);
}
