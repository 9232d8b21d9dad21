/**
 * An API server for tests, in this process: real HTTP, versions, watches, pages, conflicts, finalizers, generations; no schemas, no
 * permissions. Every request can be made to fail, before or after it took effect.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeStore } from "./fake-store.ts";
import type { FakeAddress, FakeObject, FakeStoreError } from "./fake-store.ts";
import { parseTarget } from "./fake-target.ts";
import type { FakeTarget } from "./fake-target.ts";

/** A request as tests see it. */
export interface FakeRequest extends FakeTarget {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "apply" | "delete";
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** What a request meets instead of its answer. `after` lets it take effect first: the answer alone is lost. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly reason?: string;
      readonly message?: string;
      /** Fields at fault. */
      readonly fields?: readonly string[];
      readonly retryAfter?: number;
      readonly after?: boolean;
    }
  | { readonly kind: "reset"; readonly after?: boolean }
  | { readonly kind: "hang" }
  /** For lists and watches: these bytes, then the end of the answer. */
  | { readonly kind: "raw"; readonly text: string; readonly keepOpen?: boolean };

/** One open watch. */
export interface FakeWatch {
  readonly request: FakeRequest;
  readonly isOpen: boolean;
  /** Stops telling anything without closing: a half-open connection. */
  freeze(): void;
  /** Writes bytes as they are. */
  send(text: string): void;
  bookmark(): void;
  /** Closes the socket without the end of the answer. */
  destroy(): void;
  end(): void;
}

const WRITES: ReadonlySet<string> = new Set(["create", "update", "patch", "apply", "delete"]);

export class FakeApiServer {
  readonly store = new FakeStore();
  readonly requests: FakeRequest[] = [];
  readonly watches: FakeWatch[] = [];
  /** Asked for every request; the first fault that is returned happens. */
  intercept: (request: FakeRequest) => Fault | undefined = () => undefined;
  readonly #server: Server;
  readonly #openWatches = new Set<{ close: () => void }>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeApiServer> {
    const server = createServer();
    const fake = new FakeApiServer(server);
    server.on("request", (request, response) => void fake.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests so far that change something, in order. */
  get writes(): FakeRequest[] {
    return this.requests.filter((request) => WRITES.has(request.verb) && !request.query.has("dryRun"));
  }

  async stop(): Promise<void> {
    for (const watch of this.#openWatches) watch.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    const fault = this.intercept(request);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "raw") return sendRaw(response, fault);
    if (fault !== undefined && fault.after !== true) return fail(response, fault);
    if (request.verb === "watch") return this.#watch(request, response);
    const answer = this.#answer(request);
    if (fault !== undefined) return fail(response, fault);
    sendJson(response, answer.status, answer.body);
  }

  #answer(request: FakeRequest): { status: number; body: unknown } {
    try {
      return { status: request.verb === "create" ? 201 : 200, body: this.#execute(request) };
    } catch (error) {
      const { status, reason, message } = error as FakeStoreError;
      return { status, body: statusBody(status, reason, message) };
    }
  }

  #execute(request: FakeRequest): unknown {
    const { collection, namespace = "", name = "" } = request;
    if (request.verb === "list") return this.store.list(request, request.query);
    if (request.verb === "get") return this.store.get({ collection, namespace, name });
    return this.#write(request, { collection, namespace, name });
  }

  #write(request: FakeRequest, at: FakeAddress): unknown {
    const body = request.body as FakeObject;
    if (request.query.has("dryRun")) return body;
    if (request.verb === "create") return this.store.create({ ...at, name: body.metadata.name }, body);
    if (request.verb === "update") return this.store.update(at, body);
    if (request.verb === "patch") return this.store.mergePatch(at, body);
    if (request.verb === "apply" && request.subresource !== undefined)
      return this.store.apply(at, body, request.subresource);
    if (request.verb === "apply")
      return this.store.applyAs(request.query.get("fieldManager") ?? "", at, body);
    return this.store.delete(at, request.body as { preconditions?: { uid?: string } } | undefined);
  }

  #watch(request: FakeRequest, response: ServerResponse): void {
    const version = Number(request.query.get("resourceVersion"));
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    if (version < this.store.compactedBefore) {
      response.end(
        `${JSON.stringify({ type: "ERROR", object: statusBody(410, "Expired", "too old resource version") })}\n`,
      );
      return;
    }
    let isFrozen = false;
    const send = (event: object): void => void (isFrozen || response.write(`${JSON.stringify(event)}\n`));
    const unsubscribe = this.store.follow({ ...request, version }, request.query, send);
    const bookmark = (): void => {
      const metadata = { resourceVersion: String(this.store.version) };
      send({ type: "BOOKMARK", object: { metadata } });
    };
    const seconds = Number(request.query.get("timeoutSeconds") ?? "300");
    const timer = setTimeout(() => {
      if (isFrozen) return;
      bookmark();
      response.end();
    }, seconds * 1000);
    const watch = {
      request,
      get isOpen() {
        return !response.destroyed && !response.writableEnded;
      },
      freeze: () => void (isFrozen = true),
      send: (text: string) => void response.write(text),
      bookmark,
      destroy: () => void response.destroy(),
      end: () => void response.end(),
    };
    this.watches.push(watch);
    const entry = { close: () => response.destroy() };
    this.#openWatches.add(entry);
    response.on("close", () => {
      clearTimeout(timer);
      unsubscribe();
      this.#openWatches.delete(entry);
    });
  }
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(incoming.url ?? "/", "http://fake");
  const target = parseTarget(url.pathname);
  return {
    ...target,
    verb: verbOf(incoming, target, url.searchParams),
    query: url.searchParams,
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
  };
}

const VERBS: Readonly<Record<string, FakeRequest["verb"]>> = {
  POST: "create",
  PUT: "update",
  DELETE: "delete",
};

function verbOf(incoming: IncomingMessage, target: FakeTarget, query: URLSearchParams): FakeRequest["verb"] {
  const { method = "GET" } = incoming;
  if (method === "PATCH") {
    return incoming.headers["content-type"] === "application/apply-patch+yaml" ? "apply" : "patch";
  }
  if (method !== "GET") return VERBS[method] ?? "update";
  if (target.name !== undefined) return "get";
  return query.get("watch") === "true" ? "watch" : "list";
}

function fail(response: ServerResponse, fault: Fault): void {
  if (fault.kind !== "status") {
    response.destroy();
    return;
  }
  const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
  const causes = fault.fields?.map((field) => ({ field }));
  const body = {
    ...statusBody(fault.status, fault.reason ?? "", fault.message ?? `injected ${fault.status}`),
    ...(causes && { details: { causes } }),
  };
  response
    .writeHead(fault.status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));
}

function sendRaw(response: ServerResponse, fault: Extract<Fault, { kind: "raw" }>): void {
  response.writeHead(200, { "content-type": "application/json" });
  if (fault.keepOpen === true) response.write(fault.text);
  else response.end(fault.text);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function statusBody(code: number, reason: string, message: string): object {
  return { apiVersion: "v1", kind: "Status", metadata: {}, status: "Failure", code, reason, message };
}
