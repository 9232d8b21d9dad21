/** Reads from pods what a person would look for with `kubectl describe pod`. Pure. */
import type { V1ContainerStateTerminated, V1ContainerStatus, V1PodStatus } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../api/objects.ts";
import type { Reason } from "../../api/reasons.ts";
import { shorten } from "../../api/text.ts";
import type { Problem } from "./admission.ts";

export interface PodObject extends KubernetesObject {
  readonly status?: V1PodStatus;
}

/** Why containers wait that only say "not yet". */
const ORDINARY_WAITING: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);
/** Why containers wait whose image the kubelet cannot have. */
const IMAGE_WAITING: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ErrImageNeverPull",
  "ImageInspectError",
  "ImagePullBackOff",
  "InvalidImageName",
  "RegistryUnavailable",
  "SignatureValidationFailed",
]);
/** Why pods are on no node. */
const UNSCHEDULED: ReadonlySet<string> = new Set(["Unschedulable", "SchedulerError", "SchedulingGated"]);
/** Longest text taken over from a pod; the rest is with `kubectl describe`. */
const MAX_MESSAGE = 512;

/** The first reason why one of the pods does not run, with a message such as `pod "web-0": ImagePullBackOff: …`; `undefined` when there is none to see. */
export function podProblem(pods: readonly PodObject[]): Problem | undefined {
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const problem = schedulingProblem(pod) ?? containerProblem(pod);
    if (problem === undefined) continue;
    return { ...problem, message: shorten(`pod "${pod.metadata.name}": ${problem.message}`, MAX_MESSAGE) };
  }
  return undefined;
}

/** The first line of what the first of the pods that stay said when one of its containers last ended. */
export function exitMessage(pods: readonly PodObject[]): string | undefined {
  const pod = pods.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  const ends = containersOf(pod === undefined ? [] : [pod]).map(
    ({ state, lastState }) => state?.terminated?.message ?? lastState?.terminated?.message,
  );
  return ends.find((message) => message !== undefined)?.split("\n", 1)[0];
}

/** How a pod ended that runs once. */
export interface PodEnd {
  /** The termination message of its container. */
  readonly message: string | undefined;
  /** In words; `undefined`: it ended well. */
  readonly failure: string | undefined;
}

/** `undefined`: it has not ended. */
export function endOfPod(pod: PodObject): PodEnd | undefined {
  for (const { name, state } of containersOf([pod])) {
    if (state?.terminated === undefined) continue;
    const { exitCode, message } = state.terminated;
    return { message, failure: exitCode === 0 ? undefined : describeExit(name, state.terminated) };
  }
  // A node that is lost, or takes its pods away, tells it of the pod only.
  const { phase, reason = "unknown reason", message = "" } = pod.status ?? {};
  return phase === "Failed" ? { message: undefined, failure: `${reason}: ${message}` } : undefined;
}

/** Restarts of all containers of the pods. */
export function restartCount(pods: readonly PodObject[]): number {
  return containersOf(pods).reduce((sum, container) => sum + container.restartCount, 0);
}

/** Whether a pod runs, is ready and is not being stopped. */
export function isPodReady(pod: PodObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Pods that run or will: neither ended nor being stopped. */
export function livingPods(pods: readonly PodObject[]): readonly PodObject[] {
  return pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && status?.phase !== "Failed" && status?.phase !== "Succeeded",
  );
}

/** The youngest of the ready pods: in a roll-out an older one runs the specification of before and will go. */
export function newestReadyPod(pods: readonly PodObject[]): PodObject | undefined {
  return pods
    .filter(isPodReady)
    .toSorted((one, other) => createdAt(other).localeCompare(createdAt(one)))
    .at(0);
}

/** The address of a pod; absent before it was scheduled and while it stops. */
export function podAddress(pod: PodObject | undefined): string | undefined {
  return pod?.metadata.deletionTimestamp === undefined ? pod?.status?.podIP : undefined;
}

/** RFC 3339, so that the order of texts is that of times. */
function createdAt({ metadata }: PodObject): string {
  return metadata.creationTimestamp ?? "";
}

function containersOf(pods: readonly PodObject[]): readonly V1ContainerStatus[] {
  return pods.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
}

function schedulingProblem(pod: PodObject): Problem | undefined {
  const condition = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (condition?.reason === undefined || !UNSCHEDULED.has(condition.reason)) return undefined;
  return { reason: "Unschedulable", message: `${condition.reason}: ${condition.message ?? "no node fits"}` };
}

function containerProblem(pod: PodObject): Problem | undefined {
  for (const container of containersOf([pod])) {
    const waiting = container.state?.waiting;
    if (waiting?.reason === undefined || ORDINARY_WAITING.has(waiting.reason)) continue;
    const parts = [waiting.reason, lastExit(container) ?? waiting.message];
    const reason: Reason = IMAGE_WAITING.has(waiting.reason) ? "ImageUnavailable" : "ContainerFailed";
    return { reason, message: parts.filter((part) => part !== undefined).join(": ") };
  }
  return undefined;
}

/** The exit says more than "back-off restarting failed container", whose time also changes with each try. */
function lastExit(container: V1ContainerStatus): string | undefined {
  const terminated = container.lastState?.terminated;
  return terminated && describeExit(container.name, terminated);
}

function describeExit(name: string, terminated: V1ContainerStateTerminated): string {
  const exit = `container "${name}" exited with ${terminated.exitCode} (${terminated.reason ?? "unknown reason"})`;
  const message = tellingLine(terminated.message ?? "");
  return message === "" ? exit : `${exit}: ${message}`;
}

/**
 * The line that says why. A container's own message begins with it. In the end of a log it is one of the numbered errors in which Trino names
 * the property that it refuses, else the last exception of a stack trace.
 */
function tellingLine(message: string): string {
  const lines = message.split("\n").map((line) => line.trim());
  const numbered = lines.find((line) => /^\d+\) /.test(line))?.replace(/^\d+\) /, "");
  return numbered ?? lines.findLast((line) => line.startsWith("Caused by: ")) ?? lines[0] ?? "";
}
