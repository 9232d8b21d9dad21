/** Writes a pipeline's children in order and removes those that are no longer wanted. */
import { clickstreamPipelineKind } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { PartlyApplied } from "../../runtime/errors.ts";
import type { ChildResult } from "../../targets/kubernetes/child.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { ChildSet } from "../../targets/kubernetes/apply-children.ts";
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

/** Never EventStreams, LakeTables and the ServingTable of profiles: they hold data. */
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
  const { results: children, problem: refused } = await applyChildren(childSet(plan), context);
  const applied = { children, refusals: await podRefusals(plan, observed, context) };
  const left = refused ?? problemOf(plan);
  if (left !== undefined) throw new PartlyApplied(applied, left);
  return applied;
}

/** Everything that the plan wants, and among what to look for what it no longer wants. */
export function childSet(plan: PipelinePlan): ChildSet {
  const { owner, labels } = plan.pipeline;
  // The children of a workload that is left as it is are not among those to write, yet nothing of it may go.
  const pruneTypes = problemOf(plan) === undefined ? OWNED.pruneTypes : [];
  return { owner, labels, children: orderedChildren(plan), pruneTypes };
}

/** What keeps a workload from being written. */
function problemOf({ pipeline: { blocked } }: PipelinePlan): Error | undefined {
  return blocked.collector ?? blocked.streamJob;
}
