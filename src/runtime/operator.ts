/** Holds the controllers of one process together: caches, queues, the lease, health, start and stop. */
import type { Logger } from "pino";
import { LEASE_NAME, fieldManagerOf } from "../naming/marks.ts";
import { Caches } from "./cache/caches.ts";
import type { CommonStatus } from "../api/conditions.ts";
import type { Controller, CustomResource, ResourceType, SecondaryWatch } from "./controller.ts";
import { createReconciler, DEFAULT_PASS_TIMEOUT_SECONDS } from "./pass/driver.ts";
import type { ReconcileKey } from "./pass/driver.ts";
import { createEventRecorder } from "./pass/event-recorder.ts";
import type { EventRecorder } from "./pass/event-recorder.ts";
import type { HealthSource } from "./http/http-server.ts";
import type { InformerTiming } from "./cache/informer.ts";
import { ALWAYS_LEADING, LeaderElector } from "./election/leader-election.ts";
import type { Leadership, LeaseTiming } from "./election/leader-election.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import type { ObjectChange } from "./cache/object-store.ts";
import { keyOf } from "../api/objects.ts";
import { WorkQueue } from "./queue/queue.ts";
import type { RestClient } from "./http/rest-client.ts";
import { isWorthAPass } from "./cache/watches.ts";

export interface OperatorOptions {
  readonly rest: RestClient;
  readonly metrics: RuntimeMetrics;
  readonly logger: Logger;
  /** Empty = all. */
  readonly watchNamespaces: readonly string[];
  readonly resyncSeconds: number;
  /** Name of the Pod; names this process in Events and, made unique, in the lease. */
  readonly instance: string;
  /** Namespace of the Pod: an Event there also says what stays behind when a resource is deleted. */
  readonly home?: string;
  /** Without it this process writes at once (`make dev`). */
  readonly election?: {
    readonly namespace: string;
    readonly identity: string;
    readonly timing?: LeaseTiming;
  };
  readonly informerTiming?: Partial<InformerTiming>;
  readonly passTimeoutSeconds?: number;
}

/** Why the operator ended. After `lost` the process must exit, as it may no longer write. */
export type OperatorEnd = { readonly kind: "stopped" } | { readonly kind: "lost"; readonly reason: string };

/** A watch loop takes a step at least every 40 s (its idle deadline) or 30 s (its longest back-off). */
const STUCK_WATCH_SECONDS = 180;
/** A pass is aborted at its time limit; one that goes on for so much longer ignores its signal and holds its key for ever. */
const STUCK_PASS_GRACE_SECONDS = 300;

interface Registration {
  readonly name: string;
  readonly queue: WorkQueue;
}

export class Operator implements HealthSource {
  readonly #options: OperatorOptions;
  readonly #caches: Caches;
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<OperatorEnd>();
  readonly #registrations: Registration[] = [];
  readonly #elector: LeaderElector | undefined;
  readonly #leadership: Leadership;
  readonly #events: EventRecorder;

