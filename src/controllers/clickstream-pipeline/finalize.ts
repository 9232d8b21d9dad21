/** What Kubernetes cannot collect of a deleted pipeline: the policy of its topic and tables is passed on, its checkpoint deleted. */
import type { ClickstreamPipeline, EventStream, LakeTable } from "../../crds/kinds.ts";
import {
  clickstreamPipelineKind,
  DEFAULT_DELETION_POLICY,
  eventStreamKind,
  lakeTableKind,
} from "../../crds/kinds.ts";
import { pipelineChildNames } from "../../naming/children.ts";
import { COMPONENT_LABEL, managedLabels } from "../../naming/marks.ts";
import type { ObjectReader, ReconcileContext, ResourceKey, ResourceType } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import { keyOf } from "../../api/objects.ts";
import { CHILD_TYPES, controllerOf } from "../../targets/kubernetes/child.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { checkpointPrefix } from "./plan/job-json.ts";
import { TABLE_ROLES } from "./parts.ts";

/** The job runs for some seconds more, until its batch is done. */
const STOPPING_SECONDS = 5;

/** Children carry a copy of the policy, so one of them may still say Delete when the pipeline says Retain already. */
export function needsCleanup(pipeline: ClickstreamPipeline, cache: ObjectReader): boolean {
  const says = [pipeline, ...dataChildren(pipeline, cache).map(({ object }) => object)].map(policyOf);
  return says.includes("Delete");
}

/** The checkpoint by its folder in the platform's bucket, for the person who deletes it by hand. */
export function describeCheckpointLeft(pipeline: ClickstreamPipeline): string {
  return `the checkpoint at ${checkpointPrefix(keyOf(pipeline))}`;
}

/** Passes the policy on, stops the job, waits until it is gone, deletes the checkpoint. Safe to run again at any point. */
export async function finalizePipeline(
  pipeline: ClickstreamPipeline,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<void> {
  if (leavesChildren(pipeline, context.kubernetes)) {
    context.logger.info("Left the children as they are: the pipeline is deleted without them");
    return;
  }
  await passPolicyOn(pipeline, context);
  if (policyOf(pipeline) === "Retain") return;
  const key = keyOf(pipeline);
  await stopJob(key, context);
  const platform = await platformForCleanup(pipeline, { components: ["Storage"], platforms, context });
  if (platform === undefined) {
    const message = `${describeCheckpointLeft(pipeline)} was left: DataPlatform "${pipeline.spec.platformRef.name}" is gone, and with it the way to the bucket`;
    context.logger.warn(message);
    context.recordEvent("Warning", "CleanupAbandoned", message);
    return;
  }
  const objects = await clients.storage(platform).deletePrefix(`${checkpointPrefix(key)}/`, context);
  context.logger.info({ objects }, "Deleted checkpoint");
}

interface DataChild {
  readonly type: ResourceType;
  readonly object: EventStream | LakeTable;
}

/** Kubernetes' own finalizer of a deletion with `--cascade=orphan`; it goes once the children have lost their owner. */
const ORPHAN_FINALIZER = "orphan";

/** Whether the pipeline goes and its children stay, to be taken over by one of its name: then the job and its checkpoint stay too. */
function leavesChildren(pipeline: ClickstreamPipeline, cache: ObjectReader): boolean {
  if (pipeline.metadata.finalizers?.includes(ORPHAN_FINALIZER) === true) return true;
  const { namespace, name } = keyOf(pipeline);
  const labels = managedLabels(clickstreamPipelineKind.kind, name);
  const children = [eventStreamKind, lakeTableKind].flatMap((type) =>
    cache.cachedList(type, { namespace, labels }),
  );
  return children.length > 0 && children.every((child) => controllerOf(child) === undefined);
}

/** The pipeline's own children that hold data. */
function dataChildren(pipeline: ClickstreamPipeline, cache: ObjectReader): readonly DataChild[] {
  const { namespace, name } = keyOf(pipeline);
  const names = pipelineChildNames(name);
  const addresses = [
    { type: eventStreamKind, name: names.rawStream },
    ...TABLE_ROLES.map((role) => ({ type: lakeTableKind, name: names[role] })),
  ];
  return addresses.flatMap(({ type, name: childName }) => {
    const object = cache.cached<EventStream | LakeTable>(type, { namespace, name: childName });
    const isOwn = object !== undefined && controllerOf(object)?.uid === pipeline.metadata.uid;
    return isOwn ? [{ type, object }] : [];
  });
}

function policyOf({ spec }: ClickstreamPipeline | EventStream | LakeTable): "Retain" | "Delete" {
  return spec.deletionPolicy ?? DEFAULT_DELETION_POLICY;
}

/** They go with the pipeline and then do what they say themselves. A whole spec: a field left out would be taken away. */
async function passPolicyOn(pipeline: ClickstreamPipeline, { kubernetes }: ReconcileContext): Promise<void> {
  const deletionPolicy = policyOf(pipeline);
  for (const { type, object } of dataChildren(pipeline, kubernetes)) {
    if (policyOf(object) === deletionPolicy) continue;
    const { apiVersion, kind, metadata, spec } = object;
    const { uid = "", labels = {}, annotations = {}, ownerReferences = [] } = metadata;
    await kubernetes.apply(type, {
      ...{ apiVersion, kind, spec: { ...spec, deletionPolicy } },
      metadata: { ...keyOf(object), uid, labels, annotations, ownerReferences },
    });
  }
}

/** A job that still runs would write its checkpoint again. */
async function stopJob(key: ResourceKey, { kubernetes }: ReconcileContext): Promise<void> {
  const { streamJob } = pipelineChildNames(key.name);
  const labels = managedLabels(clickstreamPipelineKind.kind, key.name);
  const statefulSet = kubernetes.cached(CHILD_TYPES.StatefulSet, { ...key, name: streamJob });
  if (statefulSet?.metadata.uid !== undefined) {
    await kubernetes.delete(
      CHILD_TYPES.StatefulSet,
      { ...key, name: streamJob },
      { uid: statefulSet.metadata.uid },
    );
  }
  const pods = kubernetes.cachedList(CHILD_TYPES.Pod, {
    namespace: key.namespace,
    labels: { ...labels, [COMPONENT_LABEL]: "stream" },
  });
  if (statefulSet === undefined && pods.length === 0) return;
  throw new WaitingError("Deleting", "the stream job is stopping", { retryAfterSeconds: STOPPING_SECONDS });
}
