/** Writes a cluster's children in order and removes those that are no longer wanted. */
import { queryClusterKind } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { PartlyApplied } from "../../runtime/errors.ts";
import { applyChildren, findResult, pruneChildren } from "../../targets/kubernetes/apply-children.ts";
import type { ChildSet } from "../../targets/kubernetes/apply-children.ts";
import type { ChildResult } from "../../targets/kubernetes/child.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { deploymentRollout } from "../../targets/kubernetes/rollout.ts";
import type { DeploymentObject } from "./observe.ts";
import { ownedBy } from "../../workloads/owned.ts";
import type { ClusterPlan } from "./plan.ts";
import { orderedChildren } from "./plan.ts";

/** What the API server answered, child by child. */
export interface AppliedCluster {
  readonly children: readonly ChildResult[];
}

export const OWNED = ownedBy(queryClusterKind, [
  CHILD_TYPES.Deployment,
  CHILD_TYPES.PodDisruptionBudget,
  CHILD_TYPES.Service,
  CHILD_TYPES.ConfigMap,
  CHILD_TYPES.ServiceAccount,
]);

export async function applyCluster(plan: ClusterPlan, context: ReconcileContext): Promise<AppliedCluster> {
  const set = childSet(plan);
  const { names } = plan.cluster;
  const { results: applied, problem } = await applyChildren({ ...set, pruneTypes: [] }, context);
  if (problem !== undefined) throw new PartlyApplied({ children: applied }, problem);
  const coordinator = findResult<DeploymentObject>(applied, "Deployment", names.coordinator);
  // Workers that are no longer wanted work until the coordinator does: before, nobody would answer queries.
  if (deploymentRollout(coordinator).state !== "ready") return { children: applied };
  return { children: [...applied, ...(await pruneChildren(set, context))] };
}

/** Everything that the plan wants, and among what to look for what it no longer wants. */
export function childSet(plan: ClusterPlan): ChildSet {
  const { owner, labels } = plan.cluster;
  return { owner, labels, children: orderedChildren(plan), pruneTypes: OWNED.pruneTypes };
}
