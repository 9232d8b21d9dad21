/** The address of the cluster. Pure. */
import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedCluster } from "../validate.ts";
import { givenServiceFields, service } from "../../../workloads/service.ts";
import { TRINO_PORT } from "../../../targets/trino/server.ts";

export function planCoordinatorService(cluster: ValidatedCluster): Child<{ spec: V1ServiceSpec }> {
  return service(
    cluster,
    { name: cluster.names.coordinator, component: "coordinator" },
    {
      type: cluster.serviceType,
      ...givenServiceFields(cluster.service),
      ports: [{ name: "http", port: TRINO_PORT, protocol: "TCP", targetPort: "http" }],
    },
  );
}
