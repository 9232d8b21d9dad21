/** Lets nodes be drained a tenth of the workers at a time, but always one. Pure. */
import type { V1PodDisruptionBudgetSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { disruptionBudget } from "../../../workloads/disruption-budget.ts";
import type { ValidatedCluster } from "../validate.ts";

export function planWorkerDisruptionBudget(
  cluster: ValidatedCluster,
): Child<{ spec: V1PodDisruptionBudgetSpec }> {
  return disruptionBudget(cluster, { name: cluster.names.worker, component: "worker" }, "10%");
}
