/**
 * One controller's pass over one key: a table of contents of the flow.
 *
 *     read from cache ─▶ being deleted? ─▶ finalize ─▶ release, or status
 *                     ─▶ paused?        ─▶ observe ─▶ validate ─▶ plan ─▶ status
 *                     ─▶ finalizer ─▶ observe ─▶ validate ─▶ plan ─▶ apply ─▶ status ─▶ next pass
 */
import type { Logger } from "pino";
import { ANNOTATIONS, finalizerOf } from "../../naming/marks.ts";
import type { ApiAccess } from "../http/api-client.ts";
import { conditionsAfter, withPaused } from "../../api/conditions.ts";
import type { CommonStatus, UnstampedCondition } from "../../api/conditions.ts";
import type { Controller, CustomResource, ResourceKey, StatusInput, StatusResult } from "../controller.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { ABANDON_AFTER_SECONDS, isPaused, secondsSinceDeletion, wantedFinalizers } from "./finalization.ts";
import { isKubernetesError, KubernetesError } from "../http/kubernetes-client.ts";
import type { RuntimeMetrics } from "../metrics.ts";
import { classifyError, outcomeOf } from "./outcome.ts";
import type { ClassifiedError, Outcome } from "./outcome.ts";
import { beginPass } from "./pass.ts";
import type { Pass } from "./pass.ts";
import { runPhases, statusInputOf, timed } from "./phases.ts";
import type { PhaseRun } from "./phases.ts";
import { keyOf } from "../../api/objects.ts";
import type { NextPass } from "../queue/queue.ts";
import { writeFinalizers } from "./resource-writer.ts";
import { scrubAll } from "./scrub.ts";
import { fieldsOf } from "./status-document.ts";
import { ownConditions, reportStatus } from "./status-reporter.ts";
import type { StatusReport } from "./status-reporter.ts";

export interface DriverOptions {
  readonly access: ApiAccess;
  readonly events: EventRecorder;
  readonly metrics: RuntimeMetrics;
  readonly logger: Logger;
  /** Longest time between two passes of a resource. */
  readonly resyncSeconds: number;
  /** Aborted when the process stops or the lease is lost. */
  readonly stopSignal: AbortSignal;
  /** Limit of one pass. */
  readonly passTimeoutSeconds?: number;
  readonly now?: () => Date;
}

/** Runs one pass; resolves with when to come again. Never throws. */
export type ReconcileKey = (key: ResourceKey) => Promise<NextPass>;

export const DEFAULT_PASS_TIMEOUT_SECONDS = 120;

/** At most so long between two attempts to clean up after a deleted resource. */
const DELETION_RETRY_SECONDS = 30;

const PAUSED_MESSAGE = `nothing is changed while the annotation ${ANNOTATIONS.paused} is "true"`;

/** Makes the reconcile function of a controller. */
export function createReconciler<
  Resource extends CustomResource<unknown, CommonStatus>,
  Observed,
  Validated,
  Plan,
  Applied,
  Status extends CommonStatus,
>(
  controller: Controller<Resource, Observed, Validated, Plan, Applied, Status>,
  options: DriverOptions,
): ReconcileKey {
  const driver = new Driver(controller, options);
  return (key) => driver.reconcile(key);
}

/** A pass over a resource, and the error that it met. */
interface Subject<Resource> {
  readonly resource: Resource;
  readonly pass: Pass;
}

/** A `StatusResult` whose fields are no longer typed. */
type Judgement = Omit<StatusResult<CommonStatus>, "status" | "conditions"> & {
  readonly status: object;
  readonly conditions: readonly UnstampedCondition[];
};

class Driver<
  Resource extends CustomResource<unknown, CommonStatus>,
  Observed,
  Validated,
  Plan,
  Applied,
  Status extends CommonStatus,
