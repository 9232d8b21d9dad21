/** How many pods of a component the draining of nodes may take away at once. Pure. */
import type { V1PodDisruptionBudgetSpec } from "@kubernetes/client-node";
import type { Child } from "../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../targets/kubernetes/child.ts";
import type { Maker, Part } from "./metadata.ts";
import { childMetadata, componentLabels } from "./metadata.ts";

/** `maxUnavailable` is a number of pods or a share like `10%`, of which Kubernetes makes at least one. */
export function disruptionBudget(
  maker: Maker,
  part: Required<Part>,
  maxUnavailable: number | string,
): Child<{ spec: V1PodDisruptionBudgetSpec }> {
  return child(CHILD_TYPES.PodDisruptionBudget, childMetadata(maker, part), {
    // Not `minAvailable`: with one replica that would block every drain.
    spec: { maxUnavailable, selector: { matchLabels: componentLabels(maker, part.component) } },
  });
}
