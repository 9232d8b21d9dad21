/** Labels and metadata of what a cluster is made of. Pure. */
import type { ObjectMeta } from "../../../api/objects.ts";
import { COMPONENT_LABEL } from "../../../naming/marks.ts";
import type { Role } from "../parts.ts";
import type { ValidatedCluster } from "../validate.ts";

/** Labels that select the pods of a role; they must never change, because selectors of workloads cannot. */
export function roleLabels(cluster: ValidatedCluster, role: Role): Record<string, string> {
  return { ...cluster.labels, [COMPONENT_LABEL]: role };
}

/** Metadata of a child of the cluster. */
export function childMetadata(
  cluster: ValidatedCluster,
  name: string,
  role?: Role,
): ObjectMeta & { readonly labels: Record<string, string> } {
  const labels = role === undefined ? { ...cluster.labels } : roleLabels(cluster, role);
  return { name, namespace: cluster.owner.key.namespace, labels };
}
