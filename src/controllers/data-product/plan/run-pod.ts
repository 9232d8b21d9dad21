/** The pod of a run, as the DAG has Airflow make it. Pure. */
import type { V1ObjectMeta, V1PodSpec } from "@kubernetes/client-node";
import { productRunName } from "../../../naming/children.ts";
import { componentLabels } from "../../../workloads/metadata.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { loneSparkPod } from "../../../workloads/spark-pod.ts";
import type { Definition } from "../definition.ts";
import { RUN_COMPONENT, RUN_CONTAINER, RUN_SYSTEMS } from "../parts.ts";
import type { RunSettings, ValidatedProduct } from "../validate.ts";

/** What the batch job is called with; the DAG appends the run and its window. */
export const RUN_ARGUMENTS: readonly string[] = ["batch-job", "run"];

export interface RunPod {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: V1ObjectMeta;
  readonly spec: V1PodSpec;
}

/** Throws `TerminalError` for what the spec's pod template must not hold. */
export function planRunPod(product: ValidatedProduct, { resources }: Definition, runs: RunSettings): RunPod {
  const { key } = product.owner;
  const name = productRunName(key.name);
  const { containers, ...pod } = loneSparkPod({
    ...{ platform: runs.platform, systems: RUN_SYSTEMS, image: runs.image, args: RUN_ARGUMENTS, resources },
    config: { configMap: { name } },
  });
  const [container] = containers;
  const labels = componentLabels(product, RUN_COMPONENT);
  const { metadata, spec } = withPodTemplate(
    {
      metadata: { name, namespace: key.namespace, labels },
      spec: { serviceAccountName: name, ...pod, containers: [{ ...container, name: RUN_CONTAINER }] },
    },
    runs.podTemplate,
    { field: "spec.podTemplate" },
  );
  return { apiVersion: "v1", kind: "Pod", metadata, spec };
}
