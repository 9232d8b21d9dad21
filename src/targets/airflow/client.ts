/** Requests to one Airflow over its REST API v2, with a token that is got for user name and password and renewed when Airflow refuses it. */
import { z } from "zod";
import type { AirflowSettings } from "../../platform/airflow.ts";
import type { JsonAnswer } from "../http/json-client.ts";
import { JsonClient } from "../http/json-client.ts";
import { answerToError, detailOf, unreadableAnswer } from "./errors.ts";

/** Triggering a DAG of many tasks takes the api-server some seconds on a busy machine. */
const REQUEST_TIMEOUT_MILLISECONDS = 15_000;
/** A page of a hundred runs, or of import errors with their traces. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface AirflowRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Path after `/api/v2/`; `apiPath` makes it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Completes "while …" in an error's message. */
  readonly doing: string;
  readonly signal: AbortSignal;
  /** Of a change: asked right before it is sent; throws when it may not be. */
  readonly assertMayWrite?: () => void;
}

/** `missing`: Airflow said that there is no such thing. `exists`: that there is one already, or that it is in the way. */
export type AirflowResult =
  | { readonly outcome: "done"; readonly body: unknown }
  | { readonly outcome: "missing"; readonly error: Error }
  | { readonly outcome: "exists"; readonly error: Error };

const tokenAnswer = z.object({ access_token: z.string().min(1) });

/** Connects at the first request. Every method throws errors of the runtime's classes. */
export class AirflowClient {
  readonly settings: AirflowSettings;
  readonly #base: string;
  readonly #http: JsonClient;
  #token: string | undefined;

  constructor(settings: AirflowSettings) {
    this.settings = settings;
    this.#base = settings.uri.replace(/\/+$/, "");
    const { certificateAuthority } = settings;
    this.#http = new JsonClient({ certificateAuthority, maxAnswerBytes: MAX_ANSWER_BYTES });
  }

  async send(wanted: AirflowRequest): Promise<AirflowResult> {
    const answer = await this.#exchange(wanted);
    if (answer.ok) return { outcome: "done", body: answer.body };
    const error = answerToError(answer, this.settings, wanted.doing);
    if (answer.status === 404 && isAboutThing(answer.body)) return { outcome: "missing", error };
    if (answer.status === 409) return { outcome: "exists", error };
    throw error;
  }

  /** Like `send`, but anything else than success is thrown, and so is an answer of another form. */
  async demand<Schema extends z.ZodType>(wanted: AirflowRequest, schema: Schema): Promise<z.output<Schema>> {
    const result = await this.send(wanted);
    if (result.outcome !== "done") throw result.error;
    return this.parse(result.body, wanted, schema);
  }

  /** The body of an answer; throws where it is of another form. */
  parse<Schema extends z.ZodType>(
    body: unknown,
    { doing }: Pick<AirflowRequest, "doing">,
    schema: Schema,
  ): z.output<Schema> {
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw unreadableAnswer(this.settings, doing, parsed.error);
    return parsed.data;
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #exchange(wanted: AirflowRequest): Promise<JsonAnswer> {
    const token = this.#token ?? (await this.#fetchToken(wanted.signal));
    const first = await this.#once(wanted, token);
    if (first.ok || first.status !== 401) return first;
    if (this.#token === token) this.#token = undefined;
    return this.#once(wanted, this.#token ?? (await this.#fetchToken(wanted.signal)));
  }

  async #once({ assertMayWrite, ...wanted }: AirflowRequest, token: string): Promise<JsonAnswer> {
    const query = new URLSearchParams(wanted.query).toString();
    assertMayWrite?.();
    return this.#http.send(`${this.#base}/api/v2/${wanted.path}${query === "" ? "" : `?${query}`}`, {
      method: wanted.method,
      headers: { ...JSON_HEADERS, authorization: `Bearer ${token}` },
      ...(wanted.body !== undefined && { body: JSON.stringify(wanted.body) }),
      signal: wanted.signal,
      timeoutMilliseconds: REQUEST_TIMEOUT_MILLISECONDS,
    });
  }

  async #fetchToken(signal: AbortSignal): Promise<string> {
    const doing = "asking for a token";
    const { username, password } = this.settings;
    const answer = await this.#http.send(`${this.#base}/auth/token`, {
      method: "POST",
      headers: JSON_HEADERS,
      body: JSON.stringify({ username: username.reveal(), password: password.reveal() }),
      signal,
      timeoutMilliseconds: REQUEST_TIMEOUT_MILLISECONDS,
    });
    if (!answer.ok) throw answerToError(answer, this.settings, doing);
    this.#token = this.parse(answer.body, { doing }, tokenAnswer).access_token;
    return this.#token;
  }
}

const JSON_HEADERS = { accept: "application/json", "content-type": "application/json" } as const;

/** A path of these parts, each of which may hold any character. */
export function apiPath(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join("/");
}

/** Airflow names the thing that is missing; where there is no such route, it says only that. */
function isAboutThing(body: unknown): boolean {
  const detail = detailOf(body);
  return detail !== undefined && detail !== "Not Found";
}
