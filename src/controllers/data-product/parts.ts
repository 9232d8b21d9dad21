/** Names and bounds that several phases know. Imports nothing of its folder. */
import type { ResourceKey } from "../../api/objects.ts";
import type { DataProduct } from "../../crds/kinds.ts";
import type { Component } from "../../platform/references.ts";

/** Most tables that one product reads. */
export const MAX_INPUT_TABLES = 64;

/** What the pods of runs reach, and get the Secrets of. */
export const RUN_SYSTEMS: readonly Component[] = ["Catalog", "Storage"];

/** Component of the pods of runs. */
export const RUN_COMPONENT = "run";

/** Container of the pods of runs. */
export const RUN_CONTAINER = "batch-job";

/** Tag of every DAG that the operator makes. */
export const DAG_TAG = "openclickstream";

/** Id of a product's DAG. */
export function dagIdOf({ namespace, name }: ResourceKey): string {
  return `${namespace}.${name}`;
}

/** How the tag of a DAG begins that tells which text its file has: the hash of the text without this tag follows. */
export const DAG_VERSION_TAG = "version:";

/** Which product a DAG is of: several clusters may share an Airflow, or a bucket. */
export interface DagOrigin extends ResourceKey {
  /** Identity of the cluster. */
  readonly cluster: string;
}

/** Whose a DAG is, as its owner in Airflow: with the tags it shows that the operator of this cluster made it. */
export function dagOwnerOf({ namespace, name }: ResourceKey): string {
  return `${namespace}/${name}`;
}

/** Tag of a DAG that tells the cluster of its product. */
export function dagClusterTag({ cluster }: DagOrigin): string {
  return `cluster:${cluster}`;
}

/** First line of a product's DAG file; a file without it is somebody else's. */
export function dagMark(origin: DagOrigin): string {
  return `# Open Clickstream made this file from DataProduct ${dagOwnerOf(origin)} of cluster ${origin.cluster}, and puts back what is changed here.`;
}

/** Key of a product's DAG file in the platform's bucket. */
export function dagFileKey(bundlePrefix: string, key: ResourceKey): string {
  return `${bundlePrefix}/${dagIdOf(key)}.py`;
}

/** Whether each run reads the rows of a time only. */
export function isWindowed({ spec }: DataProduct): boolean {
  return spec.incremental?.newDataBy !== undefined;
}
