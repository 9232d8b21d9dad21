/**
 * The work queue of one controller. Pure of I/O; time comes from the timers and `performance.now`.
 *
 *     add ──▶ due (one entry a key, namespaces take turns) ──▶ active ──┬─▶ forgotten, or scheduled for later
 *      ▲                                                 add while active └─▶ due again at once
 *      └── schedule: at most one time a key; an earlier one wins
 *
 * A key is never lost, never twice in the queue, and never runs twice at once.
 */
import { backoffSeconds } from "./backoff.ts";
import type { BackoffLimits } from "./backoff.ts";
import { DueKeys } from "./due-keys.ts";
import { formatKey } from "../../api/objects.ts";
import type { ResourceKey } from "../../api/objects.ts";

/** When a key wants to run again. `forget` ends its back-off too, `retry` counts one more failure. */
export type NextPass =
  | { readonly kind: "forget" }
  | { readonly kind: "after"; readonly seconds: number }
  | { readonly kind: "retry"; readonly atLeastSeconds?: number };

export interface QueueObserver {
  /** A pass begins; seconds since the key was due. */
  started(waitSeconds: number): void;
}

export interface QueueOptions {
  readonly concurrency: number;
  /** Must not throw; if it does, the key is retried with back-off. */
  readonly process: (key: ResourceKey) => Promise<NextPass>;
  readonly backoff?: BackoffLimits;
  readonly observer?: QueueObserver;
}

const DEFAULT_RETRY_LIMITS: BackoffLimits = { baseSeconds: 0.5, maxSeconds: 60 };

/**
 * A key may start this often in a row, then once every `REFILL_SECONDS`: two parties that revert each other's writes then
 * cost a pass every other second and not a core.
 */
const BURST = 20;
const REFILL_SECONDS = 2;

interface KeyState {
  readonly key: ResourceKey;
  isActive: boolean;
  /** Asked for while active. */
  isDirty: boolean;
  failures: number;
  dueSince: number;
  startedAt: number;
  tokens: number;
  refilledAt: number;
  timer: NodeJS.Timeout | undefined;
  timerAt: number;
}

export class WorkQueue {
  readonly #options: QueueOptions;
  readonly #states = new Map<string, KeyState>();
  readonly #due = new DueKeys();
  readonly #idleWaiters: (() => void)[] = [];
  #active = 0;
  #delayed = 0;
  #isRunning = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Keys that are due and wait for a worker. */
  get depth(): number {
    return this.#due.size;
  }

  get active(): number {
    return this.#active;
  }

  /** Keys that have a time for their next pass. */
  get delayed(): number {
    return this.#delayed;
  }

  /** Age in seconds of the longest running pass, 0 when none runs. */
  get oldestActiveSeconds(): number {
    let oldest = 0;
    for (const state of this.#states.values()) {
      if (state.isActive) oldest = Math.max(oldest, (performance.now() - state.startedAt) / 1000);
    }
    return oldest;
  }

  /** Begins to run keys, those added before too. */
  start(): void {
    this.#isRunning = true;
    this.#pump();
  }

  /** Wants a pass as soon as possible. Idempotent; while the key runs it means one more pass after this one. */
  add(key: ResourceKey): void {
    const state = this.#stateOf(key);
    if (state.isActive) {
      state.isDirty = true;
      return;
    }
    const waitSeconds = this.#secondsUntilToken(state);
    if (waitSeconds > 0) {
      this.#schedule(state, waitSeconds);
      return;
    }
    this.#enqueue(state);
    this.#pump();
  }

