/** The address of the cluster. Pure. */
import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedCluster } from "../validate.ts";
import { childMetadata, roleLabels } from "./component.ts";
import { TRINO_PORT } from "../../../targets/trino/server.ts";

export function planCoordinatorService(cluster: ValidatedCluster): Child<{ spec: V1ServiceSpec }> {
  return child(CHILD_TYPES.Service, childMetadata(cluster, cluster.names.coordinator, "coordinator"), {
    spec: {
      type: "ClusterIP",
      selector: roleLabels(cluster, "coordinator"),
      ports: [{ name: "http", port: TRINO_PORT, protocol: "TCP", targetPort: "http" }],
    },
  });
}
