/** Finalizers: when one is added, when cleanup runs, and when a resource is let go without it. */
import type { CommonStatus } from "../../api/conditions.ts";
import { ANNOTATIONS } from "../../naming/marks.ts";
import type { Controller, CustomResource, ObjectReader } from "../controller.ts";
import type { KubernetesObject } from "../../api/objects.ts";

/** In a namespace that is being deleted, a failing cleanup ends after this time; an Event says what it leaves behind. */
export const ABANDON_AFTER_SECONDS = 60;

type FinalizingController<Resource extends CustomResource<unknown, CommonStatus>> = Pick<
  Controller<Resource, unknown, unknown, unknown, unknown, CommonStatus>,
  "finalize" | "needsFinalizer"
>;

/** The list of finalizers that a living resource should have; the same array when nothing changes. */
export function wantedFinalizers<Resource extends CustomResource<unknown, CommonStatus>>(
  controller: FinalizingController<Resource>,
  resource: Resource,
  { finalizer, cache }: { readonly finalizer: string; readonly cache: ObjectReader },
): readonly string[] {
  const held = resource.metadata.finalizers ?? [];
  const isWanted =
    controller.finalize !== undefined && (controller.needsFinalizer?.(resource, cache) ?? true);
  if (isWanted === held.includes(finalizer)) return held;
  return isWanted ? [...held, finalizer] : held.filter((each) => each !== finalizer);
}

export function isPaused(resource: KubernetesObject): boolean {
  return resource.metadata.annotations?.[ANNOTATIONS.paused] === "true";
}

/** Seconds since somebody deleted the resource, by the API server's clock against ours; at least 0. */
export function secondsSinceDeletion(resource: KubernetesObject, now: Date): number {
  const deletedAt = Date.parse(resource.metadata.deletionTimestamp ?? "");
  return Number.isNaN(deletedAt) ? 0 : Math.max((now.getTime() - deletedAt) / 1000, 0);
}
