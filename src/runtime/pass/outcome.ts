/** Turns what a pass threw or said into its outcome: the one place where classes of errors are decided. Pure. */
import type { PassError, StatusResult } from "../controller.ts";
import { causeChain, findTerminalError, findTransientError, findWaitingError } from "../errors.ts";
import { KubernetesError } from "../http/kubernetes-client.ts";
import type { KubernetesErrorCode } from "../http/kubernetes-client.ts";
import { messageOf, shorten } from "../../api/text.ts";
import type { Reason } from "../../api/reasons.ts";
import { scrub } from "./scrub.ts";

/** How a pass ended, as conditions, Events, metrics and the queue see it. */
export interface Outcome {
  readonly class: "success" | "waiting" | "terminal" | "transient";
  readonly reason: Reason;
  readonly message: string;
  /** Waiting: the time it asked for. Transient: what the server asked for. Success: the kind's own rhythm. */
  readonly afterSeconds?: number;
}

const FORBIDDEN_RETRY_SECONDS = 30;
const TERMINATING_RETRY_SECONDS = 10;
const WAITING_RETRY_SECONDS = 10;
const MAX_MESSAGE_LENGTH = 1024;

/** An error of a phase with its class; `secrets` are taken out of the message. */
export type ClassifiedError = PassError & { readonly afterSeconds?: number };

/** Classifies by the outermost error of the chain that has a class; what has none is transient. */
export function classifyError(error: unknown, secrets: Iterable<string>): ClassifiedError {
  const classified = classOf(error);
  return { ...classified, message: tidy(classified.message, secrets), cause: error };
}

/** The outcome of a pass without finalization, from its error and the controller's verdict. */
export function outcomeOf(
  error: ClassifiedError | undefined,
  verdict: Pick<StatusResult<never>, "ready" | "waiting" | "terminal" | "requeueAfterSeconds">,
  secrets: Iterable<string>,
): Outcome {
  if (error !== undefined) return withTime(error, error.afterSeconds);
  if (verdict.terminal !== undefined) {
    return {
      class: "terminal",
      reason: verdict.terminal.reason,
      message: tidy(verdict.terminal.message, secrets),
    };
  }
  if (verdict.waiting !== undefined) {
    const { reason, message, retryAfterSeconds } = verdict.waiting;
    return {
      class: "waiting",
      reason,
      message: tidy(message, secrets),
      afterSeconds: retryAfterSeconds ?? WAITING_RETRY_SECONDS,
    };
  }
  const message = tidy(verdict.ready?.message ?? "the spec is in effect", secrets);
  return withTime({ class: "success", reason: "Succeeded", message }, verdict.requeueAfterSeconds);
}

type Classification = Omit<ClassifiedError, "cause">;

function classOf(error: unknown): Classification {
  for (const candidate of causeChain(error)) {
    const own = ownClassOf(candidate, messageOf(error));
    if (own !== undefined) return own;
  }
  return { class: "transient", reason: "InternalError", message: messageOf(error) };
}

/** Class of this very error, without its causes. The message is that of the whole chain's head, which says most. */
function ownClassOf(candidate: object, message: string): Classification | undefined {
  if (candidate instanceof KubernetesError) return classOfKubernetesError(candidate, message);
  const terminal = findTerminalError(candidate);
  if (terminal === candidate) return { class: "terminal", reason: terminal.reason, message };
  const waiting = findWaitingError(candidate);
  if (waiting === candidate) {
    return { class: "waiting", reason: waiting.reason, message, afterSeconds: waiting.retryAfterSeconds };
  }
  const transient = findTransientError(candidate);
  return transient === candidate ? { class: "transient", reason: transient.reason, message } : undefined;
}

type Rule = Pick<ClassifiedError, "class" | "reason" | "afterSeconds">;

const API_UNAVAILABLE: Rule = { class: "transient", reason: "ApiUnavailable" };
const NOT_ALLOWED: Rule = { class: "waiting", reason: "Unauthorized", afterSeconds: FORBIDDEN_RETRY_SECONDS };

const KUBERNETES_RULES: Readonly<Record<KubernetesErrorCode, Rule>> = {
  Invalid: { class: "terminal", reason: "InvalidSpec" },
  Forbidden: NOT_ALLOWED,
  Unauthorized: NOT_ALLOWED,
  NamespaceTerminating: { class: "waiting", reason: "Deleting", afterSeconds: TERMINATING_RETRY_SECONDS },
  NotFound: API_UNAVAILABLE,
  Conflict: API_UNAVAILABLE,
  AlreadyExists: API_UNAVAILABLE,
  Gone: API_UNAVAILABLE,
  TooManyRequests: API_UNAVAILABLE,
  Unavailable: API_UNAVAILABLE,
  Aborted: API_UNAVAILABLE,
  Unexpected: API_UNAVAILABLE,
};

function classOfKubernetesError(error: KubernetesError, message: string): Classification {
  const { class: class_, reason, afterSeconds } = KUBERNETES_RULES[error.code];
  const classified = { class: class_, reason, message };
  return withTime(classified, error.retryAfterSeconds ?? afterSeconds);
}

function withTime<T extends object>(
  outcome: T,
  afterSeconds: number | undefined,
): T & { afterSeconds?: number } {
  return afterSeconds === undefined ? outcome : { ...outcome, afterSeconds };
}

function tidy(message: string, secrets: Iterable<string>): string {
  return shorten(scrub(message, secrets), MAX_MESSAGE_LENGTH);
}
