/** Names, labels and namespace of what a resource of ours makes. Pure. */
import type { ObjectMeta } from "../api/objects.ts";
import { COMPONENT_LABEL } from "../naming/marks.ts";
import type { ChildOwner } from "../targets/kubernetes/child.ts";

/** A resource that runs something: who owns what it makes, and the labels that all of it carries. */
export interface Maker {
  readonly owner: ChildOwner;
  readonly labels: Readonly<Record<string, string>>;
}

/** Name of one thing, and the component that it is for; without one it is for all. */
export interface Part {
  readonly name: string;
  readonly component?: string;
}

/** Labels that select the pods of a component; they must never change, because selectors of workloads cannot. */
export function componentLabels(maker: Maker, component: string): Record<string, string> {
  return { ...maker.labels, [COMPONENT_LABEL]: component };
}

/** Metadata of one thing. */
export function childMetadata(
  maker: Maker,
  { name, component }: Part,
): ObjectMeta & { readonly labels: Record<string, string> } {
  const labels = component === undefined ? { ...maker.labels } : componentLabels(maker, component);
  return { name, namespace: maker.owner.key.namespace, labels };
}
