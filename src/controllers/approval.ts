/**
 * Confirmations of changes that lose data: a hash stands for one change of one resource, and a person writes it into an annotation. The
 * change that was confirmed is the change that runs, once: another change, another spec and the same change later have other hashes. Pure.
 */
import type { CommonStatus } from "../api/conditions.ts";
import type { KubernetesObject } from "../api/objects.ts";
import { DEFAULT_APPROVAL } from "../crds/approval.ts";
import type { ApprovalMode } from "../crds/approval.ts";
import { ANNOTATIONS } from "../naming/marks.ts";
import type { Notice } from "./claims/notices.ts";
import { WaitingError } from "../runtime/errors.ts";
import { hashOf } from "../targets/kubernetes/child.ts";

/** A changed annotation wakes the resource at once. */
const AWAITED_RETRY_SECONDS = 300;

/** A resource whose kind has `approval` in its spec and `approvalStatus` in its status. */
export interface Approvable extends KubernetesObject {
  readonly spec: { readonly approval?: ApprovalMode | undefined };
  readonly status?: CommonStatus & {
    readonly approved?: { readonly hash: string; readonly time: string } | undefined;
  };
}

/** What is asked of a person. */
export interface ApprovalRequest {
  readonly hash: string;
  /** What would be lost, in words. */
  readonly losses: readonly string[];
  /** The command that confirms it. */
  readonly command: string;
  /** For a condition: all of it in one line. */
  readonly message: string;
}

export type Approval =
  /** Nothing is lost. */
  | { readonly state: "unneeded" }
  /** Without `hash` the manifest is enough. */
  | { readonly state: "given"; readonly losses: readonly string[]; readonly hash?: string }
  | { readonly state: "awaited"; readonly request: ApprovalRequest };

/** Whether a resource may lose what `losses` say, in words that are the same as long as the change is. */
export function approvalOf(resource: Approvable, losses: readonly string[]): Approval {
  if (losses.length === 0) return { state: "unneeded" };
  if ((resource.spec.approval ?? DEFAULT_APPROVAL) === "Automatic") return { state: "given", losses };
  const { uid, generation, annotations } = resource.metadata;
  const hash = hashOf({ uid, generation, after: resource.status?.approved?.hash, losses });
  const given = annotations?.[ANNOTATIONS.approve];
  if (given === hash) return { state: "given", losses, hash };
  return { state: "awaited", request: requestOf(resource, { hash, losses, given }) };
}

/** For a deletion: throws the `WaitingError` that tells what would be lost, while nobody has confirmed it. */
export function requireApproval(thing: string, approval: Approval): void {
  if (approval.state !== "awaited") return;
  throw new WaitingError("ApprovalRequired", `${thing}: ${approval.request.message}`, {
    retryAfterSeconds: AWAITED_RETRY_SECONDS,
  });
}

/** What to tell once a confirmed change is done. */
export function approvedNotice({ losses, hash }: Extract<Approval, { state: "given" }>): Notice {
  return {
    type: "Normal",
    reason: "Approved",
    message: `${hash === undefined ? "the manifest is enough to lose data" : `confirmed as ${hash}`}: ${losses.join(", ")}`,
  };
}

/** `status.awaitsApproval`, where there is something to confirm. */
export function awaitedField(approval: Approval | undefined): {
  awaitsApproval?: { hash: string; losses: string[]; command: string };
} {
  if (approval?.state !== "awaited") return {};
  const { hash, losses, command } = approval.request;
  return { awaitsApproval: { hash, losses: [...losses], command } };
}

function requestOf(
  resource: Approvable,
  { hash, losses, given }: Pick<ApprovalRequest, "hash" | "losses"> & { readonly given: string | undefined },
): ApprovalRequest {
  const { name, namespace = "" } = resource.metadata;
  const command = `kubectl annotate --overwrite --namespace ${namespace} ${resource.kind.toLowerCase()}/${name} ${ANNOTATIONS.approve}=${hash}`;
  const isStale = given !== undefined && given !== resource.status?.approved?.hash;
  const stale = isStale ? ` (the annotation has "${given.slice(0, 64)}", which is another change)` : "";
  const message = `data would be lost: ${losses.join(", ")}; to confirm it${stale}: ${command}`;
  return { hash, losses, command, message };
}
