/** The usual mappings from a changed object to the keys that it wakes. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { SecondaryWatch } from "../controller.ts";
import type { CommonStatus } from "../../api/conditions.ts";
import { movesIn } from "./object-index.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { ObjectChange } from "./object-store.ts";
import { apiVersionOf, formatKey, keyOf } from "../../api/objects.ts";
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

/** Wakes every resource of `dependent` that names the changed object of its namespace, like all EventStreams of a DataPlatform. */
export function byReference<Dependent extends KubernetesObject>(
  dependent: ResourceType,
  nameOf: (dependent: Dependent) => string,
): SecondaryWatch["toKeys"] {
  const index: ObjectIndex<Dependent> = {
    type: dependent,
    valuesOf: (object) => [formatKey({ ...keyOf(object), name: nameOf(object) })],
  };
  return (object, cache): readonly ResourceKey[] =>
    cache.cachedBy(index, formatKey(keyOf(object))).map(keyOf);
}

/** Wakes the other resources of the kind that have a value of the changed one in an index, like those that claim the same topic. */
export function byNamesake(index: ObjectIndex): SecondaryWatch["toKeys"] {
  return (object, cache): readonly ResourceKey[] =>
    index
      .valuesOf(object)
      .flatMap((value) => cache.cachedBy(index, value))
      .filter(({ metadata }) => metadata.uid !== object.metadata.uid)
      .map(keyOf);
}

/** Whether a resource came, went, is found under another value, or holds something else: only then do its namesakes care. */
export function claimNews<Resource extends KubernetesObject>(
  index: ObjectIndex<Resource>,
  heldBy: (resource: Resource) => string | undefined,
): NonNullable<SecondaryWatch["isNews"]> {
  return (change) =>
    change.kind !== "updated" ||
    movesIn(index, change.previous, change.object) ||
    heldBy(change.previous as Resource) !== heldBy(change.object as Resource);
}

/** Whether a resource that others depend on has another spec, begins to go, or has a condition that turned. A heartbeat is not news. */
export function isNewState(change: ObjectChange): boolean {
  if (change.kind !== "updated") return true;
  const [before, after] = [change.previous, change.object];
  return (
    before.metadata.generation !== after.metadata.generation ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
    !isDeepStrictEqual(conditionsOf(before), conditionsOf(after))
  );
}

function conditionsOf(object: KubernetesObject & { readonly status?: CommonStatus }): readonly string[] {
  return (object.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`).toSorted();
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
