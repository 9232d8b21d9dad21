/** The shapes of Kubernetes objects as JSON carries them (dates are strings), and the addresses of their kinds. */

/** Address of one namespaced object. */
export interface ResourceKey {
  readonly namespace: string;
  readonly name: string;
}

/** What a URL of the API needs to know of a kind. Every `KindDefinition` of src/crds is one. */
export interface ResourceType {
  /** API group; the empty string for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural in lower case, as in the URL. */
  readonly plural: string;
  /** Default true. */
  readonly namespaced?: boolean;
}

/** Kubernetes' own kind for namespaces. */
export const NAMESPACES: ResourceType = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** `metadata` as the API server sends it. Timestamps are RFC 3339 in UTC. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** `apiVersion` of a kind: `v1`, `apps/v1`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

/** Key of an object that the API server sent. Cluster-scoped objects have the empty namespace. */
export function keyOf(object: { readonly metadata: ObjectMeta }): ResourceKey {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** `namespace/name`, the form in logs and in the queue. */
export function formatKey(key: ResourceKey): string {
  return `${key.namespace}/${key.name}`;
}
