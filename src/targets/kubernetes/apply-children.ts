/**
 * Writes the children of a composed resource: in the given order, only what differs, each result by item; then removes what is ours
 * and no longer planned. A child that cannot be written stops only the workload whose pods would refer to it.
 */
import type { Logger } from "pino";
import { COMPONENT_LABEL, GROUP, OWN_ANNOTATIONS } from "../../naming/marks.ts";
import { isTerminalError, TerminalError } from "../../runtime/errors.ts";
import type { KubernetesClient, ObjectReader } from "../../runtime/http/kubernetes-client.ts";
import { isKubernetesError } from "../../runtime/http/kubernetes-client.ts";
import { keyOf } from "../../api/objects.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import type { Child, ChildOwner, ChildResult } from "./child.ts";
import { CHILD_TYPES, controllerOf, describeChild, isAdoptable, isOwnedBy, withOwner } from "./child.ts";
import { firstDifference } from "./covers.ts";
import { classifyChildError, isAboutOneChild } from "./errors.ts";

/** Everything that one owner wants, and where to look for what it no longer wants. */
export interface ChildSet {
  readonly owner: ChildOwner;
  /** In the order of writing: workloads last. */
  readonly children: readonly Child[];
  /** Labels that every child carries; with the owner's uid they select what may be removed. */
  readonly labels: Readonly<Record<string, string>>;
  /** Kinds among which to remove what is not planned; empty removes nothing. */
  readonly pruneTypes: readonly ResourceType[];
}

export interface ApplyOptions {
  readonly kubernetes: KubernetesClient;
  readonly logger: Logger;
}

/** What became of a set of children. */
export interface AppliedChildren {
  readonly results: readonly ChildResult[];
  /** Why some of them are not as planned: the first refusal's error, with all that was refused in its message. */
  readonly problem: Error | undefined;
}

/**
 * Applies; prunes when all went well. A child whose name is taken by another owner, or that the API server refuses, is a problem
 * of its own (a `TerminalError`); what no child is to blame for is thrown.
 */
export async function applyChildren(set: ChildSet, options: ApplyOptions): Promise<AppliedChildren> {
  const results: ChildResult[] = [];
  const failures: Failure[] = [];
  for (const planned of set.children) {
    if (failures.some((failure) => isHeldBack(planned, failure))) continue;
    try {
      results.push(await applyChild(planned, set, options));
    } catch (error) {
      if (!(error instanceof Error) || !isAboutOneChild(error)) throw error;
      failures.push({ planned, error });
    }
  }
  const problem = problemOf(failures.map(({ error }) => error));
  if (problem !== undefined) return { results, problem };
  return { results: [...results, ...(await pruneChildren(set, options))], problem };
}

interface Failure {
  readonly planned: Child;
  readonly error: Error;
}

const WORKLOADS: ReadonlySet<ResourceType> = new Set([CHILD_TYPES.Deployment, CHILD_TYPES.StatefulSet]);

/** Pods that began with a half-written configuration would keep it. What is of no component, or a resource of ours, is no part of a pod. */
function isHeldBack(planned: Child, { planned: failed }: Failure): boolean {
  if (!WORKLOADS.has(planned.type) || failed.type.group === GROUP) return false;
  return componentOf(failed) === undefined || componentOf(failed) === componentOf(planned);
}

function componentOf({ object }: Child): string | undefined {
  return object.metadata.labels?.[COMPONENT_LABEL];
}

/** One that only a person can help comes before one that may pass by itself. */
function problemOf(errors: readonly Error[]): Error | undefined {
  const first = errors.find(isTerminalError) ?? errors[0];
  if (first === undefined || errors.length === 1) return first;
  return new Error(errors.map(({ message }) => message).join("; "), { cause: first });
}

