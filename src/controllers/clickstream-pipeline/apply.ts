/** Writes a pipeline's children in order and removes those that are no longer wanted. */
import { clickstreamPipelineKind } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { PartlyApplied } from "../../runtime/errors.ts";
import type { ChildResult } from "../../targets/kubernetes/child.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { applyChildren } from "../../targets/kubernetes/apply-children.ts";
import { ownedBy } from "../../workloads/owned.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { PipelinePlan } from "./plan.ts";
import { orderedChildren } from "./plan.ts";
import type { PodRefusals } from "./refusals.ts";
import { podRefusals } from "./refusals.ts";

/** What the API server answered, child by child, and what it says of pods that are wanted and not there. */
export interface AppliedPipeline {
  readonly children: readonly ChildResult[];
  readonly refusals: PodRefusals;
}

/** Never EventStreams and LakeTables: they are always planned, and they hold data. */
export const OWNED = ownedBy(clickstreamPipelineKind, [
  CHILD_TYPES.StatefulSet,
  CHILD_TYPES.Deployment,
  CHILD_TYPES.PodDisruptionBudget,
  CHILD_TYPES.Service,
  CHILD_TYPES.ConfigMap,
  CHILD_TYPES.RoleBinding,
  CHILD_TYPES.Role,
  CHILD_TYPES.ServiceAccount,
]);

/** Writes what can be written. Then throws what keeps a child or a workload from it, if something does, with what was written. */
export async function applyPipeline(
  plan: PipelinePlan,
  observed: ObservedPipeline,
  context: ReconcileContext,
): Promise<AppliedPipeline> {
  const { owner, labels, blocked } = plan.pipeline;
  const problem = blocked.collector ?? blocked.streamJob;
  // The children of a workload that is left as it is are not among those to write, yet nothing of it may go.
  const pruneTypes = problem === undefined ? OWNED.pruneTypes : [];
  const set = { owner, labels, children: orderedChildren(plan), pruneTypes };
  const { results: children, problem: refused } = await applyChildren(set, context);
  const applied = { children, refusals: await podRefusals(plan, observed, context) };
  const left = refused ?? problem;
  if (left !== undefined) throw new PartlyApplied(applied, left);
  return applied;
}
