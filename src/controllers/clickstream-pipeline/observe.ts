/** Reads what a pipeline depends on and what it is made of; does not write. Children come from the caches. */
import type { V1Deployment, V1StatefulSet } from "@kubernetes/client-node";
import type { ClickstreamPipeline, EventStream, LakeTable, ServingTable } from "../../crds/kinds.ts";
import {
  clickstreamPipelineKind,
  eventStreamKind,
  lakeTableKind,
  servingTableKind,
} from "../../crds/kinds.ts";
import { TABLE_MARKS } from "../../generated/names.ts";
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
import { parseTableIdentifier } from "../../naming/tables.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import type { CollectorAnswers } from "./collectors.ts";
import { readCollectors } from "./collectors.ts";
import type { Component } from "./parts.ts";
import { TABLE_ROLES } from "./parts.ts";
import type { JobProgress } from "./progress.ts";
import { readProgress } from "./progress.ts";

export type DeploymentObject = KubernetesObject & Pick<V1Deployment, "spec" | "status">;
export type StatefulSetObject = KubernetesObject & Pick<V1StatefulSet, "spec" | "status">;

/** What a table says of itself. */
export interface FoundTable {
  readonly uuid: string;
  /** The recovery that the stream job carried out last on it. */
  readonly recoveryId: string | undefined;
}

/** The pipeline's surroundings at the beginning of a pass. */
export interface ObservedPipeline {
  readonly platform: PlatformState;
  readonly rawStream: EventStream | undefined;
  /** In the order of `TABLE_ROLES`. */
  readonly tables: readonly (LakeTable | undefined)[];
  /** What the catalog has by the names of these tables; known and `undefined`: nothing. */
  readonly foundTables: readonly Observation<FoundTable | undefined>[];
  readonly profileTable: ServingTable | undefined;
  readonly profileApi: DeploymentObject | undefined;
  readonly collector: DeploymentObject | undefined;
  readonly streamJob: StatefulSetObject | undefined;
  /** The account of the driver. */
  readonly streamAccount: KubernetesObject | undefined;
  readonly pods: Readonly<Record<Component, readonly PodObject[]>>;
  readonly collectors: CollectorAnswers;
  readonly progress: JobProgress;
}

/** How the surroundings are read. */
export interface PipelineReaders extends SystemAccess {
  readonly client: JsonClient;
}

export async function observePipeline(
  pipeline: ClickstreamPipeline,
  context: ReconcileContext,
  { platforms, client, clients }: PipelineReaders,
): Promise<ObservedPipeline> {
  const { kubernetes, signal } = context;
  const namespace = pipeline.metadata.namespace ?? "";
  const children = readChildren({ namespace, name: pipeline.metadata.name }, kubernetes);
  const [platform, collectors, progress] = await Promise.all([
    platforms.read(pipeline, context),
    readCollectors(client, children.pods.collector, signal),
    readProgress(client, podAddress(children.pods.stream[0]), signal),
  ]);
  const foundTables = await readTables(children.tables, platform, { clients, signal });
  return Object.freeze({ platform, foundTables, collectors, progress, ...children });
}

/** Of the tables that their LakeTables have, or had. The job cannot tell of a table that is gone: it dies of it. */
function readTables(
  tables: Children["tables"],
  platform: PlatformState,
  { clients, signal }: Pick<SystemAccess, "clients"> & { readonly signal: AbortSignal },
): Promise<ObservedPipeline["foundTables"]> {
  const isOutOfReach = problemOf(platform, ["Catalog"]) !== undefined || isCatalogDown(platform);
  const read = async (table: LakeTable | undefined): Promise<Observation<FoundTable | undefined>> => {
    const parsed = table && parseTableIdentifier(table.spec);
    if (isOutOfReach || table?.status?.tableUuid === undefined) return NOT_READ;
    if (parsed === undefined || !("identifier" in parsed)) return NOT_READ;
    const found = await observed(clients.catalog(platform).readTable(parsed.identifier, signal));
    if (found.state === "unknown") return found;
    const { value } = found;
    return {
      state: "known",
      value: value && { uuid: value.uuid, recoveryId: value.properties[TABLE_MARKS.recoveryId] },
    };
  };
  return Promise.all(tables.map(read));
}

/** What the platform's probe found last: a catalog that hangs shall not hold up every pipeline's pass. */
function isCatalogDown(platform: PlatformState): boolean {
  const components = platform.state === "present" ? platform.status?.components : undefined;
  return components?.some(({ name, reachable }) => name === "Catalog" && !reachable) === true;
}

type Children = Omit<ObservedPipeline, "platform" | "foundTables" | "collectors" | "progress">;

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
    profileTable: cache.cached<ServingTable>(servingTableKind, keyOf(names.profiles)),
    profileApi: cache.cached<DeploymentObject>(CHILD_TYPES.Deployment, keyOf(names.profileApi)),
    collector: cache.cached<DeploymentObject>(CHILD_TYPES.Deployment, keyOf(names.collector)),
    streamJob: cache.cached<StatefulSetObject>(CHILD_TYPES.StatefulSet, keyOf(names.streamJob)),
    streamAccount: cache.cached(CHILD_TYPES.ServiceAccount, keyOf(names.streamJob)),
    pods: {
      collector: pods("collector"),
      stream: pods("stream"),
      executor: pods("executor"),
      "profile-api": pods("profile-api"),
    },
  };
}
