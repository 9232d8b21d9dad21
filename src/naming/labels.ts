/** Labels, annotations, field managers and finalizers: everything that marks an object as ours. */
import { boundedName } from "./bounded.ts";

/** API group of every kind; also the prefix of labels, annotations and finalizers. */
export const GROUP = "openclickstream.io";

/** `"true"` on a resource stops all writes for it. */
export const PAUSED_ANNOTATION = `${GROUP}/paused`;

export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
export const MANAGED_BY = "openclickstream";

/** Longest value that Kubernetes takes for a label. */
const MAX_LABEL_VALUE_LENGTH = 63;

/** Label key that names the owner of a kind, like `openclickstream.io/clickstreampipeline`. */
export function ownerLabel(kind: string): string {
  return `${GROUP}/${kind.toLowerCase()}`;
}

/** A resource name as label value; longer ones are cut with a hash. */
export function labelValue(name: string): string {
  return boundedName(name, MAX_LABEL_VALUE_LENGTH);
}

/** Labels of every object that a resource of this kind and name makes. They select exactly those objects. */
export function managedLabels(kind: string, name: string): Readonly<Record<string, string>> {
  return { [MANAGED_BY_LABEL]: MANAGED_BY, [ownerLabel(kind)]: labelValue(name) };
}

/** Field manager of a controller for server-side apply, like `openclickstream-event-stream`. */
export function fieldManager(controller: string): string {
  return `openclickstream-${controller}`;
}

/** Finalizer of a kind, like `openclickstream.io/eventstream`. */
export function finalizerOf(kind: string): string {
  return `${GROUP}/${kind.toLowerCase()}`;
}
