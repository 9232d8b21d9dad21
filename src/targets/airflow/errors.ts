/** Airflow's errors, classified once: what the runtime should do about them, and a message for the resource's condition. */
import type { AirflowSettings } from "../../platform/airflow.ts";
import { secretsOf } from "../../platform/airflow.ts";
import { scrub } from "../../platform/secret.ts";
import type { Reason } from "../../api/reasons.ts";
import { TerminalError, TransientError, WaitingError } from "../../runtime/errors.ts";

const REFUSED_RETRY_SECONDS = 30;
const BUSY_RETRY_SECONDS = 5;
const MAX_SAID_LENGTH = 500;

/** An answer that is no success. `status` is 0 without one. */
export interface AirflowRefusal {
  readonly status: number;
  /** What kept the answer away, or was wrong with it. */
  readonly message: string;
  /** What Airflow said, where that was JSON. */
  readonly body?: unknown;
}

interface Advice {
  readonly reason: Reason;
  readonly retryAfterSeconds: number;
  readonly advice?: string;
}

const WRONG_ADDRESS: Advice = {
  reason: "AirflowUnreachable",
  retryAfterSeconds: REFUSED_RETRY_SECONDS,
  advice: "spec.airflow.uri must be the base address of an Airflow 3, without /api/v2",
};

/** Answers that a later try may turn into success. All others pass by themselves or never. */
const WAITING: ReadonlyMap<number, Advice> = new Map([
  [
    401,
    {
      reason: "Unauthorized",
      retryAfterSeconds: REFUSED_RETRY_SECONDS,
      advice: "correct the Secret that spec.airflow.credentialsSecretRef of the DataPlatform names",
    },
  ],
  [
    403,
    {
      reason: "Unauthorized",
      retryAfterSeconds: REFUSED_RETRY_SECONDS,
      advice: "give the user of spec.airflow a role that may edit, trigger and delete DAGs",
    },
  ],
  [404, WRONG_ADDRESS],
  [405, WRONG_ADDRESS],
  [429, { reason: "AirflowUnreachable", retryAfterSeconds: BUSY_RETRY_SECONDS }],
  [503, { reason: "AirflowUnreachable", retryAfterSeconds: BUSY_RETRY_SECONDS }],
]);

/** Airflow understood and will never agree. 409 is one where the caller has no better reading of it. */
const INVALID: ReadonlySet<number> = new Set([400, 409, 422]);

/** Class and reason of an answer that is no success. `doing` completes "while …". */
export function answerToError(refusal: AirflowRefusal, settings: AirflowSettings, doing: string): Error {
  const { status } = refusal;
  const at = `Airflow at ${settings.uri}`;
  if (status === 0) return new WaitingError("AirflowUnreachable", `${at} is unreachable: ${refusal.message}`);
  if (status < 300) return unreadableAnswer(settings, doing);
  const message = `${at} answered ${status} while ${doing}: ${saidBy(refusal, settings)}`;
  const waiting = WAITING.get(status);
  if (waiting !== undefined) {
    const { reason, advice } = waiting;
    return new WaitingError(reason, advice === undefined ? message : `${message}; ${advice}`, waiting);
  }
  if (INVALID.has(status)) return new TerminalError("InvalidSpec", message);
  // Also 500, 502 and 504 after a change, whose outcome is then unknown: the next pass reads what became of it.
  return new TransientError("AirflowUnreachable", message);
}

/** An answer that is not what REST v2 says. */
export function unreadableAnswer(settings: AirflowSettings, doing: string, cause?: unknown): Error {
  const message = `Airflow at ${settings.uri} answered something that is not its REST API v2 while ${doing}`;
  return new TransientError("AirflowUnreachable", message, { cause });
}

/** What Airflow gives as `detail`: a sentence, or a list of what is wrong with a request. */
export function detailOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("detail" in body)) return undefined;
  return typeof body.detail === "string" ? body.detail : JSON.stringify(body.detail);
}

function saidBy({ body }: AirflowRefusal, settings: AirflowSettings): string {
  const said = scrub(detailOf(body) ?? "", secretsOf(settings)).slice(0, MAX_SAID_LENGTH);
  return said === "" ? "no details" : said;
}
