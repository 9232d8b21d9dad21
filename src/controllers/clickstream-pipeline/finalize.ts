/** What Kubernetes cannot collect of a deleted pipeline: the policy of its topic and tables is passed on, its checkpoint deleted. */
import type { ClickstreamPipeline } from "../../crds/kinds.ts";
import {
  clickstreamPipelineKind,
  eventStreamKind,
  lakeTableKind,
  servingTableKind,
} from "../../crds/kinds.ts";
import { pipelineChildNames } from "../../naming/children.ts";
import { COMPONENT_LABEL, managedLabels } from "../../naming/marks.ts";
import type { ObjectReader, ReconcileContext, ResourceKey } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import { keyOf } from "../../api/objects.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { DataChild } from "../data-children.ts";
import { hasLostChildren, ownDataChildren, passPolicyOn, policyOf } from "../data-children.ts";
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
  // Then the job and its checkpoint stay too.
  if (hasLostChildren(pipeline, [eventStreamKind, lakeTableKind, servingTableKind], context.kubernetes)) {
    context.logger.info("Left the children as they are: the pipeline is deleted without them");
    return;
  }
  await passPolicyOn(policyOf(pipeline), dataChildren(pipeline, context.kubernetes), context.kubernetes);
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

/** The pipeline's own children that hold data. */
function dataChildren(pipeline: ClickstreamPipeline, cache: ObjectReader): readonly DataChild[] {
  const names = pipelineChildNames(pipeline.metadata.name);
  const children = [
    { type: eventStreamKind, name: names.rawStream },
    ...TABLE_ROLES.map((role) => ({ type: lakeTableKind, name: names[role] })),
    { type: servingTableKind, name: names.profiles },
  ];
  return ownDataChildren(pipeline, children, cache);
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
