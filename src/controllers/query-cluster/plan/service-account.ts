/** The identity of all pods of a cluster; it may do nothing and has no token. Pure. */
import { serviceAccount } from "../../../workloads/service-account.ts";
import { accountAnnotations } from "../../../workloads/workload-identity.ts";
import type { ValidatedCluster } from "../validate.ts";

export function planServiceAccount(cluster: ValidatedCluster): ReturnType<typeof serviceAccount> {
  const { names, platform } = cluster;
  return serviceAccount(cluster, { name: names.coordinator }, accountAnnotations(platform.spec));
}
