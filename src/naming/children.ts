/** Names of what a resource makes. Deterministic, so that a second pass finds what the first one made. */
import { boundedNameWithSuffix } from "./bounded.ts";

/** A Service's name is a DNS label; a StatefulSet's pods carry its name plus a hash in a label of at most 63 characters. */
const MAX_WORKLOAD_NAME_LENGTH = 52;

/** Longest name of one of our own resources. */
const MAX_RESOURCE_NAME_LENGTH = 253;

/** Name of a child resource of ours, like `web-raw`. */
export function childResourceName(parent: string, suffix: string): string {
  return boundedNameWithSuffix(parent, `-${suffix}`, MAX_RESOURCE_NAME_LENGTH);
}

/** Name of a Deployment, StatefulSet, Service, ConfigMap or ServiceAccount, like `web-collector`. Short enough for all of them. */
export function workloadName(parent: string, suffix: string): string {
  return boundedNameWithSuffix(dnsLabel(parent), `-${suffix}`, MAX_WORKLOAD_NAME_LENGTH);
}

/** Name of the workload and Service that carry the resource's own name. */
export function ownWorkloadName(parent: string): string {
  return boundedNameWithSuffix(dnsLabel(parent), "", MAX_WORKLOAD_NAME_LENGTH);
}

/** Resources of a pipeline, by what they are. */
export interface PipelineChildNames {
  readonly rawStream: string;
  readonly events: string;
  readonly failedEvents: string;
  readonly duplicateEvents: string;
  readonly collector: string;
  readonly collectorInternal: string;
  readonly streamJob: string;
}

/** All child names of a pipeline. */
export function pipelineChildNames(pipeline: string): PipelineChildNames {
  return {
    rawStream: childResourceName(pipeline, "raw"),
    events: childResourceName(pipeline, "events"),
    failedEvents: childResourceName(pipeline, "failed-events"),
    duplicateEvents: childResourceName(pipeline, "duplicate-events"),
    collector: workloadName(pipeline, "collector"),
    collectorInternal: workloadName(pipeline, "collector-internal"),
    streamJob: workloadName(pipeline, "stream"),
  };
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
}

/** All child names of a query cluster. */
export function clusterNames(cluster: string): ClusterNames {
  return {
    coordinator: ownWorkloadName(cluster),
    worker: workloadName(cluster, "worker"),
    coordinatorConfig: workloadName(cluster, "coordinator"),
    workerConfig: workloadName(cluster, "worker"),
    catalogs: workloadName(cluster, "catalogs"),
  };
}

/** Resource names may hold dots, names of Services may not. */
function dnsLabel(name: string): string {
  return name.replaceAll(".", "-");
}
