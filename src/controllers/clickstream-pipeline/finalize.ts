/** Deletes the job's checkpoint, the one thing of a pipeline that neither Kubernetes nor a child resource collects. */
import type { ClickstreamPipeline } from "../../crds/kinds.ts";
import { DEFAULT_DELETION_POLICY, clickstreamPipelineKind } from "../../crds/kinds.ts";
import { pipelineChildNames } from "../../naming/children.ts";
import { managedLabels } from "../../naming/labels.ts";
import type { ReconcileContext, ResourceKey } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { PlatformClients } from "../../targets/platform/clients.ts";
import { readPlatform, requirePlatform } from "../../targets/platform/read.ts";
import type { PlatformSettings } from "../../targets/platform/settings.ts";
import { checkpointPrefix } from "./plan/job-json.ts";

/** The job runs for some seconds more, until its batch is done. */
const STOPPING_SECONDS = 5;

/** With the policy Retain the checkpoint stays, like the topic and the tables that it belongs to. */
export function needsCleanup(pipeline: ClickstreamPipeline): boolean {
  return (pipeline.spec.deletionPolicy ?? DEFAULT_DELETION_POLICY) === "Delete";
}

/** Stops the job, waits until it is gone, deletes the checkpoint. Safe to run again at any point. */
export async function finalizePipeline(
  pipeline: ClickstreamPipeline,
  context: ReconcileContext<PlatformClients>,
): Promise<void> {
  if (!needsCleanup(pipeline)) return;
  const key = { namespace: pipeline.metadata.namespace ?? "", name: pipeline.metadata.name };
  await stopJob(key, context);
  const settings = await findPlatform({ ...key, name: pipeline.spec.platformRef.name }, context);
  if (settings === undefined) return;
  const { storage } = context.clients.connect(settings);
  const objects = await storage.deletePrefix(`${checkpointPrefix(key)}/`, context.signal);
  context.logger.info({ objects }, "Deleted checkpoint");
}

/** A job that still ran would write its checkpoint anew. */
async function stopJob(key: ResourceKey, { kubernetes }: ReconcileContext<PlatformClients>): Promise<void> {
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
    labels: { ...labels, "app.kubernetes.io/component": "stream" },
  });
  if (statefulSet === undefined && pods.length === 0) return;
  throw new WaitingError("Deleting", "the stream job is stopping", { retryAfterSeconds: STOPPING_SECONDS });
}

/** In a namespace that is being deleted the platform may be gone already; then nobody knows any more where the checkpoint is. */
async function findPlatform(
  key: ResourceKey,
  context: ReconcileContext<PlatformClients>,
): Promise<PlatformSettings | undefined> {
  const platform = await readPlatform(context.kubernetes, key);
  if (platform.state === "resolved") return platform.settings;
  const last = context.clients.lastKnown(key);
  if (last !== undefined) return last;
  if (await context.isNamespaceTerminating()) return undefined;
  return requirePlatform(platform);
}
