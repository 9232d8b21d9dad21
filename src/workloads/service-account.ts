/** The identity of pods. Pure. */
import type { Child } from "../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../targets/kubernetes/child.ts";
import type { Maker, Part } from "./metadata.ts";
import { childMetadata } from "./metadata.ts";

/** No token is mounted because of the account. A pod that speaks to the API server asks for one itself. */
export function serviceAccount(
  maker: Maker,
  part: Part,
  annotations?: Readonly<Record<string, string>>,
): Child<{ automountServiceAccountToken: boolean }> {
  const metadata = { ...childMetadata(maker, part), ...(annotations && { annotations }) };
  return child(CHILD_TYPES.ServiceAccount, metadata, { automountServiceAccountToken: false });
}
