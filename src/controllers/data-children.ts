/** Children that hold data and carry a copy of their owner's deletionPolicy: what becomes of them when the owner is deleted. */
import type { KubernetesObject, ResourceType } from "../api/objects.ts";
import { keyOf } from "../api/objects.ts";
import type { DeletionPolicy, EventStream, LakeTable, ServingTable } from "../crds/kinds.ts";
import { DEFAULT_DELETION_POLICY } from "../crds/kinds.ts";
import { managedLabels } from "../naming/marks.ts";
import type { KubernetesClient, ObjectReader } from "../runtime/controller.ts";
import { controllerOf } from "../targets/kubernetes/child.ts";

export interface DataChild {
  readonly type: ResourceType;
  readonly object: EventStream | LakeTable | ServingTable;
}

/** What a resource says is to become of its data. */
export function policyOf({
  spec,
}: {
  readonly spec: { readonly deletionPolicy?: DeletionPolicy | undefined };
}): DeletionPolicy {
  return spec.deletionPolicy ?? DEFAULT_DELETION_POLICY;
}

/** Those of the named children that are there and the owner's own. */
export function ownDataChildren(
  owner: KubernetesObject,
  children: readonly { readonly type: ResourceType; readonly name: string }[],
  cache: ObjectReader,
): readonly DataChild[] {
  const { namespace } = keyOf(owner);
  return children.flatMap(({ type, name }) => {
    const object = cache.cached<EventStream | LakeTable | ServingTable>(type, { namespace, name });
    const isOwn = object !== undefined && controllerOf(object)?.uid === owner.metadata.uid;
    return isOwn ? [{ type, object }] : [];
  });
}

/** They go with the owner and then do what they say themselves. A whole spec: a field left out would be taken away. */
export async function passPolicyOn(
  deletionPolicy: DeletionPolicy,
  children: readonly DataChild[],
  kubernetes: KubernetesClient,
): Promise<void> {
  for (const { type, object } of children) {
    if (policyOf(object) === deletionPolicy) continue;
    const { apiVersion, kind, metadata, spec } = object;
    const { uid = "", labels = {}, annotations = {}, ownerReferences = [] } = metadata;
    await kubernetes.apply(type, {
      ...{ apiVersion, kind, spec: { ...spec, deletionPolicy } },
      metadata: { ...keyOf(object), uid, labels, annotations, ownerReferences },
    });
  }
}

/** Kubernetes' own finalizer of a deletion with `--cascade=orphan`; it goes once the children have lost their owner. */
const ORPHAN_FINALIZER = "orphan";

/** Whether the owner goes and its children of these types stay, to be taken over by one of its name. */
export function hasLostChildren(
  owner: KubernetesObject,
  types: readonly ResourceType[],
  cache: ObjectReader,
): boolean {
  if (owner.metadata.finalizers?.includes(ORPHAN_FINALIZER) === true) return true;
  const { namespace, name } = keyOf(owner);
  const labels = managedLabels(owner.kind, name);
  const children = types.flatMap((type) => cache.cachedList(type, { namespace, labels }));
  return children.length > 0 && children.every((child) => controllerOf(child) === undefined);
}
