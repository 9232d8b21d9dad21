/** Lets nodes be drained a tenth of the workers at a time, but always one. Pure. */
import type { V1PodDisruptionBudgetSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedCluster } from "../validate.ts";
import { childMetadata, roleLabels } from "./component.ts";

export function planWorkerDisruptionBudget(
  cluster: ValidatedCluster,
): Child<{ spec: V1PodDisruptionBudgetSpec }> {
  return child(CHILD_TYPES.PodDisruptionBudget, childMetadata(cluster, cluster.names.worker, "worker"), {
    spec: { maxUnavailable: "10%", selector: { matchLabels: roleLabels(cluster, "worker") } },
  });
}
