/** Judges resources of our own kinds by their conditions, the way kstatus does. Pure. */
import type { CommonStatus } from "../../api/conditions.ts";
import type { KubernetesObject } from "../../api/objects.ts";
import type { Reason } from "../../api/reasons.ts";
import { isReason } from "../../api/reasons.ts";

/** `stalled` = a person must act; `waiting` = it may yet become ready by itself. */
export interface Readiness {
  readonly state: "absent" | "waiting" | "stalled" | "ready";
  readonly reason: Reason;
  readonly message: string;
}

type Conditioned = Pick<KubernetesObject, "metadata"> & { readonly status?: CommonStatus };

/** The Ready condition, as far as it was judged by the present spec. */
export function readiness(resource: Conditioned | undefined): Readiness {
  if (resource === undefined)
    return { state: "absent", reason: "ChildrenNotReady", message: "not yet created" };
  const conditions = resource.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const generation = resource.metadata.generation ?? 0;
  if (ready === undefined || ready.observedGeneration < generation) {
    return { state: "waiting", reason: "ChildrenNotReady", message: "the operator has not looked at it yet" };
  }
  const isStalled = conditions.some(({ type, status }) => type === "Stalled" && status === "True");
  const reason = isReason(ready.reason) ? ready.reason : "ChildrenNotReady";
  const notReady = isStalled ? "stalled" : "waiting";
  return { state: ready.status === "True" ? "ready" : notReady, reason, message: ready.message };
}
