/**
 * Labels, annotations, finalizers and field managers: everything that marks an object of a cluster as ours. Objects carry them
 * through upgrades, so a value once released must never change.
 */
import type { ResourceType } from "../api/objects.ts";
import { boundedName } from "./bounded.ts";

/** API group of every kind; also the prefix of labels, annotations and finalizers. */
export const GROUP = "openclickstream.io";

/** Annotations that people set. */
export const ANNOTATIONS = {
  /** `"true"` on a resource stops all writes for it. */
  paused: `${GROUP}/paused`,
  /** The hash of a change that loses data: this very change may be carried out. */
  approve: `${GROUP}/approve`,
  /** On a ClickstreamPipeline: the id of a recovery to carry out, once. Its LakeTables get it too, which wakes them. */
  recover: `${GROUP}/recover`,
  /** On a DataProduct: any text asks for one run now; another text asks again. */
  run: `${GROUP}/run`,
  /** Beside it: the time that this run is of, as `from/to`. */
  runWindow: `${GROUP}/run-window`,
  /** On a DataProduct: `from/to` or `from/to/concurrency`, a backfill in place of the one of the spec. */
  backfill: `${GROUP}/backfill`,
} as const;

/** Annotations that the operator sets. */
export const OWN_ANNOTATIONS = {
  /** Hash of a child as it was planned, so that a field that is no longer planned is noticed. */
  appliedHash: `${GROUP}/applied-hash`,
  /** On a LakeTable: its table is being dropped, by this id. */
  droppingTable: `${GROUP}/dropping-table`,
  /** Hashes on templates of pods. When what they stand for changes, new pods come. */
  catalogsHash: `${GROUP}/catalogs-hash`,
  configHash: `${GROUP}/config-hash`,
  identityHash: `${GROUP}/identity-hash`,
  jobHash: `${GROUP}/job-hash`,
  secretsHash: `${GROUP}/secrets-hash`,
  /** On a Job that looks after tables: which ones. On its pods: the files that it reads. */
  upkeepTables: `${GROUP}/upkeep-tables`,
  upkeepDocument: `${GROUP}/upkeep-document`,
  sparkProperties: `${GROUP}/spark-properties`,
  /** Uid of the account whose token the pods have: a token dies with the very account that it was made for. */
  serviceAccountUid: `${GROUP}/service-account-uid`,
} as const;

const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
const MANAGED_BY = "openclickstream";

/** Selects everything that any resource of ours makes. */
export const MANAGED_SELECTOR = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;

/** Label that tells the parts of one resource apart; it selects the pods of each. */
export const COMPONENT_LABEL = "app.kubernetes.io/component";

/** Longest value that Kubernetes takes for a label. */
const MAX_LABEL_VALUE_LENGTH = 63;

/** Label key that names the owner of a kind, like `openclickstream.io/clickstreampipeline`. */
export function ownerLabel(kind: string): string {
  return `${GROUP}/${kind.toLowerCase()}`;
}

/** Labels of every object that a resource of this kind and name makes. They select exactly those objects. A long name is cut with a hash. */
export function managedLabels(kind: string, name: string): Readonly<Record<string, string>> {
  return {
    [MANAGED_BY_LABEL]: MANAGED_BY,
    [ownerLabel(kind)]: boundedName(name, MAX_LABEL_VALUE_LENGTH),
  };
}

/** Field manager of a kind's controller for server-side apply, like `openclickstream-eventstream`. */
export function fieldManagerOf(type: ResourceType): string {
  return `openclickstream-${type.kind.toLowerCase()}`;
}

/** Finalizer of a kind, like `openclickstream.io/eventstream`. */
export function finalizerOf(type: ResourceType): string {
  return `${type.group}/${type.kind.toLowerCase()}`;
}

/** Name of the Lease that the replicas compete for. */
export const LEASE_NAME = "openclickstream-operator";

/** Name of the Secret with the key of the hashes that stand for values of other Secrets. */
export const EDITION_KEY_NAME = "openclickstream-edition-key";

/** `reportingController` of our Events. */
export const REPORTING_CONTROLLER = `${GROUP}/operator`;
