/** The pod template that the driver gives its executors: what Spark's own properties cannot say. Pure. */
import type { V1Pod } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { secretVolumes } from "../../../platform/environment.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../../targets/kubernetes/pod-security.ts";
import { STREAM_JOB_SYSTEMS } from "../parts.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { componentLabels } from "../../../workloads/metadata.ts";

/** Name of the container that Spark completes. */
export const EXECUTOR_CONTAINER = "executor";

/** The template as YAML. */
export function renderExecutorPod(pipeline: ValidatedPipeline): string {
  const files = secretVolumes(pipeline.platform.spec, STREAM_JOB_SYSTEMS);
  const pod: V1Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { labels: componentLabels(pipeline, "executor") },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: RESTRICTED_POD,
      containers: [
        {
          name: EXECUTOR_CONTAINER,
          securityContext: RESTRICTED_CONTAINER,
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...files.mounts],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: {} }, ...files.volumes],
    },
  };
  return stringify(pod);
}
