/** Names of what a resource makes. Deterministic, so that a second pass finds what the first one made. */
import { MAX_NAME_LENGTHS, PIPELINE_CHILDREN, PRODUCT_CHILDREN } from "../generated/names.ts";
import { boundedNameWithSuffix } from "./bounded.ts";

/** Name of a child resource of ours, like `web-raw`. */
export function childResourceName(parent: string, suffix: string): string {
  return boundedNameWithSuffix(parent, `-${suffix}`, MAX_NAME_LENGTHS.resource);
}

/** Name of a Deployment, StatefulSet, Service, ConfigMap or ServiceAccount, like `web-collector`. Short enough for all of them. */
export function workloadName(parent: string, suffix: string): string {
  return boundedNameWithSuffix(dnsLabel(parent), `-${suffix}`, MAX_NAME_LENGTHS.workload);
}

/** Name of the workload and Service that carry the resource's own name. */
export function ownWorkloadName(parent: string): string {
  return boundedNameWithSuffix(dnsLabel(parent), "", MAX_NAME_LENGTHS.workload);
}

/** Names of the resources of a pipeline, by what they are. */
export type PipelineChildNames = Readonly<Record<keyof typeof PIPELINE_CHILDREN, string>>;

/** All child names of a pipeline. */
export function pipelineChildNames(pipeline: string): PipelineChildNames {
  const names = Object.entries(PIPELINE_CHILDREN).map(([child, { suffix, limit }]) => [
    child,
    limit === "workload" ? workloadName(pipeline, suffix) : childResourceName(pipeline, suffix),
  ]);
  return Object.fromEntries(names) as PipelineChildNames;
}

/** Name of the ConfigMap and the ServiceAccount of a product's runs. */
export function productRunName(product: string): string {
  return workloadName(product, PRODUCT_CHILDREN.run.suffix);
}

/** Names of everything that a query cluster makes. */
export interface ClusterNames {
  /** The coordinator's Deployment and Service: the cluster's own name. */
  readonly coordinator: string;
  readonly worker: string;
  /** ConfigMaps. */
  readonly coordinatorConfig: string;
  readonly workerConfig: string;
  readonly catalogs: string;
  /** The gateway's Deployment, Service, budget and ConfigMap. */
  readonly flight: string;
}

/** All child names of a query cluster. */
export function clusterNames(cluster: string): ClusterNames {
  return {
    coordinator: ownWorkloadName(cluster),
    worker: workloadName(cluster, "worker"),
    coordinatorConfig: workloadName(cluster, "coordinator"),
    workerConfig: workloadName(cluster, "worker"),
    catalogs: workloadName(cluster, "catalogs"),
    flight: workloadName(cluster, "flight"),
  };
}

/** Resource names may hold dots, names of Services may not. */
function dnsLabel(name: string): string {
  return name.replaceAll(".", "-");
}