/** What `applyChildren` would write, as the caches have it, in words; `undefined` when nothing. */
export function outstandingChildren(set: ChildSet, cache: ObjectReader): string | undefined {
  const { namespace } = set.owner.key;
  const written = set.children.filter((planned) => {
    const live = cache.cached(planned.type, { namespace, name: planned.object.metadata.name });
    return differenceFromLive(withOwner(planned, set.owner, live), live) !== undefined;
  });
  const removed = findOrphans(set, cache).map(({ type, object }) => `${type.kind} "${object.metadata.name}"`);
  const parts = [
    ...written.map((planned) => `apply ${describeChild(planned)}`),
    ...removed.map((orphan) => `delete ${orphan}`),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** Removes what is ours and not planned, among the kinds to prune; returns what it removed. */
export async function pruneChildren(set: ChildSet, options: ApplyOptions): Promise<readonly ChildResult[]> {
  const results: ChildResult[] = [];
  for (const orphan of findOrphans(set, options.kubernetes)) {
    const deleted = await deleteOrphan(orphan, options);
    if (deleted !== undefined) results.push(deleted);
  }
  return results;
}

/** The answered object of a child, for status. */
export function findResult<T extends KubernetesObject>(
  results: readonly ChildResult[],
  kind: string,
  name: string,
): T | undefined {
  const found = results.find(
    (result) => result.kind === kind && result.name === name && result.outcome !== "deleted",
  );
  return found?.object as T | undefined;
}

async function applyChild(planned: Child, set: ChildSet, options: ApplyOptions): Promise<ChildResult> {
  const { kubernetes, logger } = options;
  const { owner } = set;
  const live = await readLive(planned, set, kubernetes);
  const wanted = withOwner(planned, owner, live);
  const result = { kind: planned.type.kind, name: planned.object.metadata.name };
  const difference = differenceFromLive(wanted, live);
  if (live !== undefined && difference === undefined)
    return { ...result, outcome: "unchanged", object: live };
  logger.info({ action: describeChild(planned), difference }, "Applying child");
  try {
    const object = await kubernetes.apply(planned.type, wanted);
    return { ...result, outcome: live === undefined ? "created" : "changed", object };
  } catch (error) {
    // Anew, because the cache does not say who wrote what.
    const found = isKubernetesError(error, "Invalid")
      ? await kubernetes.get(planned.type, keyOf(wanted))
      : undefined;
    throw classifyChildError(error, { planned, owner, live: found });
  }
}

/** The cache holds only what carries our label; before anything is created, the API server is asked who has the name. */
async function readLive(
  planned: Child,
  { owner, labels }: ChildSet,
  kubernetes: KubernetesClient,
): Promise<KubernetesObject | undefined> {
  const key = { namespace: owner.key.namespace, name: planned.object.metadata.name };
  const live = kubernetes.cached(planned.type, key) ?? (await kubernetes.get(planned.type, key));
  if (live === undefined || isOwnedBy(live, owner) || isAdoptable(live, owner, labels)) return live;
  const other = controllerOf(live);
  const holder =
    other === undefined ? "was not made by the operator" : `belongs to ${other.kind} "${other.name}"`;
  throw new TerminalError(
    "ResourceConflict",
    `${describeChild(planned)} exists and ${holder}; delete or rename it`,
  );
}

/** A different hash shows that the plan changed (also by leaving a field out); the comparison shows what others changed. */
function differenceFromLive(
  wanted: KubernetesObject,
  live: KubernetesObject | undefined,
): string | undefined {
  if (live === undefined) return "absent";
  const hash = (object: KubernetesObject): string | undefined =>
    object.metadata.annotations?.[OWN_ANNOTATIONS.appliedHash];
  if (hash(live) !== hash(wanted)) return "plan changed";
  return firstDifference(wanted, live);
}

interface Orphan {
  readonly type: ResourceType;
  readonly object: KubernetesObject;
}

function findOrphans(set: ChildSet, kubernetes: ObjectReader): readonly Orphan[] {
  const planned = new Set(set.children.map(({ type, object }) => `${type.kind}/${object.metadata.name}`));
  const options = { namespace: set.owner.key.namespace, labels: set.labels };
  return set.pruneTypes.flatMap((type) =>
    kubernetes
      .cachedList(type, options)
      .filter((object) => isOwnedBy(object, set.owner) && object.metadata.deletionTimestamp === undefined)
      .filter((object) => !planned.has(`${type.kind}/${object.metadata.name}`))
      .map((object) => ({ type, object })),
  );
}

async function deleteOrphan(orphan: Orphan, options: ApplyOptions): Promise<ChildResult | undefined> {
  const { type, object } = orphan;
  const { name, namespace, uid } = object.metadata;
  // Without a uid a namesake made since could be hit; the API server always sends one.
  if (uid === undefined) return undefined;
  options.logger.info({ action: `${type.kind} "${name}"` }, "Deleting child that is no longer planned");
  await options.kubernetes.delete(type, { namespace: namespace ?? "", name }, { uid });
  return { kind: type.kind, name, outcome: "deleted", object };
}
