/** The driver of the stream job. A StatefulSet, because it guarantees that there is never a second one. Pure. */
import type { V1Container, V1PodSpec, V1StatefulSetSpec } from "@kubernetes/client-node";
import { OWN_ANNOTATIONS } from "../../../naming/marks.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child, hashOf } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import type { ConfigMap } from "../../../workloads/config-map.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { sparkDriverPod } from "../../../workloads/spark-pod.ts";
import { identityAnnotation } from "../../../workloads/workload-identity.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import { DRIVER_PORTS, PATHS } from "../../../generated/endpoints.ts";
import { STREAM_JOB_SYSTEMS } from "../parts.ts";

/** A batch that runs is finished before the driver stops; a batch takes seconds, this is for a slow store. */
const TERMINATION_GRACE_SECONDS = 120;

export function planStreamStatefulSet(
  pipeline: ValidatedPipeline,
  { configMap, accountUid }: { readonly configMap: ConfigMap; readonly accountUid: string | undefined },
): Child<{ spec: V1StatefulSetSpec }> {
  const labels = componentLabels(pipeline, "stream");
  const { streamJob } = pipeline.names;
  return child(CHILD_TYPES.StatefulSet, childMetadata(pipeline, { name: streamJob, component: "stream" }), {
    spec: {
      replicas: pipeline.processing.suspended ? 0 : 1,
      revisionHistoryLimit: 3,
      serviceName: streamJob,
      // With `OrderedReady` a driver that never becomes ready would block the very update that repairs it.
      podManagementPolicy: "Parallel",
      selector: { matchLabels: labels },
      template: withPodTemplate(
        {
          metadata: {
            labels,
            annotations: {
              [OWN_ANNOTATIONS.jobHash]: hashOf(configMap.object.data),
              [OWN_ANNOTATIONS.secretsHash]: pipeline.secretsHashes.streamJob,
              ...identityAnnotation(pipeline.platform.spec),
              ...(accountUid === undefined ? {} : { [OWN_ANNOTATIONS.serviceAccountUid]: accountUid }),
            },
          },
          spec: podSpec(pipeline),
        },
        pipeline.processing.driverPodTemplate,
        { field: "spec.processing.driverPodTemplate" },
      ),
    },
  });
}

function podSpec(pipeline: ValidatedPipeline): V1PodSpec {
  const { names, images, platform, processing } = pipeline;
  const pod = sparkDriverPod({
    platform: platform.spec,
    systems: STREAM_JOB_SYSTEMS,
    image: images.spark,
    args: ["stream-job"],
    resources: processing.driverResources,
    config: { configMap: { name: names.streamJob } },
  });
  return {
    ...pod,
    serviceAccountName: names.streamJob,
    automountServiceAccountToken: processing.executors > 0,
    terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
    containers: [{ ...pod.containers[0], ...PORTS_AND_PROBES }],
  };
}

const LIVE = { httpGet: { path: PATHS.healthz, port: DRIVER_PORTS.http.name }, timeoutSeconds: 5 };

const PORTS_AND_PROBES: Partial<V1Container> = {
  ports: Object.values(DRIVER_PORTS).map(({ name, port }) => ({
    name,
    containerPort: port,
    protocol: "TCP",
  })),
  // The JVM and Spark take some seconds on a free core and a minute on a crowded one.
  startupProbe: { ...LIVE, periodSeconds: 2, failureThreshold: 150 },
  readinessProbe: {
    httpGet: { path: PATHS.readyz, port: DRIVER_PORTS.http.name },
    periodSeconds: 3,
    timeoutSeconds: 5,
  },
  livenessProbe: { ...LIVE, periodSeconds: 10, failureThreshold: 6 },
};
