/** What a kind makes: whose changes wake the owner, and among what to look for things that are no longer wanted. One list for both. */
import { MANAGED_SELECTOR, ownerLabel } from "../naming/marks.ts";
import { byLabel, byOwner } from "../runtime/cache/watches.ts";
import type { ResourceType, SecondaryWatch } from "../runtime/controller.ts";
import { CHILD_TYPES } from "../targets/kubernetes/child.ts";

export interface OwnedTypes {
  /** What is no longer planned is removed among these. */
  readonly pruneTypes: readonly ResourceType[];
  /** Wakes the owner for each of them, and for the pods that come of them. */
  readonly watches: readonly SecondaryWatch[];
}

/** `types` in the order of removal: first what stops others from running. */
export function ownedBy(owner: ResourceType, types: readonly ResourceType[]): OwnedTypes {
  return {
    pruneTypes: types,
    watches: [
      ...types.map((type) => ({ type, labelSelector: MANAGED_SELECTOR, toKeys: byOwner(owner) })),
      { type: CHILD_TYPES.Pod, labelSelector: MANAGED_SELECTOR, toKeys: byLabel(ownerLabel(owner.kind)) },
    ],
  };
}
