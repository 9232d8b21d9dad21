/** Writes a pipeline's children in order and removes those that are no longer wanted. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { Child, ChildResult } from "../../targets/kubernetes/child.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { applyChildren } from "../../targets/kubernetes/apply-children.ts";
import type { PipelinePlan } from "./plan.ts";

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
  const set = { owner, labels, children: inOrder(plan), pruneTypes: PRUNED_TYPES };
  return { children: await applyChildren(set, context) };
}

/** Stream and tables first, they take longest to become ready; then what pods refer to; workloads last. */
function inOrder(plan: PipelinePlan): readonly Child[] {
  const { rawStream, tables, collector, streamJob, pipeline, ...others } = plan;
  others satisfies Record<string, never>;
  void pipeline;
  const wanted: readonly (Child | undefined)[] = [
    rawStream,
    ...tables,
    collector.serviceAccount,
    streamJob.serviceAccount,
    streamJob.role,
    streamJob.roleBinding,
    streamJob.configMap,
    collector.service,
    streamJob.service,
    collector.disruptionBudget,
    collector.deployment,
    streamJob.statefulSet,
  ];
  return wanted.filter((planned) => planned !== undefined);
}
