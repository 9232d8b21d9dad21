/** Asks a running coordinator who it is, which workers it has and whether each catalog answers. Reads only. */
import type { JsonClient } from "../http/json-client.ts";
import { isTrinoError } from "./errors.ts";
import type { StatementOptions } from "./statement.ts";
import { quoteIdentifier, runStatement } from "./statement.ts";

/** A catalog's answer to `SHOW SCHEMAS`. */
export interface CatalogProbe {
  readonly name: string;
  readonly reachable: boolean;
  /** What was wrong; empty when nothing was. */
  readonly message: string;
}

/** What a coordinator said of itself and its cluster. */
export type TrinoProbe =
  | { readonly state: "unknown"; readonly message: string }
  | {
      readonly state: "known";
      readonly version: string;
      /** Active nodes that are not the coordinator. */
      readonly activeWorkers: number;
      readonly catalogs: readonly CatalogProbe[];
    };

export interface ProbeOptions {
  readonly client: JsonClient;
  readonly coordinatorUrl: string;
  readonly catalogs: readonly string[];
  readonly signal: AbortSignal;
  readonly clock: () => number;
}

/** A catalog whose remote side hangs must not hold up a pass for long. */
const STATEMENT_TIMEOUT_MILLISECONDS = 10_000;

const COUNT_WORKERS = "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active' AND NOT coordinator";

/** Throws only when the signal is aborted. */
export async function probeTrino(options: ProbeOptions): Promise<TrinoProbe> {
  const info = await readInfo(options);
  if (typeof info !== "string") return info;
  const statement: StatementOptions = { ...options, timeoutMilliseconds: STATEMENT_TIMEOUT_MILLISECONDS };
  try {
    const [row] = await runStatement(COUNT_WORKERS, statement);
    const catalogs = await Promise.all(options.catalogs.map((name) => probeCatalog(name, statement)));
    return { state: "known", version: info, activeWorkers: Number(row?.[0] ?? 0), catalogs };
  } catch (error) {
    return unknownAfter(error, options.signal);
  }
}

/** The version, once the server has started. */
async function readInfo(options: ProbeOptions): Promise<string | Extract<TrinoProbe, { state: "unknown" }>> {
  const answer = await options.client.send(`${options.coordinatorUrl}/v1/info`, { signal: options.signal });
  if (!answer.ok) return { state: "unknown", message: `the coordinator is unreachable: ${answer.message}` };
  const body = answer.body as { nodeVersion?: { version?: string }; starting?: boolean } | undefined;
  if (body?.starting !== false) return { state: "unknown", message: "the coordinator is starting" };
  return body.nodeVersion?.version ?? "unknown";
}

async function probeCatalog(name: string, statement: StatementOptions): Promise<CatalogProbe> {
  try {
    await runStatement(`SHOW SCHEMAS FROM ${quoteIdentifier(name)}`, statement);
    return { name, reachable: true, message: "" };
  } catch (error) {
    // A coordinator that vanished in between says nothing about the catalog.
    if (isTrinoError(error) && error.code !== "Unreachable")
      return { name, reachable: false, message: error.message };
    throw error;
  }
}

function unknownAfter(error: unknown, signal: AbortSignal): TrinoProbe {
  signal.throwIfAborted();
  if (isTrinoError(error)) return { state: "unknown", message: error.message };
  throw error;
}
