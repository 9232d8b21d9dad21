/** The objects that a composed resource owns, as data: what a plan holds and `applyChildren` writes. Pure. */
import { createHash } from "node:crypto";
import type { KubernetesObject, OwnerReference, ResourceKey, ResourceType } from "../../api/objects.ts";
import { apiVersionOf } from "../../api/objects.ts";
import { OWN_ANNOTATIONS } from "../../naming/marks.ts";

/** One object as the plan wants it: only the fields that we own. */
export interface Child<Fields extends object = object> {
  readonly type: ResourceType;
  readonly object: KubernetesObject & Fields;
}

/** The resource that owns the children. */
export interface ChildOwner {
  readonly type: ResourceType;
  readonly key: ResourceKey;
  readonly uid: string;
}

export type ChildOutcome = "created" | "changed" | "unchanged" | "deleted";

/** What the API server answered for one child. */
export interface ChildResult {
  readonly kind: string;
  readonly name: string;
  readonly outcome: ChildOutcome;
  /** The object as the API server holds it now; of a deleted one, as it was. */
  readonly object: KubernetesObject;
}

/** The kinds of Kubernetes itself that children are of. */
export const CHILD_TYPES = {
  ConfigMap: { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps" },
  Deployment: { group: "apps", version: "v1", kind: "Deployment", plural: "deployments" },
  Job: { group: "batch", version: "v1", kind: "Job", plural: "jobs" },
  Pod: { group: "", version: "v1", kind: "Pod", plural: "pods" },
  PodDisruptionBudget: {
    group: "policy",
    version: "v1",
    kind: "PodDisruptionBudget",
    plural: "poddisruptionbudgets",
  },
  Role: { group: "rbac.authorization.k8s.io", version: "v1", kind: "Role", plural: "roles" },
  RoleBinding: {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind: "RoleBinding",
    plural: "rolebindings",
  },
  Service: { group: "", version: "v1", kind: "Service", plural: "services" },
  ServiceAccount: { group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts" },
  StatefulSet: { group: "apps", version: "v1", kind: "StatefulSet", plural: "statefulsets" },
} as const satisfies Record<string, ResourceType>;

/** Makes a child of a kind; `apiVersion` and `kind` follow from the type. */
export function child<Fields extends object>(
  type: ResourceType,
  metadata: KubernetesObject["metadata"],
  fields: Fields,
): Child<Fields> {
  return { type, object: { apiVersion: apiVersionOf(type), kind: type.kind, metadata, ...fields } };
}

/** `Kind/name`, for messages. */
export function describeChild(planned: Child): string {
  return `${planned.type.kind} "${planned.object.metadata.name}"`;
}

/** Hash of any JSON value, independent of the order of keys: 16 hexadecimal digits. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

/** The owner reference that makes Kubernetes collect a child with its owner. */
export function ownerReference(owner: ChildOwner): OwnerReference {
  return {
    apiVersion: apiVersionOf(owner.type),
    kind: owner.type.kind,
    name: owner.key.name,
    uid: owner.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The object as it is sent: with owner and hash. A former owner's reference is sent as one that no longer counts; Kubernetes clears it away. */
export function withOwner(planned: Child, owner: ChildOwner, live?: KubernetesObject): KubernetesObject {
  const { object } = planned;
  const former = live && controllerOf(live);
  const isFormer = former !== undefined && former.uid !== owner.uid;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [OWN_ANNOTATIONS.appliedHash]: hashOf(object) },
      ownerReferences: [
        ownerReference(owner),
        ...(isFormer ? [{ ...former, controller: false, blockOwnerDeletion: false }] : []),
      ],
    },
  };
}

/**
 * Whether the object was made for a resource of this kind and name, and belongs to no other now: its owner was deleted without it, both were
 * restored from a backup, or somebody took its owner reference away.
 */
export function isAdoptable(
  object: KubernetesObject,
  owner: ChildOwner,
  labels: Readonly<Record<string, string>>,
): boolean {
  const { labels: held = {}, annotations = {} } = object.metadata;
  const hasMarks = Object.entries(labels).every(([label, value]) => held[label] === value);
  if (!hasMarks || annotations[OWN_ANNOTATIONS.appliedHash] === undefined) return false;
  const controller = controllerOf(object);
  if (controller === undefined) return true;
  const { type, key } = owner;
  // The uid is that of a resource that is gone: this one has its name now.
  return (
    controller.kind === type.kind &&
    controller.apiVersion === apiVersionOf(type) &&
    controller.name === key.name
  );
}

/** Whether the object's controller is this very resource (by uid, not by name). */
export function isOwnedBy(object: KubernetesObject, owner: ChildOwner): boolean {
  return controllerOf(object)?.uid === owner.uid;
}

/** The owner reference with `controller: true`. */
export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) => {
    if (typeof nested !== "object" || nested === null || Array.isArray(nested)) return nested;
    return Object.fromEntries(Object.entries(nested).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
