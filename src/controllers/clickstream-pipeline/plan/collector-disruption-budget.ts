/** Lets a node be drained one collector at a time. Pure. */
import type { V1PodDisruptionBudgetSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { disruptionBudget } from "../../../workloads/disruption-budget.ts";
import type { ValidatedPipeline } from "../validate.ts";

export function planCollectorDisruptionBudget(
  pipeline: ValidatedPipeline,
): Child<{ spec: V1PodDisruptionBudgetSpec }> {
  return disruptionBudget(pipeline, { name: pipeline.names.collector, component: "collector" }, 1);
}
