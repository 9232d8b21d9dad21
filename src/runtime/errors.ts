/**
 * The three classes of failure of a reconcile. The class decides condition, log level, Event and requeue, in one
 * place (the driver). Tested by symbol along the `cause` chain, so that a class survives wrapping.
 */
import type { Reason } from "../api/reasons.ts";

const TERMINAL = Symbol.for("openclickstream.io/terminal-error");
const WAITING = Symbol.for("openclickstream.io/waiting-error");
const TRANSIENT = Symbol.for("openclickstream.io/transient-error");

/** Seconds until a `WaitingError` that names no other time is tried again. */
export const DEFAULT_RETRY_AFTER_SECONDS = 10;

/** Only a changed spec (or something else that a person does) can help: Stalled, tried again only at the resync. */
export class TerminalError extends Error {
  readonly [TERMINAL] = true as const;
  readonly reason: Reason;
  /** Path of the field at fault, like `spec.columns[2].type`. */
  readonly field: string | undefined;

  constructor(reason: Reason, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, causeOf(options));
    this.name = "TerminalError";
    this.reason = reason;
    this.field = options.field;
  }
}

/** A known dependency is not there yet: tried again after `retryAfterSeconds`, or when a watch wakes the key. Not logged as an error. */
export class WaitingError extends Error {
  readonly [WAITING] = true as const;
  readonly reason: Reason;
  readonly retryAfterSeconds: number;

  constructor(
    reason: Reason,
    message: string,
    options: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, causeOf(options));
    this.name = "WaitingError";
    this.reason = reason;
    this.retryAfterSeconds = options.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS;
  }
}

/** Everything else that may pass by itself: tried again with exponential back-off. An unclassified error is treated as this with reason `InternalError`. */
export class TransientError extends Error {
  readonly [TRANSIENT] = true as const;
  readonly reason: Reason;

  constructor(reason: Reason, message: string, options: { cause?: unknown } = {}) {
    super(message, causeOf(options));
    this.name = "TransientError";
    this.reason = reason;
  }
}

/** A phase that writes has done a part of its work: that part shows in the status, and `cause` says why there is no more. */
export class PartlyApplied<Applied> extends Error {
  readonly applied: Applied;

  constructor(applied: Applied, cause: Error) {
    super(cause.message, { cause });
    this.name = "PartlyApplied";
    this.applied = applied;
  }
}

/** The outermost terminal error of the chain of causes. */
export function findTerminalError(error: unknown): TerminalError | undefined {
  return find<TerminalError>(error, TERMINAL);
}

/** The outermost waiting error of the chain of causes. */
export function findWaitingError(error: unknown): WaitingError | undefined {
  return find<WaitingError>(error, WAITING);
}

/** The outermost transient error of the chain of causes. */
export function findTransientError(error: unknown): TransientError | undefined {
  return find<TransientError>(error, TRANSIENT);
}

/** Reason of the outermost error of the chain of causes that has a class; without one `InternalError`. */
export function reasonOfError(error: unknown): Reason {
  for (const candidate of causeChain(error)) {
    const classes = [
      findTerminalError(candidate),
      findWaitingError(candidate),
      findTransientError(candidate),
    ];
    const own = classes.find((found) => found === candidate);
    if (own !== undefined) return own.reason;
  }
  return "InternalError";
}

/** Whether a terminal error is anywhere in the chain of causes. */
export function isTerminalError(error: unknown): boolean {
  return findTerminalError(error) !== undefined;
}

function causeOf(options: { cause?: unknown }): ErrorOptions | undefined {
  return options.cause === undefined ? undefined : { cause: options.cause };
}

/** The limit is for cyclic chains, such as a retried request that names itself as its cause. */
const MAX_CAUSES = 16;

/** The error itself, its cause, the cause's cause and so on; objects only. */
export function* causeChain(error: unknown): Generator<object> {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES; depth += 1) {
    if (typeof current !== "object" || current === null) return;
    yield current;
    current = (current as { cause?: unknown }).cause;
  }
}

function find<Found>(error: unknown, brand: symbol): Found | undefined {
  for (const candidate of causeChain(error)) {
    if (brand in candidate) return candidate as Found;
  }
  return undefined;
}
