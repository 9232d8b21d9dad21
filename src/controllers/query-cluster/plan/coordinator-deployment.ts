/** The coordinator. Pure. */
import type { V1DeploymentSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedCluster } from "../validate.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import { CONFIG_FOLDER, LEAVE_SECONDS } from "./config-properties.ts";
import { DRAIN_SCRIPT } from "./scripts.ts";
import type { PodConfig } from "./trino-pod.ts";
import { trinoPodTemplate } from "./trino-pod.ts";

/** For the look at the queries and the end of the JVM. */
const MARGIN_SECONDS = 25;

export function planCoordinatorDeployment(
  cluster: ValidatedCluster,
  config: PodConfig,
): Child<{ spec: V1DeploymentSpec }> {
  const { names } = cluster;
  const differences = {
    serviceAccountName: names.coordinator,
    terminationGracePeriodSeconds: LEAVE_SECONDS + cluster.drainSeconds + MARGIN_SECONDS,
    lifecycle: { preStop: { exec: { command: ["bash", `${CONFIG_FOLDER}/${DRAIN_SCRIPT}`] } } },
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
