/** Asks for pods of the stream job that are wanted and not there: neither their StatefulSet nor the driver can say why. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { Problem } from "../../targets/kubernetes/admission.ts";
import { podRefusal } from "../../targets/kubernetes/admission.ts";
import { livingPods } from "../../targets/kubernetes/pods.ts";
import { statefulSetRollout } from "../../targets/kubernetes/rollout.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { PipelinePlan } from "./plan.ts";
import { executorPod } from "./plan/executor-pod.ts";

/** Why the API server takes no such pod. */
export interface PodRefusals {
  readonly driver?: Problem | undefined;
  readonly executor?: Problem | undefined;
}

/** One dry run at most, and none while all pods are there: without a driver nobody makes executors. */
export async function podRefusals(
  { pipeline, streamJob }: PipelinePlan,
  { pods, streamJob: job }: ObservedPipeline,
  { kubernetes }: ReconcileContext,
): Promise<PodRefusals> {
  const { processing, names, owner } = pipeline;
  if (processing.suspended || streamJob.statefulSet === undefined) return {};
  const place = { namespace: owner.key.namespace, name: names.streamJob };
  if (pods.stream.length === 0 && statefulSetRollout(job).state !== "ready") {
    return { driver: await podRefusal(kubernetes, place, streamJob.statefulSet.object.spec.template) };
  }
  if (livingPods(pods.executor).length >= processing.executors) return {};
  const executor = { ...place, name: `${names.streamJob}-exec` };
  return { executor: await podRefusal(kubernetes, executor, executorPod(pipeline)) };
}
