/** Lets a node be drained one collector at a time. Pure. */
import type { V1PodDisruptionBudgetSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata, componentLabels } from "./component.ts";

export function planCollectorDisruptionBudget(
  pipeline: ValidatedPipeline,
): Child<{ spec: V1PodDisruptionBudgetSpec }> {
  return child(
    CHILD_TYPES.PodDisruptionBudget,
    childMetadata(pipeline, pipeline.names.collector, "collector"),
    {
      spec: {
        // Not `minAvailable: 1`: with one replica that would block every drain.
        maxUnavailable: 1,
        selector: { matchLabels: componentLabels(pipeline, "collector") },
      },
    },
  );
}
