/** The driver of the stream job. A StatefulSet, because it guarantees that there is never a second one. Pure. */
import type { V1Container, V1EnvVar, V1PodSpec, V1StatefulSetSpec } from "@kubernetes/client-node";
import { OWN_ANNOTATIONS } from "../../../naming/marks.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child, hashOf } from "../../../targets/kubernetes/child.ts";
import { plainEnvironment } from "../../../targets/kubernetes/environment.ts";
import { secretEnvironment, secretVolumes, variablesOf } from "../../../platform/environment.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../../targets/kubernetes/pod-security.ts";
import { containerResources } from "../../../targets/kubernetes/resources.ts";
import type { ValidatedPipeline } from "../validate.ts";
import type { ConfigMap } from "../../../workloads/config-map.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { identityAnnotation } from "../../../workloads/workload-identity.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import { CONFIG_FOLDER } from "./spark-properties.ts";
import { DRIVER_PORTS, PATHS } from "../../../generated/endpoints.ts";
import { STREAM_JOB_SYSTEMS } from "../parts.ts";

/** A batch that runs is finished before the driver stops; a batch takes seconds, this is for a slow store. */
const TERMINATION_GRACE_SECONDS = 120;
/** Spark's scratch folder; by the environment variable the executors use the same. */
const SCRATCH_FOLDER = "/var/data/spark";

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
  const { names, platform, processing } = pipeline;
  return {
    serviceAccountName: names.streamJob,
    automountServiceAccountToken: processing.executors > 0,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
    securityContext: RESTRICTED_POD,
    containers: [container(pipeline)],
    volumes: [
      { name: "config", configMap: { name: names.streamJob } },
      { name: "scratch", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
      ...secretVolumes(platform.spec, STREAM_JOB_SYSTEMS).volumes,
    ],
  };
}

function container(pipeline: ValidatedPipeline): V1Container {
  const { images, platform, processing } = pipeline;
  const live = { httpGet: { path: PATHS.healthz, port: DRIVER_PORTS.http.name }, timeoutSeconds: 5 };
  return {
    name: "driver",
    image: images.spark,
    imagePullPolicy: "IfNotPresent",
    args: ["stream-job"],
    env: environment(pipeline),
    ports: Object.values(DRIVER_PORTS).map(({ name, port }) => ({
      name,
      containerPort: port,
      protocol: "TCP",
    })),
    resources: containerResources(processing.driverResources),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: RESTRICTED_CONTAINER,
    // The JVM and Spark take some seconds on a free core and a minute on a crowded one.
    startupProbe: { ...live, periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: {
      httpGet: { path: PATHS.readyz, port: DRIVER_PORTS.http.name },
      periodSeconds: 3,
      timeoutSeconds: 5,
    },
    livenessProbe: { ...live, periodSeconds: 10, failureThreshold: 6 },
    volumeMounts: [
      { name: "config", mountPath: CONFIG_FOLDER, readOnly: true },
      { name: "scratch", mountPath: SCRATCH_FOLDER },
      { name: "tmp", mountPath: "/tmp" },
      ...secretVolumes(platform.spec, STREAM_JOB_SYSTEMS).mounts,
    ],
  };
}

function environment({ platform }: ValidatedPipeline): V1EnvVar[] {
  return [
    { name: "POD_IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
    // What Spark takes as the driver's host: executors connect to the address and need no name.
    { name: "SPARK_LOCAL_HOSTNAME", value: "$(POD_IP)" },
    ...plainEnvironment({ SPARK_LOCAL_DIRS: SCRATCH_FOLDER, AWS_REGION: platform.spec.storage.region }),
    ...secretEnvironment(variablesOf(platform.spec, STREAM_JOB_SYSTEMS)),
  ];
}
