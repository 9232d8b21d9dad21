/** Small JSON requests: bounded in time and size, a failure is an answer and not an exception. */
import { Agent, request } from "undici";
import type { Dispatcher } from "undici";
import { authoritiesWith } from "./authorities.ts";

/** What came back, or why nothing did. `status` is 0 without an answer. */
export type JsonAnswer =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  /** `body` is there where the failure was told in JSON. */
  | { readonly ok: false; readonly status: number; readonly message: string; readonly body?: unknown };

export interface JsonRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Default 3000. */
  readonly timeoutMilliseconds?: number;
}

/** What differs from server to server. */
export interface JsonClientOptions {
  /** PEM of authorities to trust beside those of the system. */
  readonly certificateAuthority?: string | undefined;
  /** Longest answer that is read. Default 1 MiB: our workloads' answers have some hundred bytes. */
  readonly maxAnswerBytes?: number;
}

const MAX_ANSWER_BYTES = 1024 * 1024;
const DEFAULT_TIMEOUT_MILLISECONDS = 3000;

/** Sends requests over kept-alive connections until `close`. */
export class JsonClient {
  readonly #agent: Agent;

  constructor({ certificateAuthority, maxAnswerBytes }: JsonClientOptions = {}) {
    this.#agent = new Agent({
      keepAliveTimeout: 10_000,
      maxResponseSize: maxAnswerBytes ?? MAX_ANSWER_BYTES,
      connect: {
        timeout: 2000,
        ...(certificateAuthority !== undefined && { ca: authoritiesWith(certificateAuthority) }),
      },
    });
  }

  /** Throws only when `signal` is aborted. */
  async send(url: string, options: JsonRequest): Promise<JsonAnswer> {
    const timeout = AbortSignal.timeout(options.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS);
    try {
      const response = await request(url, {
        dispatcher: this.#agent,
        method: options.method ?? "GET",
        signal: AbortSignal.any([options.signal, timeout]),
        ...(options.headers === undefined ? {} : { headers: options.headers }),
        ...(options.body === undefined ? {} : { body: options.body }),
      });
      return await readAnswer(response);
    } catch (error) {
      options.signal.throwIfAborted();
      return {
        ok: false,
        status: 0,
        message: timeout.aborted ? "no answer in time" : describeFailure(error),
      };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** An IP address as the host of a URL. */
export function urlHost(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

async function readAnswer(response: Dispatcher.ResponseData): Promise<JsonAnswer> {
  const text = await response.body.text();
  const status = response.statusCode;
  const body = parseOrUndefined(text);
  if (status >= 300) {
    return {
      ok: false,
      status,
      message: `answered with HTTP ${status}`,
      ...(body !== undefined && { body }),
    };
  }
  if (text === "" || body !== undefined) return { ok: true, status, body };
  return { ok: false, status, message: "answered with something other than JSON" };
}

/** No JSON text means `undefined`. */
function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `connect ECONNREFUSED 10.244.0.7:9090` becomes `ECONNREFUSED`: an address that changes would change the status at each restart. */
function describeFailure(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return error instanceof Error ? error.message : String(error);
}
