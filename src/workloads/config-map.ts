/** The files of pods. Pure. */
import type { Child } from "../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../targets/kubernetes/child.ts";
import type { Maker, Part } from "./metadata.ts";
import { childMetadata } from "./metadata.ts";

export type ConfigMap = Child<{ data: Readonly<Record<string, string>> }>;

/** A key of `data` is the name of a file. */
export function configMap(maker: Maker, part: Part, data: Readonly<Record<string, string>>): ConfigMap {
  return child(CHILD_TYPES.ConfigMap, childMetadata(maker, part), { data });
}
