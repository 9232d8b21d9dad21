/**
 * Connection to one Iceberg REST catalog: requests with credentials, over connections that are kept, to the addresses that the
 * catalog's own configuration asks for.
 */
import { Agent, request } from "undici";
import { z } from "zod";
import type { TableIdentifier } from "../../naming/tables.ts";
import { answerToError, failureToError, unreadableAnswer } from "./errors.ts";
import type { CatalogAnswer } from "./errors.ts";
import { parseJson } from "./json.ts";
import { authoritiesWith } from "../http/authorities.ts";
import { serverIdentity } from "../http/server-identity.ts";
import { createSession } from "./session.ts";
import type { Session } from "./session.ts";
import type { CatalogSettings } from "../../platform/catalog.ts";

const CONNECT_TIMEOUT_MS = 3_000;
/** A commit writes a metadata file to the object store before it is answered. */
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS = 8;
const CONFIG_LIFE_MS = 300_000;

export interface CatalogRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path after `/v1/` and the prefix, without a slash at the beginning. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Completes "while …" in an error's message. */
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
  /** Of a change: asked right before it is sent; throws when it may not be. */
  readonly assertMayWrite?: () => void;
}

/** `missing`: the catalog said that there is no such thing. `exists`: that there is one already. */
export type CatalogResult =
  | { readonly outcome: "done"; readonly body: unknown }
  | { readonly outcome: "missing"; readonly error: Error }
  | { readonly outcome: "exists"; readonly error: Error };

/** Requests to one catalog. Every method throws errors of the runtime's classes. */
export interface CatalogClient {
  readonly settings: CatalogSettings;
  send(request: CatalogRequest): Promise<CatalogResult>;
  /** Like `send`, but anything else than success is thrown. */
  demand(request: CatalogRequest): Promise<unknown>;
  /** Asks for the catalog's configuration again. */
  probe(signal?: AbortSignal): Promise<CatalogConfig>;
  close(): Promise<void>;
}

export interface CatalogConfig {
  /** Path element after `/v1/`; empty when there is none. */
  readonly prefix: string;
  readonly isNessie: boolean;
  /** Server and prefix, the same for every spelling of the address and for every way to name the warehouse. */
  readonly identity: string;
}

const configAnswer = z.object({
  defaults: z.record(z.string(), z.string().nullish()).nullish(),
  overrides: z.record(z.string(), z.string().nullish()).nullish(),
});

const errorAnswer = z.object({
  error: z.object({ message: z.string().nullish(), type: z.string().nullish() }),
});

/** Makes a client; it connects at the first request. */
export function createCatalogClient(settings: CatalogSettings): CatalogClient {
  return new RestCatalogClient(settings);
}

class RestCatalogClient implements CatalogClient {
  readonly settings: CatalogSettings;
  readonly #base: string;
  readonly #agent: Agent;
  readonly #session: Session;
  #config: { readonly value: CatalogConfig; readonly expiresAt: number } | undefined;

