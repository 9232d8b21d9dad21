/** HTTP to the API server over undici: JSON in and out, streams for watches, errors classified once. Retries nothing but a refused credential. */
import type { Dispatcher } from "undici";
import type { Connection, Credentials } from "./connection.ts";
import { KubernetesError } from "./kubernetes-client.ts";
import { errorOfFailure, errorOfResponse } from "./kubernetes-errors.ts";
import type { RuntimeMetrics } from "../metrics.ts";
import type { ResourceType } from "../../api/objects.ts";

export type RestVerb = "get" | "list" | "watch" | "create" | "update" | "patch" | "apply" | "delete";

export interface RestRequest {
  readonly verb: RestVerb;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Limit for the whole request; for a stream, until its headers. Default 30. */
  readonly timeoutSeconds?: number;
}

export interface RestClient {
  /** The decoded answer. Throws `KubernetesError`. */
  json<T>(request: RestRequest): Promise<T>;
  /** The body as it arrives. Throws `KubernetesError` until the headers are there; later failures are those of the iterator. */
  stream(request: RestRequest): Promise<AsyncIterable<Buffer>>;
}

const METHODS = {
  get: "GET",
  list: "GET",
  watch: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  apply: "PATCH",
  delete: "DELETE",
} as const satisfies Record<RestVerb, string>;

/** Server-side apply takes YAML; JSON is YAML. */
const CONTENT_TYPES: Partial<Record<RestVerb, string>> = {
  patch: "application/merge-patch+json",
  apply: "application/apply-patch+yaml",
};

const DEFAULT_TIMEOUT_SECONDS = 30;
const USER_AGENT = "openclickstream-operator";

/** A client for one connection. */
export function createRestClient(connection: Connection, metrics: RuntimeMetrics): RestClient {
  return {
    async json<T>(request: RestRequest): Promise<T> {
      const deadline = deadlineOf(request);
      const observe = metrics.apiRequestSeconds.startTimer({ verb: request.verb });
      try {
        const response = await send(connection, request, deadline.signal);
        const text = await response.body.text();
        count(metrics, request, String(response.statusCode));
        if (response.statusCode >= 400) throw errorOfResponse(request, { ...response, text });
        return JSON.parse(text) as T;
      } catch (error) {
        throw failure(metrics, request, error);
      } finally {
        observe();
        deadline.dispose();
      }
    },
    async stream(request: RestRequest): Promise<AsyncIterable<Buffer>> {
      const deadline = deadlineOf(request);
      try {
        const response = await send(connection, request, deadline.signal);
        count(metrics, request, String(response.statusCode));
        if (response.statusCode >= 400) {
          throw errorOfResponse(request, { ...response, text: await response.body.text() });
        }
        return streamBody(response, deadline);
      } catch (error) {
        deadline.dispose();
        throw failure(metrics, request, error);
      }
    },
  };
}

/** URL path of a kind's collection, one object, or one of its subresources. Names are encoded. */
export function resourcePath(
  type: ResourceType,
  at: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  const base = type.group === "" ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope =
    type.namespaced === false || at.namespace === undefined || at.namespace === ""
      ? []
      : ["namespaces", at.namespace];
  const object = at.name === undefined ? [] : [at.name];
  const subresource = at.subresource === undefined ? [] : [at.subresource];
  return [base, ...[...scope, type.plural, ...object, ...subresource].map(encodeURIComponent)].join("/");
}

async function send(
  connection: Connection,
  request: RestRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const response = await sendOnce(connection, request, {
    signal,
    credentials: await connection.credentials(),
  });
  if (response.statusCode !== 401) return response;
  // The token was rotated under us: read it again, once.
  await response.body.dump();
  return sendOnce(connection, request, {
    signal,
    credentials: await connection.credentials({ refresh: true }),
  });
}

function sendOnce(
  connection: Connection,
  request: RestRequest,
  with_: { readonly signal: AbortSignal; readonly credentials: Credentials },
): Promise<Dispatcher.ResponseData> {
  const { dispatcher, headers } = with_.credentials;
  const hasBody = request.body !== undefined;
  return dispatcher.request({
    origin: connection.server,
    path: request.path + queryOf(request),
    method: METHODS[request.verb],
    headers: {
      ...headers,
      accept: "application/json",
      "user-agent": USER_AGENT,
      ...(hasBody ? { "content-type": CONTENT_TYPES[request.verb] ?? "application/json" } : {}),
    },
    body: hasBody ? JSON.stringify(request.body) : null,
    signal: with_.signal,
  });
}

function queryOf(request: RestRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined && value !== "") parameters.set(name, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

async function* streamBody(response: Dispatcher.ResponseData, deadline: Deadline): AsyncGenerator<Buffer> {
  deadline.clearTimer();
  try {
    for await (const chunk of response.body) yield chunk as Buffer;
  } finally {
    deadline.dispose();
    // Leaving early (idle, error in a line) must free the socket; a watch has no end of its own to wait for.
    if (!response.body.destroyed) response.body.destroy();
  }
}

function failure(metrics: RuntimeMetrics, request: RestRequest, error: unknown): KubernetesError {
  if (error instanceof KubernetesError) return error;
  count(metrics, request, "none");
  return errorOfFailure(request, error);
}

function count(metrics: RuntimeMetrics, request: RestRequest, code: string): void {
  metrics.apiRequests.inc({ verb: request.verb, code });
}

interface Deadline {
  readonly signal: AbortSignal;
  clearTimer(): void;
  dispose(): void;
}

/** By hand and not `AbortSignal.any`, which keeps every short signal alive as long as the long one. */
function deadlineOf(request: RestRequest): Deadline {
  const controller = new AbortController();
  const seconds = request.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const forward = (): void => controller.abort(request.signal?.reason);
  const expire = (): void => controller.abort(new Error(`no answer within ${seconds} s`));
  const timer = setTimeout(expire, seconds * 1000);
  if (request.signal?.aborted === true) forward();
  request.signal?.addEventListener("abort", forward);
  return {
    signal: controller.signal,
    clearTimer: () => clearTimeout(timer),
    dispose: () => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", forward);
    },
  };
}
