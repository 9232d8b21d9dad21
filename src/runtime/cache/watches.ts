/** The usual mappings from a changed object to the keys that it wakes. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { SecondaryWatch } from "../controller.ts";
import type { ObjectChange } from "./object-store.ts";
import { apiVersionOf, keyOf } from "../../api/objects.ts";
import type { KubernetesObject, ResourceKey, ResourceType } from "../../api/objects.ts";

/** Wakes the owner named by an ownerReference of this kind. */
export function byOwner(owner: ResourceType): SecondaryWatch["toKeys"] {
  const apiVersion = apiVersionOf(owner);
  return (object) =>
    (object.metadata.ownerReferences ?? [])
      .filter((reference) => reference.kind === owner.kind && reference.apiVersion === apiVersion)
      .map((reference) => ({ namespace: object.metadata.namespace ?? "", name: reference.name }));
}

/** Wakes the resource of the same namespace that a label names. */
export function byLabel(label: string): SecondaryWatch["toKeys"] {
  return (object) => {
    const name = object.metadata.labels?.[label];
    return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? "", name }];
  };
}

/** Wakes every resource of `dependent` in the same namespace that refers to the changed object, like all EventStreams of a DataPlatform. */
export function byReference<Dependent extends KubernetesObject>(
  dependent: ResourceType,
  refersTo: (dependent: Dependent, changed: KubernetesObject) => boolean,
): SecondaryWatch["toKeys"] {
  return (object, cache): readonly ResourceKey[] => {
    const { namespace } = object.metadata;
    const candidates = cache.cachedList<Dependent>(dependent, namespace === undefined ? {} : { namespace });
    return candidates.filter((candidate) => refersTo(candidate, object)).map(keyOf);
  };
}

/**
 * Whether a change of a resource of ours is news to its own controller. Changes of `status` and of
 * finalizers are not: they are the controller's own writes. (The periodic resync repairs what somebody else wrote there.)
 */
export function isWorthAPass(change: ObjectChange): boolean {
  if (change.kind !== "updated") return true;
  const [before, after] = [change.previous.metadata, change.object.metadata];
  return (
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    !isDeepStrictEqual(before.annotations, after.annotations) ||
    !isDeepStrictEqual(before.labels, after.labels)
  );
}
