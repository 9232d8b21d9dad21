/** Names, labels and metadata of what the two workloads of a pipeline are made of. Pure. */
import type { ObjectMeta } from "../../../api/objects.ts";
import { COMPONENT_LABEL } from "../../../naming/marks.ts";
import type { Component } from "../parts.ts";
import type { ValidatedPipeline } from "../validate.ts";

/** Labels that select the pods of a component; they must never change, because selectors of workloads cannot. */
export function componentLabels(pipeline: ValidatedPipeline, component: Component): Record<string, string> {
  return { ...pipeline.labels, [COMPONENT_LABEL]: component };
}

/** Metadata of a child of the pipeline. */
export function childMetadata(
  pipeline: ValidatedPipeline,
  name: string,
  component?: Component,
): ObjectMeta & { readonly labels: Record<string, string> } {
  const labels = component === undefined ? { ...pipeline.labels } : componentLabels(pipeline, component);
  return { name, namespace: pipeline.owner.key.namespace, labels };
}
