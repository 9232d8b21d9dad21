/** Reads from pods what a person would look for with `kubectl describe pod`. Pure. */
import type { V1ContainerStatus, V1PodStatus } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../api/objects.ts";

export interface PodObject extends KubernetesObject {
  readonly status?: V1PodStatus;
}

/** Why containers wait that only say "not yet". */
const ORDINARY_WAITING: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);
/** Longest text taken over from a pod; the rest is with `kubectl describe`. */
const MAX_MESSAGE = 256;

/** The first reason why one of the pods does not run, such as `pod "web-0": ImagePullBackOff: …`; `undefined` when there is none to see. */
export function podProblem(pods: readonly PodObject[]): string | undefined {
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const problem = schedulingProblem(pod) ?? containerProblem(pod);
    if (problem !== undefined) return shorten(`pod "${pod.metadata.name}": ${problem}`);
  }
  return undefined;
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
  return pods.flatMap((pod) => pod.status?.containerStatuses ?? []);
}

function schedulingProblem(pod: PodObject): string | undefined {
  const condition = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (condition?.reason !== "Unschedulable") return undefined;
  return `Unschedulable: ${condition.message ?? "no node fits"}`;
}

function containerProblem(pod: PodObject): string | undefined {
  for (const container of containersOf([pod])) {
    const waiting = container.state?.waiting;
    if (waiting?.reason === undefined || ORDINARY_WAITING.has(waiting.reason)) continue;
    return [waiting.reason, lastExit(container) ?? waiting.message]
      .filter((part) => part !== undefined)
      .join(": ");
  }
  return undefined;
}

/** The exit says more than "back-off restarting failed container", whose time also changes with each try. */
function lastExit(container: V1ContainerStatus): string | undefined {
  const terminated = container.lastState?.terminated;
  if (terminated === undefined) return undefined;
  const exit = `container "${container.name}" exited with ${terminated.exitCode} (${terminated.reason ?? "unknown reason"})`;
  const message = terminated.message?.split("\n", 1)[0] ?? "";
  return message === "" ? exit : `${exit}: ${message}`;
}

function shorten(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE - 1)}…`;
}
