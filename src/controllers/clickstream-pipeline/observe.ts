/** Reads what a pipeline depends on and what it is made of; does not write. Children come from the caches. */
import type { V1Deployment, V1StatefulSet } from "@kubernetes/client-node";
import type { ClickstreamPipeline, DataPlatform, EventStream, LakeTable } from "../../crds/kinds.ts";
import {
  clickstreamPipelineKind,
  dataPlatformKind,
  eventStreamKind,
  lakeTableKind,
} from "../../crds/kinds.ts";
import { pipelineChildNames } from "../../naming/children.ts";
import { managedLabels } from "../../naming/labels.ts";
import type {
  KubernetesObject,
  ObjectReader,
  ReconcileContext,
  ResourceKey,
} from "../../runtime/controller.ts";
import type { JsonClient } from "../../targets/http/json-client.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { platformSecretNames } from "../../targets/kubernetes/platform-environment.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { podAddress } from "../../targets/kubernetes/pods.ts";
import type { SecretIdentities } from "../../targets/kubernetes/secret-identity.ts";
import { readSecretIdentities } from "../../targets/kubernetes/read-secrets.ts";
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
  readonly platform: DataPlatform | undefined;
  readonly secrets: SecretIdentities;
  readonly rawStream: EventStream | undefined;
  /** In the order of `TABLE_ROLES`. */
  readonly tables: readonly (LakeTable | undefined)[];
  readonly collector: DeploymentObject | undefined;
  readonly streamJob: StatefulSetObject | undefined;
  readonly pods: Readonly<Record<Component, readonly PodObject[]>>;
  readonly collectors: CollectorAnswers;
  readonly progress: JobProgress;
}

export async function observePipeline(
  pipeline: ClickstreamPipeline,
  context: ReconcileContext,
  client: JsonClient,
): Promise<ObservedPipeline> {
  const { kubernetes, signal } = context;
  const namespace = pipeline.metadata.namespace ?? "";
  const platform = kubernetes.cached<DataPlatform>(dataPlatformKind, {
    namespace,
    name: pipeline.spec.platformRef.name,
  });
  const children = readChildren({ namespace, name: pipeline.metadata.name }, kubernetes);
  const secretNames = platform === undefined ? [] : platformSecretNames(platform.spec);
  const [secrets, collectors, progress] = await Promise.all([
    readSecretIdentities(namespace, secretNames, kubernetes),
    readCollectors(client, children.pods.collector, signal),
    readProgress(client, podAddress(children.pods.stream[0]), signal),
  ]);
  return Object.freeze({ platform, secrets, collectors, progress, ...children });
}

type Children = Omit<ObservedPipeline, "platform" | "secrets" | "collectors" | "progress">;

function readChildren(key: ResourceKey, cache: ObjectReader): Children {
  const names = pipelineChildNames(key.name);
  const keyOf = (name: string): ResourceKey => ({ namespace: key.namespace, name });
  const labels = managedLabels(clickstreamPipelineKind.kind, key.name);
  const pods = (component: Component): readonly PodObject[] =>
    cache.cachedList<PodObject>(CHILD_TYPES.Pod, {
      namespace: key.namespace,
      labels: { ...labels, "app.kubernetes.io/component": component },
    });
  return {
    rawStream: cache.cached<EventStream>(eventStreamKind, keyOf(names.rawStream)),
    tables: TABLE_ROLES.map((role) => cache.cached<LakeTable>(lakeTableKind, keyOf(names[role]))),
    collector: cache.cached<DeploymentObject>(CHILD_TYPES.Deployment, keyOf(names.collector)),
    streamJob: cache.cached<StatefulSetObject>(CHILD_TYPES.StatefulSet, keyOf(names.streamJob)),
    pods: { collector: pods("collector"), stream: pods("stream"), executor: pods("executor") },
  };
}
