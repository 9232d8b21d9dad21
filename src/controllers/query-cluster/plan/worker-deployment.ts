/** The workers. Pure. */
import type { V1DeploymentSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedCluster } from "../validate.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import { CONFIG_FOLDER, SHUTDOWN_NOTICE_SECONDS } from "./config-properties.ts";
import { SHUTDOWN_SCRIPT } from "./scripts.ts";
import type { PodConfig } from "./trino-pod.ts";
import { trinoPodTemplate } from "./trino-pod.ts";

/** For the script itself and the end of the JVM. */
const MARGIN_SECONDS = 15;

export function planWorkerDeployment(
  cluster: ValidatedCluster,
  config: PodConfig,
): Child<{ spec: V1DeploymentSpec }> {
  const { names, worker } = cluster;
  const differences = {
    serviceAccountName: names.coordinator,
    // Trino waits before and after the drain; beyond that Kubernetes kills it.
    terminationGracePeriodSeconds: cluster.drainSeconds + 2 * SHUTDOWN_NOTICE_SECONDS + MARGIN_SECONDS,
    lifecycle: { preStop: { exec: { command: ["bash", `${CONFIG_FOLDER}/${SHUTDOWN_SCRIPT}`] } } },
  };
  return child(CHILD_TYPES.Deployment, childMetadata(cluster, { name: names.worker, component: "worker" }), {
    spec: {
      replicas: worker.replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: componentLabels(cluster, "worker") },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
      template: trinoPodTemplate(cluster, "worker", { config, differences }),
    },
  });
}
