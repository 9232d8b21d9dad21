/**
 * Keeps a cache of one kind true: paginated list, then watch with bookmarks, resumed or relisted after any error, for ever.
 *
 *     list ──ok──▶ watch ──end, idle, error──▶ watch again from the last version
 *      ▲ └─error─▶ back-off, list               │
 *      └──────────── 410 Gone, or three failures in a row at one version
 *
 * Never throws, and ends only by `stop`.
 */
import type { Logger } from "pino";
import { backoffSeconds, pause } from "../queue/backoff.ts";
import { isKubernetesError, KubernetesError } from "../http/kubernetes-client.ts";
import { listPages } from "./list-pages.ts";
import type { RuntimeMetrics } from "../metrics.ts";
import { ObjectStore } from "./object-store.ts";
import type { ObjectChange } from "./object-store.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import type { RestClient } from "../http/rest-client.ts";
import { openWatch, WatchIdleError } from "./watch-stream.ts";
import type { WatchEvent } from "./watch-stream.ts";

/** What to watch. */
export interface InformerScope {
  readonly type: ResourceType;
  /** All namespaces when left out. */
  readonly namespace?: string;
  readonly labelSelector?: string;
}

/** Times in seconds; the defaults suit a real API server. */
export interface InformerTiming {
  readonly backoffBase: number;
  readonly backoffMax: number;
  /** Silence after which a connection counts as dead. */
  readonly idle: number;
  /** Length of a watch on a kind where little happens. The server ends it, 2 s after a bookmark: shorter than `idle`. */
  readonly quietWatch: number;
  /** Length of a watch where things happen: random between the two, so that not all end together. */
  readonly busyWatch: readonly [number, number];
}

const DEFAULT_INFORMER_TIMING: InformerTiming = {
  backoffBase: 0.8,
  backoffMax: 30,
  idle: 40,
  quietWatch: 30,
  busyWatch: [240, 480],
};

/** Failures in a row at one version after which the version itself is doubted. */
const FAILURES_BEFORE_RELIST = 3;

export interface InformerDependencies {
  readonly rest: RestClient;
  readonly logger: Logger;
  readonly metrics: RuntimeMetrics;
  readonly timing?: Partial<InformerTiming>;
}

type RestartCause = "ended" | "idle" | "gone" | "error";

export class Informer {
  readonly scope: InformerScope;
  readonly store: ObjectStore;
  readonly #dependencies: InformerDependencies;
  readonly #timing: InformerTiming;
  readonly #logger: Logger;
  readonly #listeners: ((change: ObjectChange) => void)[] = [];
  readonly #stopping = new AbortController();
  readonly #firstList = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #isSynced = false;
  /** Version to watch from; undefined = list first. */
  #version: string | undefined;
  #failures = 0;
  #isQuiet = false;
  #relistCause = "start";
  #lastProgress = performance.now();

  constructor(scope: InformerScope, dependencies: InformerDependencies) {
    this.scope = scope;
    this.store = new ObjectStore(scope.type);
    this.#dependencies = dependencies;
    this.#timing = { ...DEFAULT_INFORMER_TIMING, ...dependencies.timing };
    this.#logger = dependencies.logger.child({ watch: scope.type.kind, selector: scope.labelSelector });
  }

