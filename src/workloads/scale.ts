/** What a resource tells kubectl and autoscalers about the pods that they scale. Pure. */
import type { Workload } from "./secrets.ts";

/** Replicas and selector of a status; a workload that is not there has none of the pods. */
export function scaleOf(
  workload: Workload | undefined,
  labels: Readonly<Record<string, string>>,
): { readonly replicas: number; readonly selector: string } {
  const selector = Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
  return { replicas: workload?.status?.replicas ?? 0, selector };
}
