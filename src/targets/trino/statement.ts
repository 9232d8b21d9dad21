/**
 * Runs a short statement over Trino's client protocol: POST /v1/statement, then follow `nextUri` until it is absent. Only for probes:
 * the rows are kept in memory, bounded in number and time.
 */
import type { JsonAnswer, JsonClient } from "../http/json-client.ts";
import { TrinoError } from "./errors.ts";
import { OPERATOR_USER } from "./server.ts";

/** Who the queries come from; shown in Trino's list of queries. */
const HEADERS = {
  "x-trino-user": OPERATOR_USER,
  "x-trino-source": OPERATOR_USER,
  "content-type": "text/plain; charset=utf-8",
};

/** Rows beyond this are not read: a probe asks for existence, not for content. */
const MAX_ROWS = 10_000;
/** Trino holds each request up to one second while a query is queued or runs. */
const REQUEST_TIMEOUT_MILLISECONDS = 5000;

export interface StatementOptions {
  readonly client: JsonClient;
  /** `http://address:8080`. */
  readonly coordinatorUrl: string;
  readonly signal: AbortSignal;
  /** The whole statement; then it is cancelled. */
  readonly timeoutMilliseconds: number;
  /** Milliseconds since some fixed time. */
  readonly clock: () => number;
}

type Row = readonly unknown[];

interface Page {
  readonly nextUri?: string;
  readonly data?: readonly Row[];
  readonly error?: { readonly message?: string; readonly errorName?: string; readonly errorType?: string };
}

/** All rows of a statement. Throws `TrinoError`. */
export async function runStatement(sql: string, options: StatementOptions): Promise<readonly Row[]> {
  const deadline = options.clock() + options.timeoutMilliseconds;
  const rows: Row[] = [];
  let page = await send(`${options.coordinatorUrl}/v1/statement`, options, sql);
  for (;;) {
    if (page.error !== undefined) throw queryError(page.error);
    rows.push(...(page.data ?? []).slice(0, MAX_ROWS - rows.length));
    if (page.nextUri === undefined) return rows;
    const nextUri = onCoordinator(page.nextUri, options.coordinatorUrl);
    if (options.clock() > deadline || rows.length >= MAX_ROWS) {
      await cancel(nextUri, options);
      if (rows.length >= MAX_ROWS) return rows;
      throw new TrinoError("Timeout", `no result within ${options.timeoutMilliseconds / 1000} s`);
    }
    page = await send(nextUri, options);
  }
}

/** A text as SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function send(url: string, options: StatementOptions, sql?: string): Promise<Page> {
  const answer = await options.client.send(url, {
    headers: HEADERS,
    signal: options.signal,
    timeoutMilliseconds: REQUEST_TIMEOUT_MILLISECONDS,
    ...(sql === undefined ? {} : { method: "POST", body: sql }),
  });
  if (answer.ok) return asPage(answer);
  throw new TrinoError(
    answer.status === 0 ? "Unreachable" : "Unexpected",
    `the coordinator ${phrase(answer)}`,
  );
}

function asPage(answer: JsonAnswer & { ok: true }): Page {
  if (typeof answer.body === "object" && answer.body !== null) return answer.body;
  throw new TrinoError("Unexpected", "the coordinator answered with something other than a page of results");
}

function phrase(answer: JsonAnswer & { ok: false }): string {
  return answer.status === 0 ? `is unreachable: ${answer.message}` : answer.message;
}

/** Trino makes `nextUri` from the request's host; behind another name only its path is to be trusted. */
function onCoordinator(nextUri: string, coordinatorUrl: string): string {
  const { pathname, search } = new URL(nextUri);
  return new URL(pathname + search, coordinatorUrl).toString();
}

async function cancel(nextUri: string, options: StatementOptions): Promise<void> {
  await options.client.send(nextUri, { method: "DELETE", headers: HEADERS, signal: options.signal });
}

function queryError(error: NonNullable<Page["error"]>): TrinoError {
  const name = error.errorName ?? "UNKNOWN";
  return new TrinoError("QueryFailed", `${name}: ${firstLine(error.message ?? "no message")}`, name);
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 256);
}
