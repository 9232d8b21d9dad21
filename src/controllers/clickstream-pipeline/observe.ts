/** Reads what a pipeline depends on and what it is made of; does not write. Children come from the caches. */
import type { V1Deployment, V1StatefulSet } from "@kubernetes/client-node";
import type { ClickstreamPipeline, EventStream, LakeTable } from "../../crds/kinds.ts";
import { clickstreamPipelineKind, eventStreamKind, lakeTableKind } from "../../crds/kinds.ts";
import { pipelineChildNames } from "../../naming/children.ts";
import { COMPONENT_LABEL, managedLabels } from "../../naming/marks.ts";
import type {
  KubernetesObject,
  ObjectReader,
  ReconcileContext,
  ResourceKey,
} from "../../runtime/controller.ts";
import type { JsonClient } from "../../targets/http/json-client.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { podAddress } from "../../targets/kubernetes/pods.ts";
import type { PlatformReader, PlatformState } from "../../platform/platform.ts";
import type { CollectorAnswers } from "./collectors.ts";
import { readCollectors } from "./collectors.ts";
import type { Component } from "./parts.ts";
import { TABLE_ROLES } from "./parts.ts";
import type { JobProgress } from "./progress.ts";
import { readProgress } from "./progress.ts";

export type DeploymentObject = KubernetesObject & Pick<V1Deployment, "spec" | "status">;
export type StatefulSetObject = KubernetesObject & Pick<V1StatefulSet, "spec" | "status">;

/** The pipeline's surroundings at the beginning of a pass. */
export interface ObservedPipeline {
  readonly platform: PlatformState;
  readonly rawStream: EventStream | undefined;
  /** In the order of `TABLE_ROLES`. */
  readonly tables: readonly (LakeTable | undefined)[];
  readonly collector: DeploymentObject | undefined;
  readonly streamJob: StatefulSetObject | undefined;
  /** The account of the driver. */
  readonly streamAccount: KubernetesObject | undefined;
  readonly pods: Readonly<Record<Component, readonly PodObject[]>>;
  readonly collectors: CollectorAnswers;
  readonly progress: JobProgress;
}

/** How the surroundings are read. */
export interface PipelineReaders {
  readonly platforms: PlatformReader;
  readonly client: JsonClient;
}

export async function observePipeline(
  pipeline: ClickstreamPipeline,
  context: ReconcileContext,
  { platforms, client }: PipelineReaders,
): Promise<ObservedPipeline> {
  const { kubernetes, signal } = context;
  const namespace = pipeline.metadata.namespace ?? "";
  const children = readChildren({ namespace, name: pipeline.metadata.name }, kubernetes);
  const [platform, collectors, progress] = await Promise.all([
    platforms.read(pipeline, context),
    readCollectors(client, children.pods.collector, signal),
    readProgress(client, podAddress(children.pods.stream[0]), signal),
  ]);
  return Object.freeze({ platform, collectors, progress, ...children });
}

type Children = Omit<ObservedPipeline, "platform" | "collectors" | "progress">;

function readChildren(key: ResourceKey, cache: ObjectReader): Children {
  const names = pipelineChildNames(key.name);
  const keyOf = (name: string): ResourceKey => ({ namespace: key.namespace, name });
  const labels = managedLabels(clickstreamPipelineKind.kind, key.name);
  const pods = (component: Component): readonly PodObject[] =>
    cache.cachedList<PodObject>(CHILD_TYPES.Pod, {
      namespace: key.namespace,
      labels: { ...labels, [COMPONENT_LABEL]: component },
    });
  return {
    rawStream: cache.cached<EventStream>(eventStreamKind, keyOf(names.rawStream)),
    tables: TABLE_ROLES.map((role) => cache.cached<LakeTable>(lakeTableKind, keyOf(names[role]))),
    collector: cache.cached<DeploymentObject>(CHILD_TYPES.Deployment, keyOf(names.collector)),
    streamJob: cache.cached<StatefulSetObject>(CHILD_TYPES.StatefulSet, keyOf(names.streamJob)),
    streamAccount: cache.cached(CHILD_TYPES.ServiceAccount, keyOf(names.streamJob)),
    pods: { collector: pods("collector"), stream: pods("stream"), executor: pods("executor") },
  };
}