  constructor(settings: CatalogSettings) {
    this.settings = settings;
    this.#base = settings.uri.replace(/\/+$/, "");
    this.#agent = new Agent({
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        ...(settings.certificateAuthority !== undefined && {
          ca: authoritiesWith(settings.certificateAuthority),
        }),
      },
      connections: MAX_CONNECTIONS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      bodyTimeout: REQUEST_TIMEOUT_MS,
    });
    this.#session = createSession(settings, this.#agent, () => Date.now());
  }

  async send(wanted: CatalogRequest): Promise<CatalogResult> {
    const { prefix } = await this.#currentConfig(wanted.signal);
    const parts = ["v1", ...(prefix === "" ? [] : [prefix]), wanted.path];
    const query = new URLSearchParams(wanted.query).toString();
    return this.#exchange(`${this.#base}/${parts.join("/")}${query === "" ? "" : `?${query}`}`, wanted);
  }

  async demand(wanted: CatalogRequest): Promise<unknown> {
    const result = await this.send(wanted);
    if (result.outcome !== "done") throw result.error;
    return result.body;
  }

  async probe(signal?: AbortSignal): Promise<CatalogConfig> {
    const { warehouse } = this.settings;
    const query = warehouse === undefined ? "" : `?${new URLSearchParams({ warehouse }).toString()}`;
    const doing = "reading its configuration";
    const wanted: CatalogRequest = { method: "GET", path: "config", doing, signal };
    const result = await this.#exchange(`${this.#base}/v1/config${query}`, wanted);
    if (result.outcome !== "done") throw result.error;
    const parsed = configAnswer.safeParse(result.body);
    if (!parsed.success) throw unreadableAnswer(this.settings, doing, parsed.error);
    const { defaults, overrides } = parsed.data;
    // The protocol's order: what the catalog insists on, then the user's, then what it suggests.
    const prefix = overrides?.["prefix"] ?? this.settings.prefix ?? defaults?.["prefix"] ?? "";
    const isNessie = overrides?.["nessie.is-nessie-catalog"] === "true";
    const value = { prefix, isNessie, identity: await identityOf(this.#base, { prefix, isNessie }) };
    this.#config = { value, expiresAt: Date.now() + CONFIG_LIFE_MS };
    return value;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #currentConfig(signal: AbortSignal | undefined): Promise<CatalogConfig> {
    if (this.#config !== undefined && this.#config.expiresAt > Date.now()) return this.#config.value;
    return this.probe(signal);
  }

  async #exchange(url: string, wanted: CatalogRequest): Promise<CatalogResult> {
    const first = await this.#once(url, wanted);
    const isRefused = first.status === 401 || first.status === 419;
    const { status, text } = isRefused && this.#session.refused() ? await this.#once(url, wanted) : first;
    if (status >= 200 && status < 300) return { outcome: "done", body: this.#parseBody(text, wanted.doing) };
    const answer = readError(status, text);
    const error = answerToError(answer, this.settings, wanted.doing);
    if (status === 404 && /^NoSuch(Table|Namespace|View)/.test(answer.type))
      return { outcome: "missing", error };
    if (status === 409 && /AlreadyExists/.test(answer.type)) return { outcome: "exists", error };
    throw error;
  }

  async #once(
    url: string,
    wanted: CatalogRequest,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const authorization = await this.#session.headers(wanted.signal);
    wanted.assertMayWrite?.();
    try {
      const answer = await request(url, {
        method: wanted.method,
        headers: { accept: "application/json", "content-type": "application/json", ...authorization },
        body: wanted.body === undefined ? null : JSON.stringify(wanted.body),
        dispatcher: this.#agent,
        signal: wanted.signal ?? null,
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      // Somebody stopped the pass; that says nothing about the catalog.
      wanted.signal?.throwIfAborted();
      throw failureToError(error, this.settings);
    }
  }

  #parseBody(text: string, doing: string): unknown {
    if (text === "") return undefined;
    try {
      return parseJson(text);
    } catch (error) {
      throw unreadableAnswer(this.settings, doing, error);
    }
  }
}

/** Path of a namespace, or of the tables in it. */
export function namespacePath(database: string, ...more: readonly string[]): string {
  return ["namespaces", encodeURIComponent(database), ...more].join("/");
}

/** Path of a table. */
export function tablePath(identifier: TableIdentifier): string {
  return namespacePath(identifier.database, "tables", encodeURIComponent(identifier.table));
}

/** Nessie's prefix is `branch|warehouse`; the tables are those of the branch, a warehouse is only where new files go. */
async function identityOf(
  base: string,
  { prefix, isNessie }: Pick<CatalogConfig, "prefix" | "isNessie">,
): Promise<string> {
  const tables = isNessie ? decodeURIComponent(prefix).split("|")[0] : prefix;
  return `${await serverIdentity(base)} ${tables ?? ""}`.trim();
}

function readError(status: number, text: string): CatalogAnswer {
  try {
    const parsed = errorAnswer.safeParse(JSON.parse(text));
    if (parsed.success) {
      return { status, type: parsed.data.error.type ?? "", message: parsed.data.error.message ?? "" };
    }
  } catch {
    // No JSON: a proxy's page, or nothing at all. The status says enough.
  }
  return { status, type: "", message: "" };
}
