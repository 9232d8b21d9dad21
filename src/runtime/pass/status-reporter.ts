/** The one write of a status a pass: only when it differs, with an Event only when Ready moves. */
import type { Logger } from "pino";
import type { ApiAccess } from "../http/api-client.ts";
import { findCondition, RUNTIME_CONDITION_TYPES } from "../../api/conditions.ts";
import type { CommonStatus, Condition, UnstampedCondition } from "../../api/conditions.ts";
import type { CustomResource, ResourceType } from "../controller.ts";
import type { EventRecorder } from "./event-recorder.ts";
import type { RuntimeMetrics } from "../metrics.ts";
import type { Outcome } from "./outcome.ts";
import { writeStatus } from "./resource-writer.ts";
import { scrub } from "./scrub.ts";
import { isSameStatus, statusDocument } from "./status-document.ts";

export interface StatusReporter {
  readonly type: ResourceType;
  readonly access: ApiAccess;
  readonly events: EventRecorder;
  readonly metrics: RuntimeMetrics;
}

export interface StatusReport {
  readonly resource: CustomResource<unknown, CommonStatus>;
  /** The controller's part. */
  readonly fields: object;
  readonly observedGeneration: number | undefined;
  readonly conditions: readonly Condition[];
  /** What the pass was doing, for the Event. */
  readonly action: "Reconcile" | "Delete" | "Pause";
  readonly class: Outcome["class"];
  /** The pass has recorded what it did, so that nobody needs an Event that it succeeded. */
  readonly hasToldWhat: boolean;
  readonly logger: Logger;
}

/** Writes the status if it differs from the one that the resource carries. Throws `KubernetesError`. */
export async function reportStatus(reporter: StatusReporter, report: StatusReport): Promise<void> {
  const { resource, fields, observedGeneration, conditions } = report;
  const status = statusDocument(fields, { observedGeneration, conditions });
  if (isSameStatus(resource.status, status)) {
    report.logger.debug({ class: report.class }, "Nothing to report");
    return;
  }
  await writeStatus(reporter.access, { type: reporter.type, resource }, status);
  reporter.metrics.statusWrites.inc({ controller: reporter.type.kind });
  const moved = movedCondition(resource.status?.conditions, conditions);
  if (moved === undefined) return;
  const { reason, message } = moved;
  report.logger.info({ condition: moved.type, status: moved.status, reason, message }, "Condition moved");
  if (report.hasToldWhat && report.class === "success") return;
  const isBad = report.class === "terminal" || report.class === "transient";
  const type = isBad ? "Warning" : "Normal";
  reporter.events.record(resource, {
    type,
    reason,
    message: message === "" ? reason : message,
    action: report.action,
  });
}

/** A controller's own conditions, without those that are the runtime's, and without secrets. */
export function ownConditions(
  inputs: readonly UnstampedCondition[],
  secrets: Iterable<string>,
): UnstampedCondition[] {
  const reserved: readonly string[] = RUNTIME_CONDITION_TYPES;
  return inputs
    .filter((input) => !reserved.includes(input.type))
    .map(({ type, status, reason, message }) => ({ type, status, reason, message: scrub(message, secrets) }));
}

/** The condition that shows a transition: Paused when it is new, else Ready when its status or reason changed. */
function movedCondition(
  previous: readonly Condition[] | undefined,
  current: readonly Condition[],
): Condition | undefined {
  const paused = findCondition(current, "Paused");
  if (paused !== undefined) return findCondition(previous, "Paused") === undefined ? paused : undefined;
  const [before, after] = [findCondition(previous, "Ready"), findCondition(current, "Ready")];
  const isSame = before?.status === after?.status && before?.reason === after?.reason;
  return isSame ? undefined : after;
}
