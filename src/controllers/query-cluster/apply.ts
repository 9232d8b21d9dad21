/** Writes a cluster's children in order and removes those that are no longer wanted. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import { applyChildren } from "../../targets/kubernetes/apply-children.ts";
import type { ChildResult } from "../../targets/kubernetes/child.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { ClusterPlan } from "./plan.ts";
import { orderedChildren } from "./plan.ts";

/** What the API server answered, child by child. */
export interface AppliedCluster {
  readonly children: readonly ChildResult[];
}

const PRUNED_TYPES = [
  CHILD_TYPES.Deployment,
  CHILD_TYPES.PodDisruptionBudget,
  CHILD_TYPES.Service,
  CHILD_TYPES.ConfigMap,
  CHILD_TYPES.ServiceAccount,
];

export async function applyCluster(plan: ClusterPlan, context: ReconcileContext): Promise<AppliedCluster> {
  const { owner, labels } = plan.cluster;
  const set = { owner, labels, children: orderedChildren(plan), pruneTypes: PRUNED_TYPES };
  return { children: await applyChildren(set, context) };
}
