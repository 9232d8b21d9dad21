/** One watch connection as a sequence of events, with an idle deadline of its own. Resuming is the informer's task. */
import { parseJsonLines } from "./json-lines.ts";
import { KubernetesError } from "../http/kubernetes-client.ts";
import { codeOf } from "../http/kubernetes-errors.ts";
import type { ApiStatus } from "../http/kubernetes-errors.ts";
import type { CollectionScope } from "./list-pages.ts";
import type { KubernetesObject } from "../../api/objects.ts";
import { resourcePath } from "../http/rest-client.ts";
import type { RestClient } from "../http/rest-client.ts";

export interface WatchRequest extends CollectionScope {
  /** resourceVersion after which events are wanted. */
  readonly version: string;
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number;
  /** The reader gives the connection up when no whole line comes for this long. */
  readonly idleSeconds: number;
  readonly signal: AbortSignal;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: KubernetesObject;
}

/** Nothing came for `idleSeconds`: the connection is half open, or nothing happens. */
export class WatchIdleError extends Error {
  constructor(seconds: number) {
    super(`no event and no bookmark for ${seconds} s`);
    this.name = "WatchIdleError";
  }
}

/** Ends when the server ends the watch. Throws `KubernetesError`, `WatchIdleError`, or what the socket or a damaged line gave. */
export async function* openWatch(rest: RestClient, request: WatchRequest): AsyncGenerator<WatchEvent> {
  const connection = new AbortController();
  const idle = new WatchIdleError(request.idleSeconds);
  const timer = setTimeout(() => connection.abort(idle), request.idleSeconds * 1000);
  const forward = (): void => connection.abort(request.signal.reason);
  request.signal.addEventListener("abort", forward);
  try {
    for await (const line of parseJsonLines(await openStream(rest, request, connection.signal))) {
      timer.refresh();
      yield eventOf(line);
    }
  } catch (error) {
    throw connection.signal.reason === idle ? idle : error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener("abort", forward);
  }
}

function openStream(
  rest: RestClient,
  request: WatchRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  const { type, namespace, labelSelector, version, timeoutSeconds } = request;
  return rest.stream({
    verb: "watch",
    path: resourcePath(type, namespace === undefined ? {} : { namespace }),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: version,
      labelSelector,
      timeoutSeconds,
    },
    signal,
  });
}

const OBJECT_EVENTS: ReadonlySet<string> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

interface WatchLine {
  readonly type?: string;
  readonly object?: KubernetesObject & ApiStatus;
}

function eventOf(value: unknown): WatchEvent {
  const line = value as WatchLine;
  if (line.type === "ERROR") throw errorOfEvent(line.object);
  if (!OBJECT_EVENTS.has(line.type ?? "") || line.object?.metadata === undefined) {
    throw new Error(
      `the watch sent a line of type "${String(line.type)}" without an object that is known here`,
    );
  }
  return { type: line.type as WatchEvent["type"], object: line.object };
}

/** An ERROR event carries a Status where the others carry an object. */
function errorOfEvent(status: ApiStatus | undefined): KubernetesError {
  const httpStatus = status?.code ?? 500;
  const message = `the watch answered with an error: ${status?.message ?? "without a message"}`;
  return new KubernetesError(codeOf(httpStatus, status), message, { httpStatus });
}
