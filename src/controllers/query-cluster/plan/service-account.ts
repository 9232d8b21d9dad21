/** The identity of all pods of a cluster; it may do nothing and has no token. Pure. */
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedCluster } from "../validate.ts";
import { childMetadata } from "./component.ts";

export function planServiceAccount(
  cluster: ValidatedCluster,
): Child<{ automountServiceAccountToken: boolean }> {
  return child(CHILD_TYPES.ServiceAccount, childMetadata(cluster, cluster.names.coordinator), {
    automountServiceAccountToken: false,
  });
}
