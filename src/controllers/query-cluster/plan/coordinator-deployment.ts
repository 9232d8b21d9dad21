/** The coordinator. Pure. */
import type { V1DeploymentSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedCluster } from "../validate.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import type { PodConfig } from "./trino-pod.ts";
import { trinoPodTemplate } from "./trino-pod.ts";

/** Time for Services to stop sending requests to a pod that is going. */
const LEAVE_SECONDS = 5;

export function planCoordinatorDeployment(
  cluster: ValidatedCluster,
  config: PodConfig,
): Child<{ spec: V1DeploymentSpec }> {
  const { names } = cluster;
  const differences = {
    serviceAccountName: names.coordinator,
    terminationGracePeriodSeconds: 30,
    lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
  };
  return child(
    CHILD_TYPES.Deployment,
    childMetadata(cluster, { name: names.coordinator, component: "coordinator" }),
    {
      spec: {
        replicas: 1,
        revisionHistoryLimit: 3,
        selector: { matchLabels: componentLabels(cluster, "coordinator") },
        // The old coordinator serves until the new one has started. If a new catalog keeps that from starting, the old one stays.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: trinoPodTemplate(cluster, "coordinator", { config, differences }),
      },
    },
  );
}
