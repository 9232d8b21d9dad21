/** The pod template that the driver gives its executors: what Spark's own properties cannot say. Pure. */
import { stringify } from "yaml";
import { secretVolumes, variablesOf } from "../../../platform/environment.ts";
import type { PodTemplate } from "../../../targets/kubernetes/admission.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../../targets/kubernetes/pod-security.ts";
import { containerResources } from "../../../targets/kubernetes/resources.ts";
import { STREAM_JOB_SYSTEMS } from "../parts.ts";
import type { ValidatedPipeline } from "../validate.ts";
import type { OwnTemplate } from "../../../workloads/pod-template.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { accountAnnotations } from "../../../workloads/workload-identity.ts";
import { componentLabels } from "../../../workloads/metadata.ts";

/** Name of the container that Spark completes. */
export const EXECUTOR_CONTAINER = "executor";

/** The template as YAML. */
export function renderExecutorPod(pipeline: ValidatedPipeline): string {
  return stringify({ apiVersion: "v1", kind: "Pod", ...executorTemplate(pipeline) });
}

/** An executor as Spark makes it of the template, as far as quotas, limits and policies look at it. */
export function executorPod(pipeline: ValidatedPipeline): PodTemplate {
  const { metadata, spec } = executorTemplate(pipeline);
  const { executorResources } = pipeline.processing;
  const { heap, overhead } = pipeline.processing.executorMemory;
  const memory = `${heap + overhead}Mi`;
  const resources = {
    requests: { cpu: executorResources.requests.cpu, memory },
    limits: { ...containerResources(executorResources).limits, memory },
  };
  const containers = spec.containers.map((container) => ({
    ...container,
    image: pipeline.images.spark,
    resources,
  }));
  return { metadata, spec: { ...spec, restartPolicy: "Never", containers } };
}

function executorTemplate(pipeline: ValidatedPipeline): OwnTemplate {
  const { spec } = pipeline.platform;
  const files = secretVolumes(spec, STREAM_JOB_SYSTEMS);
  // Spark sets them, of its properties.
  const variables = ["AWS_REGION", ...variablesOf(spec, STREAM_JOB_SYSTEMS).map(({ variable }) => variable)];
  return withPodTemplate(ownTemplate(pipeline, files), pipeline.processing.executorPodTemplate, {
    field: "spec.processing.executorPodTemplate",
    variables,
  });
}

function ownTemplate(pipeline: ValidatedPipeline, files: ReturnType<typeof secretVolumes>): OwnTemplate {
  return {
    metadata: { labels: componentLabels(pipeline, "executor") },
    spec: {
      // The token of the account is for the driver; only the cloud looks at whose pod it is.
      ...(accountAnnotations(pipeline.platform.spec) === undefined
        ? {}
        : { serviceAccountName: pipeline.names.streamJob }),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: RESTRICTED_POD,
      containers: [
        {
          name: EXECUTOR_CONTAINER,
          securityContext: RESTRICTED_CONTAINER,
          terminationMessagePolicy: "FallbackToLogsOnError",
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...files.mounts],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: {} }, ...files.volumes],
    },
  };
}
