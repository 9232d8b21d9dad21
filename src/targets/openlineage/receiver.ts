/** Sends OpenLineage events over HTTP. One that does not answer is left alone for a while: whoever has something to tell does not wait for it. */
import type { LineageSettings } from "../../platform/lineage.ts";
import { secretsOf } from "../../platform/lineage.ts";
import { scrub } from "../../platform/secret.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { JsonAnswer } from "../http/json-client.ts";
import { JsonClient } from "../http/json-client.ts";
import type { LineageEvent } from "./event.ts";

/** What became of an event. */
export type Delivery =
  | { readonly outcome: "taken" }
  /** The receiver understood and will never take it. */
  | { readonly outcome: "refused"; readonly message: string }
  /** To be sent again. */
  | { readonly outcome: "away"; readonly error: Error };

/** A receiver of events. Tests give another implementation. */
export interface LineageReceiver {
  /** Whether somebody answers there. Throws errors of the runtime's classes. */
  probe(signal: AbortSignal): Promise<void>;
  /** Throws only when the permit is gone. */
  send(event: LineageEvent, permit: WritePermit): Promise<Delivery>;
  close(): Promise<void>;
}

/** As the clients of OpenLineage wait. */
const REQUEST_TIMEOUT_MILLISECONDS = 5000;
/** How long a receiver that did not answer is left alone. */
const PAUSE_MILLISECONDS = 30_000;
const MAX_SAID_LENGTH = 300;

/** Answers that say that the event itself is at fault. */
const REFUSALS: ReadonlySet<number> = new Set([400, 406, 409, 410, 411, 413, 415, 422]);

/** `now` is in milliseconds and never goes back. */
export function createLineageReceiver(
  settings: LineageSettings,
  now: () => number = () => performance.now(),
): LineageReceiver {
  return new HttpReceiver(settings, now);
}

class HttpReceiver implements LineageReceiver {
  readonly #settings: LineageSettings;
  readonly #now: () => number;
  readonly #http: JsonClient;
  #away: { readonly error: Error; readonly until: number } | undefined;

  constructor(settings: LineageSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
    this.#http = new JsonClient({ certificateAuthority: settings.certificateAuthority });
  }

  /** No request of OpenLineage only asks. One that the path does not know all the same tells that somebody listens, and takes the token. */
  async probe(signal: AbortSignal): Promise<void> {
    const answer = await this.#exchange("GET", { signal });
    const error = probeProblem(answer, this.#settings);
    if (error !== undefined) throw error;
    this.#away = undefined;
  }

  async send(event: LineageEvent, { signal, assertMayWrite }: WritePermit): Promise<Delivery> {
    const away = this.#away;
    if (away !== undefined && this.#now() < away.until) return { outcome: "away", error: away.error };
    assertMayWrite();
    const delivery = deliveryOf(
      await this.#exchange("POST", { signal, body: JSON.stringify(event) }),
      this.#settings,
    );
    this.#away =
      delivery.outcome === "away"
        ? { error: delivery.error, until: this.#now() + PAUSE_MILLISECONDS }
        : undefined;
    return delivery;
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #exchange(
    method: "GET" | "POST",
    { signal, body }: { readonly signal: AbortSignal; readonly body?: string },
  ): Promise<JsonAnswer> {
    const { url, token } = this.#settings;
    return this.#http.send(url, {
      method,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(token !== undefined && { authorization: `Bearer ${token.reveal()}` }),
      },
      ...(body !== undefined && { body }),
      signal,
      timeoutMilliseconds: REQUEST_TIMEOUT_MILLISECONDS,
    });
  }
}

/** An answer of any form is one: receivers differ in what they say to what they took. */
function deliveryOf(answer: JsonAnswer, settings: LineageSettings): Delivery {
  if (answer.ok || (answer.status >= 200 && answer.status < 300)) return { outcome: "taken" };
  const message = saidBy(answer, settings);
  return REFUSALS.has(answer.status)
    ? { outcome: "refused", message }
    : { outcome: "away", error: awayError(answer.status, message) };
}

/** A path that takes events need not know how to answer `GET`. */
function probeProblem(answer: JsonAnswer, settings: LineageSettings): Error | undefined {
  const { status } = answer;
  if (answer.ok || (status > 0 && status < 500 && status !== 401 && status !== 403)) return undefined;
  return awayError(status, saidBy(answer, settings));
}

function awayError(status: number, message: string): WaitingError {
  const advice = ADVICE.get(status);
  const isUnauthorized = status === 401 || status === 403;
  return new WaitingError(
    isUnauthorized ? "Unauthorized" : "LineageUnreachable",
    advice === undefined ? message : `${message}; ${advice}`,
  );
}

const WRONG_TOKEN = "correct the Secret that spec.lineage.credentialsSecretRef of the DataPlatform names";
const WRONG_PATH = "spec.lineage.uri and endpoint of the DataPlatform must be where it takes events";
const ADVICE: ReadonlyMap<number, string> = new Map([
  [401, WRONG_TOKEN],
  [403, WRONG_TOKEN],
  [404, WRONG_PATH],
  [405, WRONG_PATH],
]);

function saidBy(answer: Extract<JsonAnswer, { ok: false }>, settings: LineageSettings): string {
  const at = `the receiver of lineage at ${settings.url}`;
  if (answer.status === 0) return `${at} is unreachable: ${answer.message}`;
  const body = answer.body === undefined ? "" : JSON.stringify(answer.body);
  const said = scrub(body, secretsOf(settings)).slice(0, MAX_SAID_LENGTH);
  return `${at} answered ${answer.status}${said === "" ? "" : `: ${said}`}`;
}