> {
  readonly #controller: Controller<Resource, Observed, Validated, Plan, Applied, Status>;
  readonly #options: DriverOptions;
  readonly #name: string;
  readonly #finalizer: string;

  constructor(
    controller: Controller<Resource, Observed, Validated, Plan, Applied, Status>,
    options: DriverOptions,
  ) {
    this.#controller = controller;
    this.#options = options;
    this.#name = controller.kind.kind;
    this.#finalizer = finalizerOf(controller.kind);
  }

  async reconcile(key: ResourceKey): Promise<NextPass> {
    await this.#options.events.room();
    const resource = this.#options.access.caches.cached<Resource>(this.#controller.kind, key);
    if (resource === undefined) return { kind: "forget" };
    const { passTimeoutSeconds = DEFAULT_PASS_TIMEOUT_SECONDS, now = () => new Date() } = this.#options;
    const pass = beginPass(resource, { ...this.#options, now, timeoutSeconds: passTimeoutSeconds });
    const observe = this.#options.metrics.passSeconds.startTimer({ controller: this.#name });
    try {
      return await this.#route({ resource, pass });
    } catch (error) {
      return this.#broken(error, pass);
    } finally {
      observe();
      pass.dispose();
    }
  }

  #route(subject: Subject<Resource>): Promise<NextPass> {
    if (subject.resource.metadata.deletionTimestamp !== undefined) return this.#delete(subject);
    if (isPaused(subject.resource)) return this.#look(subject, { mayApply: false });
    return this.#reconcile(subject);
  }

  async #reconcile({ resource: found, pass }: Subject<Resource>): Promise<NextPass> {
    const cache = pass.context.kubernetes;
    const wanted = wantedFinalizers(this.#controller, found, { finalizer: this.#finalizer, cache });
    const resource = await this.#withFinalizers(found, wanted);
    return this.#look({ resource, pass }, { mayApply: true });
  }

  /** The phases and the status that follows from them. Whoever may not apply writes nothing but that. */
  async #look({ resource, pass }: Subject<Resource>, { mayApply }: { mayApply: boolean }): Promise<NextPass> {
    const results = await runPhases(this.#controller, resource, { ...this.#runOf(pass), mayApply });
    // A replica that stops, or has lost the lease, must not write what it observed.
    this.#options.stopSignal.throwIfAborted();
    const thrown = results.thrown && classifyError(results.thrown.error, pass.secrets);
    const now = pass.context.now();
    const input = statusInputOf(results, { resource, now, ...(thrown && { error: thrown }) });
    const judged = this.#judge(input, pass);
    const { error } = judged;
    const verdict = mayApply ? judged.verdict : this.#withOutstanding(judged.verdict, input, pass);
    const outcome = outcomeOf(error, verdict, pass.secrets);
    const generation = resource.metadata.generation ?? 0;
    const stamp = { generation, now, previous: resource.status?.conditions ?? [] };
    const conditions = conditionsAfter(outcome, ownConditions(verdict.conditions, pass.secrets), stamp);
    await this.#report(pass, {
      resource,
      // Some fields are another system's own words.
      fields: scrubAll(verdict.status, pass.secrets),
      conditions: mayApply ? conditions : withPaused(conditions, PAUSED_MESSAGE, stamp),
      action: mayApply ? "Reconcile" : "Pause",
      class: outcome.class,
    });
    this.#account(outcome, error, pass);
    return this.#nextAfter(outcome);
  }

  /** What is seen may be well and yet not be what the spec wants. */
  #withOutstanding(
    verdict: Judgement,
    { plan }: StatusInput<Resource, Observed, Validated, Plan, Applied>,
    pass: Pass,
  ): Judgement {
    const outstanding =
      plan === undefined ? undefined : this.#controller.outstanding?.(plan, pass.context.kubernetes);
    if (outstanding === undefined || verdict.waiting !== undefined) return verdict;
    const message = `the spec is not in effect, as the resource is paused; left to do: ${outstanding}`;
    return { ...verdict, waiting: { reason: "Paused", message, retryAfterSeconds: this.#resyncSeconds() } };
  }

  /** The controller's verdict; when `status` itself throws, the fields stay as they were and that error is the outcome. */
  #judge(
    input: StatusInput<Resource, Observed, Validated, Plan, Applied>,
    pass: Pass,
  ): { verdict: Judgement; error: ClassifiedError | undefined } {
    try {
      return { verdict: this.#controller.status(input), error: input.error };
    } catch (error) {
      const { status } = input.resource;
      const verdict = { status: fieldsOf(status), conditions: status?.conditions ?? [] };
      return { verdict, error: input.error ?? classifyError(error, pass.secrets) };
    }
  }

  /** Nothing is cleaned up either, and the conditions stay as they were. */
  async #pauseDeletion({ resource, pass }: Subject<Resource>): Promise<NextPass> {
    const { status } = resource;
    const previous = status?.conditions ?? [];
    const stamp = { generation: resource.metadata.generation ?? 0, now: pass.context.now(), previous };
    await this.#report(pass, {
      resource,
      fields: fieldsOf(status),
      conditions: withPaused(previous, `deletion waits: ${PAUSED_MESSAGE}`, stamp),
      observedGeneration: status?.observedGeneration,
      action: "Pause",
      class: "success",
    });
    this.#options.metrics.passes.inc({ controller: this.#name, result: "success", reason: "Paused" });
    return { kind: "after", seconds: DELETION_RETRY_SECONDS };
  }

  async #delete(subject: Subject<Resource>): Promise<NextPass> {
    const { resource, pass } = subject;
    if (resource.metadata.finalizers?.includes(this.#finalizer) !== true) return { kind: "forget" };
    if (isPaused(resource)) {
      // A namespace must be able to end; paused then means that what is outside of Kubernetes stays as it is.
      if (!(await pass.context.isNamespaceTerminating())) return this.#pauseDeletion(subject);
    } else {
      const error = await this.#finalize(subject);
      if (error !== undefined && !(await this.#mayAbandon(subject, error)))
        return this.#reportDeletion(subject, error);
    }
    // As it is now: `finalize` may have written to it.
    const { kind } = this.#controller;
    const current = this.#options.access.caches.cached<Resource>(kind, keyOf(resource)) ?? resource;
    const remaining = (current.metadata.finalizers ?? []).filter((each) => each !== this.#finalizer);
    await this.#withFinalizers(current, remaining);
    pass.context.logger.info("Released the deleted resource");
    return { kind: "forget" };
  }

  async #finalize({ resource, pass }: Subject<Resource>): Promise<ClassifiedError | undefined> {
    try {
      await timed(this.#runOf(pass), "finalize", async () =>
        this.#controller.finalize?.(resource, pass.context),
      );
      return undefined;
    } catch (error) {
      this.#options.stopSignal.throwIfAborted();
      return classifyError(error, pass.secrets);
    }
  }

  async #mayAbandon({ resource, pass }: Subject<Resource>, error: ClassifiedError): Promise<boolean> {
    if (secondsSinceDeletion(resource, pass.context.now()) < ABANDON_AFTER_SECONDS) return false;
    if (!(await pass.context.isNamespaceTerminating())) return false;
    const left = this.#controller.describeLeft?.(resource) ?? "what it may have made outside of Kubernetes";
    const message = `gave up cleaning up, as the namespace is being deleted; ${left} was left: ${error.message}`;
    pass.context.logger.error({ err: error.cause, reason: error.reason, left }, "Gave up cleaning up");
    pass.context.recordEvent("Warning", "CleanupAbandoned", message);
    return true;
  }

  async #reportDeletion({ resource, pass }: Subject<Resource>, error: ClassifiedError): Promise<NextPass> {
    const reason = error.class === "waiting" ? error.reason : "DeletionFailed";
    const outcome: Outcome = { ...error, reason, message: `deletion waits: ${error.message}` };
    const previous = resource.status?.conditions ?? [];
    const stamp = { generation: resource.metadata.generation ?? 0, now: pass.context.now(), previous };
    await this.#report(pass, {
      resource,
      fields: fieldsOf(resource.status),
      conditions: conditionsAfter(outcome, ownConditions(previous, []), stamp),
      action: "Delete",
      class: error.class,
    });
    this.#account(outcome, error, pass);
    const next = this.#nextAfter(outcome);
    if (next.kind !== "after") return next;
    return { kind: "after", seconds: Math.min(next.seconds, DELETION_RETRY_SECONDS) };
  }

  async #withFinalizers(resource: Resource, finalizers: readonly string[]): Promise<Resource> {
    if (finalizers.length === (resource.metadata.finalizers ?? []).length) return resource;
    return writeFinalizers(this.#options.access, { type: this.#controller.kind, resource }, finalizers);
  }

  #report(
    pass: Pass,
    report: Omit<StatusReport, "logger" | "observedGeneration" | "hasToldWhat"> & {
      observedGeneration?: number | undefined;
    },
  ): Promise<void> {
    const observedGeneration =
      "observedGeneration" in report ? report.observedGeneration : report.resource.metadata.generation;
    return reportStatus(
      { ...this.#options, type: this.#controller.kind },
      { ...report, observedGeneration, logger: pass.context.logger, hasToldWhat: pass.hasRecorded },
    );
  }

  /** One line a failed pass, here and nowhere else. */
  #account(outcome: Outcome, error: ClassifiedError | undefined, pass: Pass): void {
    const { reason } = outcome;
    this.#options.metrics.passes.inc({ controller: this.#name, result: outcome.class, reason });
    const fields = { reason, message: outcome.message };
    if (outcome.class === "transient") {
      pass.context.logger.error({ ...fields, err: error?.cause }, "Pass failed, trying again");
    } else if (outcome.class === "terminal") {
      pass.context.logger.warn(fields, "Pass stopped, the resource needs a change");
    } else {
      pass.context.logger.debug(fields, outcome.class === "waiting" ? "Pass waits" : "Pass done");
    }
  }

  /** The runtime's own reads and writes failed, or the process stops: there is no status to tell it in. */
  #broken(error: unknown, pass: Pass): NextPass {
    if (!this.#options.stopSignal.aborted) {
      this.#options.metrics.passes.inc({
        controller: this.#name,
        result: "transient",
        reason: "ApiUnavailable",
      });
      // A stale read of the cache, or an object that is gone: the next event says so.
      const isStale = isKubernetesError(error, "Conflict", "NotFound");
      pass.context.logger[isStale ? "debug" : "error"](
        { err: error },
        "Pass could not be completed, trying again",
      );
    }
    const retryAfter = error instanceof KubernetesError ? error.retryAfterSeconds : undefined;
    return { kind: "retry", ...(retryAfter !== undefined && { atLeastSeconds: retryAfter }) };
  }

  #nextAfter(outcome: Outcome): NextPass {
    const { afterSeconds } = outcome;
    if (outcome.class === "transient") {
      return { kind: "retry", ...(afterSeconds !== undefined && { atLeastSeconds: afterSeconds }) };
    }
    const resync = this.#resyncSeconds();
    return { kind: "after", seconds: Math.min(afterSeconds ?? resync, resync) };
  }

  /** Never later than promised, and not all resources at once. */
  #resyncSeconds(): number {
    return this.#options.resyncSeconds * (0.8 + 0.2 * Math.random());
  }

  #runOf(pass: Pass): PhaseRun {
    return { context: pass.context, metrics: this.#options.metrics, controllerName: this.#name };
  }
}
