/** Small JSON requests to our own workloads: bounded in time and size, a failure is an answer and not an exception. */
import { Agent, request } from "undici";
import type { Dispatcher } from "undici";

/** What came back, or why nothing did. `status` is 0 without an answer. */
export type JsonAnswer =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly message: string };

export interface JsonRequest {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Default 3000. */
  readonly timeoutMilliseconds?: number;
}

/** Longest answer that is read; our workloads' answers have some hundred bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const DEFAULT_TIMEOUT_MILLISECONDS = 3000;

/** Sends requests over kept-alive connections until `close`. */
export class JsonClient {
  readonly #agent = new Agent({
    keepAliveTimeout: 10_000,
    maxResponseSize: MAX_ANSWER_BYTES,
    connect: { timeout: 2000 },
  });

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
  if (status >= 300) return { ok: false, status, message: `answered with HTTP ${status}` };
  if (text === "") return { ok: true, status, body: undefined };
  try {
    return { ok: true, status, body: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, status, message: "answered with something other than JSON" };
  }
}

/** `connect ECONNREFUSED 10.244.0.7:9090` becomes `ECONNREFUSED`: an address that changes would change the status at each restart. */
function describeFailure(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return error instanceof Error ? error.message : String(error);
}