  /** Wants a pass after `seconds`, unless one is due before. */
  addAfter(key: ResourceKey, seconds: number): void {
    const state = this.#stateOf(key);
    if (!state.isActive && this.#due.has(key)) return;
    this.#schedule(state, seconds);
  }

  /** Starts no more keys; resolves when the running ones have ended or `graceSeconds` are over. True if all ended. */
  async drain(graceSeconds: number): Promise<boolean> {
    this.#isRunning = false;
    for (const state of this.#states.values()) this.#clearTimer(state);
    if (this.#active === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), graceSeconds * 1000);
      this.#idleWaiters.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #stateOf(key: ResourceKey): KeyState {
    const text = formatKey(key);
    const held = this.#states.get(text);
    if (held !== undefined) return held;
    const state: KeyState = {
      key,
      isActive: false,
      isDirty: false,
      failures: 0,
      dueSince: 0,
      startedAt: 0,
      tokens: BURST,
      refilledAt: performance.now(),
      timer: undefined,
      timerAt: Number.POSITIVE_INFINITY,
    };
    this.#states.set(text, state);
    return state;
  }

  #enqueue(state: KeyState): void {
    this.#clearTimer(state);
    if (this.#due.add(state.key)) state.dueSince = performance.now();
  }

  #schedule(state: KeyState, seconds: number): void {
    const at = performance.now() + seconds * 1000;
    if (state.timerAt <= at) return;
    this.#clearTimer(state);
    state.timerAt = at;
    this.#delayed += 1;
    state.timer = setTimeout(() => {
      this.#clearTimer(state);
      if (state.isActive) state.isDirty = true;
      else this.#enqueue(state);
      this.#pump();
    }, seconds * 1000);
  }

  #clearTimer(state: KeyState): void {
    if (state.timer === undefined) return;
    clearTimeout(state.timer);
    state.timer = undefined;
    state.timerAt = Number.POSITIVE_INFINITY;
    this.#delayed -= 1;
  }

  #pump(): void {
    while (this.#isRunning && this.#active < this.#options.concurrency) {
      const key = this.#due.take();
      if (key === undefined) return;
      void this.#run(this.#stateOf(key));
    }
  }

  async #run(state: KeyState): Promise<void> {
    this.#begin(state);
    let next: NextPass;
    try {
      next = await this.#options.process(state.key);
    } catch {
      next = { kind: "retry" };
    }
    this.#end(state, next);
  }

  #begin(state: KeyState): void {
    this.#active += 1;
    state.isActive = true;
    state.isDirty = false;
    state.startedAt = performance.now();
    this.#takeToken(state);
    this.#options.observer?.started((state.startedAt - state.dueSince) / 1000);
  }

  #end(state: KeyState, next: NextPass): void {
    this.#active -= 1;
    state.isActive = false;
    state.failures = next.kind === "retry" ? state.failures + 1 : 0;
    if (this.#isRunning) {
      this.#scheduleNext(state, next);
      if (state.isDirty) this.add(state.key);
    }
    this.#forgetIfIdle(state);
    this.#pump();
    if (this.#active === 0) for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  #scheduleNext(state: KeyState, next: NextPass): void {
    if (next.kind === "after") this.#schedule(state, next.seconds);
    if (next.kind !== "retry") return;
    const backoff = backoffSeconds(this.#options.backoff ?? DEFAULT_RETRY_LIMITS, state.failures);
    this.#schedule(state, Math.max(backoff, next.atLeastSeconds ?? 0));
  }

  #forgetIfIdle(state: KeyState): void {
    const isWanted = state.isActive || state.timer !== undefined || this.#due.has(state.key);
    if (!isWanted) this.#states.delete(formatKey(state.key));
  }

  #secondsUntilToken(state: KeyState): number {
    this.#refill(state);
    return state.tokens >= 1 ? 0 : (1 - state.tokens) * REFILL_SECONDS;
  }

  #takeToken(state: KeyState): void {
    this.#refill(state);
    state.tokens = Math.max(state.tokens - 1, 0);
  }

  #refill(state: KeyState): void {
    const now = performance.now();
    state.tokens = Math.min(state.tokens + (now - state.refilledAt) / 1000 / REFILL_SECONDS, BURST);
    state.refilledAt = now;
  }
}