  /** Whether the first list is in the cache. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Seconds since the loop last did anything, successful or not. Grows without end only if the loop is stuck. */
  get secondsSinceProgress(): number {
    return (performance.now() - this.#lastProgress) / 1000;
  }

  /** Calls `listener` for every change from now on, in order. What it throws is logged and goes no further. */
  subscribe(listener: (change: ObjectChange) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Resolves after the first complete list. */
  whenSynced(): Promise<void> {
    return this.#firstList.promise;
  }

  /** See `ObjectStore.noteOwnWrite`; listeners hear of it, as another controller may wait for this object. */
  noteOwnWrite(object: KubernetesObject): void {
    this.#publish(this.store.noteOwnWrite(object));
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#lastProgress = performance.now();
      const waitSeconds = this.#version === undefined ? await this.#list() : await this.#watch(this.#version);
      this.#lastProgress = performance.now();
      if (waitSeconds > 0) await pause(waitSeconds, this.#stopping.signal);
    }
  }

  /** Returns the seconds to wait before the next step. */
  async #list(): Promise<number> {
    this.#dependencies.metrics.relists.inc({ kind: this.scope.type.kind, cause: this.#relistCause });
    try {
      const list = await listPages(this.#dependencies.rest, this.scope, this.#stopping.signal);
      this.#publish(this.store.replace(list.objects, list.resourceVersion));
      this.#version = list.resourceVersion;
      this.#logger.debug({ objects: this.store.size, cause: this.#relistCause }, "Listed");
      this.#isSynced = true;
      this.#firstList.resolve();
      return 0;
    } catch (error) {
      return this.#failed(error, "Failed to list");
    }
  }

  async #watch(version: string): Promise<number> {
    const openedAt = performance.now();
    let received = 0;
    try {
      const events = openWatch(this.#dependencies.rest, {
        ...this.scope,
        version,
        timeoutSeconds: this.#watchSeconds(),
        idleSeconds: this.#timing.idle,
        signal: this.#stopping.signal,
      });
      for await (const event of events) {
        received += 1;
        this.#take(event);
      }
      const hasWorked = received > 0 || performance.now() - openedAt > 1000;
      return this.#restart("ended", hasWorked ? 0 : this.#nextBackoff());
    } catch (error) {
      if (this.#stopping.signal.aborted) return 0;
      if (received > 0) this.#failures = 0;
      return this.#afterFailure(error);
    }
  }

  #take(event: WatchEvent): void {
    this.#lastProgress = performance.now();
    this.#failures = 0;
    if (event.type !== "BOOKMARK") this.#isQuiet = false;
    if (event.type === "BOOKMARK") this.store.observeVersion(event.object.metadata.resourceVersion);
    else if (event.type === "DELETED") this.#publish(this.store.remove(event.object));
    else this.#publish(this.store.upsert(event.object));
    // Only after the store has it: whatever fails before is watched again.
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
  }

  #afterFailure(error: unknown): number {
    if (isKubernetesError(error, "Gone")) {
      this.#relist("gone");
      return this.#restart("gone", this.#nextBackoff() * Math.min(this.#failures - 1, 1));
    }
    if (error instanceof WatchIdleError) {
      // A healthy server ends a quiet watch before the idle deadline, so silence through one of those is a fault.
      const wasQuiet = this.#isQuiet;
      this.#isQuiet = true;
      return this.#restart("idle", wasQuiet ? this.#failed(error, "The watch was silent for too long") : 0);
    }
    return this.#restart("error", this.#failed(error, "The watch failed"));
  }

  #failed(error: unknown, message: string): number {
    if (this.#stopping.signal.aborted) return 0;
    const backoff = this.#nextBackoff();
    if (this.#failures >= FAILURES_BEFORE_RELIST) this.#relist("failures");
    const retryAfter = error instanceof KubernetesError ? (error.retryAfterSeconds ?? 0) : 0;
    const waitSeconds = Math.max(backoff, retryAfter);
    this.#logger.warn({ err: error, failures: this.#failures, waitSeconds }, message);
    return waitSeconds;
  }

  #relist(cause: string): void {
    this.#version = undefined;
    this.#relistCause = cause;
  }

  #restart(cause: RestartCause, waitSeconds: number): number {
    this.#dependencies.metrics.watchRestarts.inc({ kind: this.scope.type.kind, cause });
    if (cause === "ended" && waitSeconds === 0) this.#failures = 0;
    return waitSeconds;
  }

  #nextBackoff(): number {
    this.#failures += 1;
    const { backoffBase, backoffMax } = this.#timing;
    return backoffSeconds({ baseSeconds: backoffBase, maxSeconds: backoffMax }, this.#failures);
  }

  #watchSeconds(): number {
    if (this.#isQuiet) return this.#timing.quietWatch;
    const [from, to] = this.#timing.busyWatch;
    return Math.round(from + Math.random() * (to - from));
  }

  #publish(changes: readonly ObjectChange[]): void {
    for (const change of changes) {
      if (change.kind === "added")
        this.#dependencies.metrics.cachedObjects.inc({ kind: this.scope.type.kind });
      if (change.kind === "deleted")
        this.#dependencies.metrics.cachedObjects.dec({ kind: this.scope.type.kind });
      for (const listener of this.#listeners) this.#call(listener, change);
    }
  }

  #call(listener: (change: ObjectChange) => void, change: ObjectChange): void {
    try {
      listener(change);
    } catch (error) {
      this.#logger.error({ err: error, name: change.object.metadata.name }, "A watch's listener threw");
    }
  }
}
