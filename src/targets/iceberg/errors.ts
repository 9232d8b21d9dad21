/** A catalog's errors, classified once: what the runtime should do about them, and a message for the resource's condition. */
import { TerminalError, TransientError, WaitingError } from "../../runtime/errors.ts";
import type { Reason } from "../../api/reasons.ts";
import { scrub } from "../../platform/secret.ts";
import type { CatalogSettings } from "../../platform/catalog.ts";
import { secretsOf } from "../../platform/catalog.ts";

const REFUSED_RETRY_SECONDS = 30;
const BUSY_RETRY_SECONDS = 5;
const CONFLICT_RETRY_SECONDS = 1;
const MAX_SAID_LENGTH = 500;

/** A refusal as the catalog put it. */
export interface CatalogAnswer {
  readonly status: number;
  /** Name of the error class in Iceberg's own implementation, like `NoSuchTableException`; not all catalogs send it. */
  readonly type: string;
  readonly message: string;
}

/** Answers that a later try may turn into success. All others pass by themselves or never. */
const WAITING: ReadonlyMap<number, { readonly reason: Reason; readonly retryAfterSeconds: number }> = new Map(
  [
    [401, { reason: "Unauthorized", retryAfterSeconds: REFUSED_RETRY_SECONDS }],
    [403, { reason: "Unauthorized", retryAfterSeconds: REFUSED_RETRY_SECONDS }],
    [404, { reason: "CatalogUnreachable", retryAfterSeconds: REFUSED_RETRY_SECONDS }],
    [409, { reason: "NotSettled", retryAfterSeconds: CONFLICT_RETRY_SECONDS }],
    [419, { reason: "Unauthorized", retryAfterSeconds: REFUSED_RETRY_SECONDS }],
    [429, { reason: "CatalogUnreachable", retryAfterSeconds: BUSY_RETRY_SECONDS }],
    [503, { reason: "CatalogUnreachable", retryAfterSeconds: BUSY_RETRY_SECONDS }],
  ],
);

/** The catalog understood and will never agree. */
const INVALID: ReadonlySet<number> = new Set([400, 406, 422]);

/** Class and reason of an answer that is no success. `doing` completes "while …". */
export function answerToError(answer: CatalogAnswer, settings: CatalogSettings, doing: string): Error {
  const said =
    scrub(answer.message || answer.type, secretsOf(settings)).slice(0, MAX_SAID_LENGTH) || "no details";
  const message = `the catalog at ${settings.uri} answered ${answer.status} while ${doing}: ${said}`;
  const waiting = WAITING.get(answer.status);
  if (waiting !== undefined) return new WaitingError(waiting.reason, message, waiting);
  if (INVALID.has(answer.status)) return new TerminalError("InvalidSpec", message);
  // Also 500, 502 and 504 after a commit, whose outcome is then unknown: the next pass reads what became of it.
  return new TransientError("CatalogUnreachable", message);
}

/** Class of a failure without an answer. */
export function failureToError(error: unknown, settings: CatalogSettings): Error {
  const said = scrub(wordsOf(error), secretsOf(settings));
  return new WaitingError("CatalogUnreachable", `the catalog at ${settings.uri} is unreachable: ${said}`, {
    cause: error,
  });
}

/** An answer that is not what the protocol says. */
export function unreadableAnswer(settings: CatalogSettings, doing: string, cause?: unknown): Error {
  const message = `the catalog at ${settings.uri} answered something that is not the Iceberg REST protocol while ${doing}`;
  return new TransientError("CatalogUnreachable", message, { cause });
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [];
  const first = errors.find((inner) => inner instanceof Error);
  const { code } = error as { code?: unknown };
  return (
    error.message ||
    (first instanceof Error ? first.message : "") ||
    (typeof code === "string" ? code : error.name)
  );
}
