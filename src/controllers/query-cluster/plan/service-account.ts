/** The identity of all pods of a cluster; it may do nothing and has no token. Pure. */
import { serviceAccount } from "../../../workloads/service-account.ts";
import type { ValidatedCluster } from "../validate.ts";

export function planServiceAccount(cluster: ValidatedCluster): ReturnType<typeof serviceAccount> {
  return serviceAccount(cluster, { name: cluster.names.coordinator });
}
