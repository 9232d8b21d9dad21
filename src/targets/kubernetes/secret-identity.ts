/** Which edition of its Secrets a pod was started with, without the Secrets' content. Pure. */
import type { ObjectMeta } from "../../api/objects.ts";
import { WaitingError } from "../../runtime/errors.ts";
import { hashOf } from "./child.ts";

/** What tells one edition of a Secret from another, and what it holds by name. */
export interface SecretIdentity {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly keys: readonly string[];
}

/** The Secrets that were looked for, by name; those that do not exist are absent. */
export type SecretIdentities = ReadonlyMap<string, SecretIdentity>;

/** One key of a Secret that something needs. */
export interface SecretKeyReference {
  readonly secret: string;
  readonly key: string;
  /** What to know when the key is missing. */
  readonly hint?: string;
}

export function secretIdentity(metadata: ObjectMeta, keys: readonly string[]): SecretIdentity {
  return { uid: metadata.uid ?? "", resourceVersion: metadata.resourceVersion ?? "", keys };
}

/**
 * One text that changes whenever one of the Secrets does. It is made of identities and not of values: a hash of a value that stands
 * in a pod's annotation would let everybody who may read pods try passwords.
 */
export function secretsHash(names: readonly string[], identities: SecretIdentities): string {
  const editions = [...new Set(names)].sort().map((name) => {
    const identity = identities.get(name);
    return { name, uid: identity?.uid, resourceVersion: identity?.resourceVersion };
  });
  return hashOf(editions);
}

/** Throws `WaitingError` for the first reference that leads nowhere: a pod could not start with it. */
export function requireSecretKeys(
  references: readonly SecretKeyReference[],
  identities: SecretIdentities,
): void {
  for (const { secret, key, hint } of references) {
    const identity = identities.get(secret);
    if (identity === undefined) throw new WaitingError("SecretNotFound", `Secret "${secret}" does not exist`);
    if (!identity.keys.includes(key)) {
      throw new WaitingError(
        "SecretKeyMissing",
        [`Secret "${secret}" has no key "${key}"`, hint].filter(Boolean).join("; "),
      );
    }
  }
}