  constructor(options: OperatorOptions) {
    this.#options = options;
    const { rest, metrics, logger, informerTiming } = options;
    this.#caches = new Caches(
      { rest, metrics, logger, ...(informerTiming && { timing: informerTiming }) },
      options.watchNamespaces,
    );
    this.#elector = this.#createElector();
    this.#leadership = this.#elector ?? ALWAYS_LEADING;
    const { instance, home } = options;
    this.#events = createEventRecorder({
      ...{ rest, metrics, logger, instance, leadership: this.#leadership },
      ...(home !== undefined && { home }),
    });
  }

  /** Adds a kind. Before `start`. */
  register<
    Resource extends CustomResource<unknown, CommonStatus>,
    Observed,
    Validated,
    Plan,
    Applied,
    Status extends CommonStatus,
  >(controller: Controller<Resource, Observed, Validated, Plan, Applied, Status>): void {
    const { kind } = controller;
    const { rest, metrics, resyncSeconds, passTimeoutSeconds } = this.#options;
    const fieldManager = fieldManagerOf(kind);
    const reconcile = createReconciler(controller, {
      access: { rest, caches: this.#caches, leadership: this.#leadership, fieldManager },
      events: this.#events,
      metrics,
      logger: this.#options.logger.child({ controller: kind.kind.toLowerCase(), kind: kind.kind }),
      resyncSeconds,
      stopSignal: this.#stopping.signal,
      ...(passTimeoutSeconds !== undefined && { passTimeoutSeconds }),
    });
    const queue = this.#addQueue(kind, controller.concurrency, reconcile);
    this.#watchPrimary(kind, queue);
    for (const watch of controller.watches ?? []) this.#watchSecondary(watch, queue);
  }

  /** Fills the caches, then competes for the lease, then works. Resolves when it has stopped or lost the lease. */
  async run(): Promise<OperatorEnd> {
    const { logger } = this.#options;
    this.#caches.start();
    await Promise.race([this.#caches.whenSynced(), this.#ended.promise]);
    if (!this.#stopping.signal.aborted) {
      logger.info({ controllers: this.#registrations.map(({ name }) => name) }, "Caches are filled");
      if (this.#elector === undefined) this.#work();
      else this.#elector.start();
    }
    return this.#ended.promise;
  }

  /** Finishes the running passes (for `graceSeconds` at most), gives the lease back and closes the watches. */
  async stop(graceSeconds: number): Promise<void> {
    const { logger, metrics } = this.#options;
    const drained = await Promise.all(this.#registrations.map(({ queue }) => queue.drain(graceSeconds)));
    if (drained.includes(false))
      logger.warn({ graceSeconds }, "Some passes did not end in time and are cut off");
    await Promise.race([this.#events.flush(), delay(2000)]);
    this.#stopping.abort(new Error("the operator stops"));
    await this.#elector?.stop();
    metrics.leader.set(0);
    await this.#caches.stop();
    this.#ended.resolve({ kind: "stopped" });
  }

  unhealthy(): readonly string[] {
    const limit =
      (this.#options.passTimeoutSeconds ?? DEFAULT_PASS_TIMEOUT_SECONDS) + STUCK_PASS_GRACE_SECONDS;
    return [
      ...this.#caches.stuckFor(STUCK_WATCH_SECONDS).map((kind) => `the watch on ${kind} is stuck`),
      ...this.#registrations
        .filter(({ queue }) => queue.oldestActiveSeconds > limit)
        .map(({ name }) => `a pass of ${name} is stuck`),
    ];
  }

  unready(): readonly string[] {
    return this.#caches.unsynced().map((kind) => `${kind} has not been listed yet`);
  }

  async metrics(): Promise<string> {
    const { metrics } = this.#options;
    for (const { name: controller, queue } of this.#registrations) {
      metrics.queueDepth.set({ controller }, queue.depth);
      metrics.queueActive.set({ controller }, queue.active);
      metrics.queueDelayed.set({ controller }, queue.delayed);
      metrics.oldestPassSeconds.set({ controller }, queue.oldestActiveSeconds);
    }
    return metrics.registry.metrics();
  }

  get metricsContentType(): string {
    return this.#options.metrics.registry.contentType;
  }

  #createElector(): LeaderElector | undefined {
    const { election, rest, logger } = this.#options;
    if (election === undefined) return undefined;
    return new LeaderElector({
      ...election,
      rest,
      logger,
      name: LEASE_NAME,
      onAcquired: () => this.#work(),
      onLost: (reason) => this.#lose(reason),
    });
  }

  #addQueue(kind: ResourceType, concurrency: number, process: ReconcileKey): WorkQueue {
    const waits = this.#options.metrics.queueWaitSeconds;
    const observer = { started: (seconds: number) => waits.observe({ controller: kind.kind }, seconds) };
    const queue = new WorkQueue({ concurrency, process, observer });
    this.#registrations.push({ name: kind.kind, queue });
    return queue;
  }

  #watchPrimary(type: ResourceType, queue: WorkQueue): void {
    this.#caches.watch({ type }, (change) => {
      if (isWorthAPass(change)) queue.add(keyOf(change.object));
    });
  }

  #watchSecondary(watch: SecondaryWatch, queue: WorkQueue): void {
    const { type, labelSelector } = watch;
    const scope = { type, ...(labelSelector !== undefined && { labelSelector }) };
    this.#caches.watch(scope, (change) => {
      if (watch.isNews?.(change) === false) return;
      // The owner before the change too: it may just have lost this object.
      for (const object of objectsOf(change)) {
        for (const key of watch.toKeys(object, this.#caches)) queue.add(key);
      }
    });
  }

  #work(): void {
    this.#options.metrics.leader.set(1);
    this.#options.logger.info("Working");
    for (const { queue } of this.#registrations) queue.start();
  }

  #lose(reason: string): void {
    this.#options.metrics.leader.set(0);
    this.#options.logger.fatal({ reason }, "Lost the lease");
    this.#stopping.abort(new Error(`the lease is lost: ${reason}`));
    this.#ended.resolve({ kind: "lost", reason });
  }
}

function objectsOf(change: ObjectChange): ObjectChange["object"][] {
  return change.kind === "updated" ? [change.previous, change.object] : [change.object];
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds).unref());
}
