/** Writes a pipeline's children in order and removes those that are no longer wanted. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { ChildResult } from "../../targets/kubernetes/child.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { applyChildren } from "../../targets/kubernetes/apply-children.ts";
import type { PipelinePlan } from "./plan.ts";
import { orderedChildren } from "./plan.ts";

/** What the API server answered, child by child. */
export interface AppliedPipeline {
  readonly children: readonly ChildResult[];
}

/** Never EventStreams and LakeTables: they are always planned, and they hold data. */
const PRUNED_TYPES = [
  CHILD_TYPES.StatefulSet,
  CHILD_TYPES.Deployment,
  CHILD_TYPES.PodDisruptionBudget,
  CHILD_TYPES.Service,
  CHILD_TYPES.ConfigMap,
  CHILD_TYPES.RoleBinding,
  CHILD_TYPES.Role,
  CHILD_TYPES.ServiceAccount,
];

export async function applyPipeline(plan: PipelinePlan, context: ReconcileContext): Promise<AppliedPipeline> {
  const { owner, labels } = plan.pipeline;
  const set = { owner, labels, children: orderedChildren(plan), pruneTypes: PRUNED_TYPES };
  return { children: await applyChildren(set, context) };
}
