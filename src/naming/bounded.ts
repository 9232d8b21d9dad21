/** Names that must not exceed a length: cut, and made unique again by a hash of the whole. */
import { createHash } from "node:crypto";
import { NAME_HASH_LENGTH } from "../generated/names.ts";

/**
 * The name itself when it fits, else its beginning, a `-` and 8 hexadecimal digits of the SHA-256 of the whole name.
 * The same name always gives the same result; different names practically never do.
 */
export function boundedName(name: string, maxLength: number): string {
  if (name.length <= maxLength) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, NAME_HASH_LENGTH);
  const kept = name.slice(0, maxLength - NAME_HASH_LENGTH - 1).replace(/[^a-zA-Z0-9]+$/, "");
  return `${kept}-${digest}`;
}

/** A name with a suffix that survives the cut: only what precedes the suffix is shortened. */
export function boundedNameWithSuffix(name: string, suffix: string, maxLength: number): string {
  return boundedName(name, maxLength - suffix.length) + suffix;
}
