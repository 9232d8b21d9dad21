/** What lives as long as one pass over one resource: its context, its time limit, the secrets it has read. */
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { assertLeading, createKubernetesClient } from "../http/api-client.ts";
import type { ApiAccess } from "../http/api-client.ts";
import type { ReconcileContext } from "../controller.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { isKubernetesError, KubernetesError } from "../http/kubernetes-client.ts";
import { scrubbedLogger } from "../logger.ts";
import type { KubernetesObject } from "../../api/objects.ts";
import { NAMESPACES } from "../../api/objects.ts";
import { resourcePath } from "../http/rest-client.ts";
import { scrub } from "./scrub.ts";

export interface PassOptions {
  readonly access: ApiAccess;
  readonly events: EventRecorder;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly timeoutSeconds: number;
  /** Aborted when the process stops or the lease is lost. */
  readonly stopSignal: AbortSignal;
}

export interface Pass {
  readonly context: ReconcileContext;
  /** Values that must not appear in any message. */
  readonly secrets: ReadonlySet<string>;
  /** Whether the pass has recorded an Event of its own. */
  readonly hasRecorded: boolean;
  /** Must be called at the end. */
  dispose(): void;
}

/** Begins a pass over a resource. */
export function beginPass(resource: KubernetesObject, options: PassOptions): Pass {
  const secrets = new Set<string>();
  const limit = timeLimit(options);
  const { namespace, name, generation } = resource.metadata;
  const kubernetes = createKubernetesClient(options.access, { signal: limit.signal, secrets });
  const readNamespace = once(() => readIsTerminating(options.access, namespace ?? "", limit.signal));
  let hasRecorded = false;
  const context: ReconcileContext = {
    logger: scrubbedLogger(
      options.logger,
      { namespace, name, generation, reconcileId: randomUUID() },
      secrets,
    ),
    now: options.now,
    kubernetes,
    signal: limit.signal,
    assertMayWrite() {
      limit.signal.throwIfAborted();
      assertLeading(options.access.leadership);
    },
    hide(values) {
      for (const value of values) secrets.add(value);
    },
    recordEvent(type, reason, message) {
      hasRecorded = true;
      const event = { type, reason, message: scrub(message, secrets), action: "Reconcile" };
      options.events.record(resource, event);
      // Where something stays behind, the resource goes, and maybe its namespace with all Events in it.
      if (reason === "CleanupAbandoned") options.events.recordAtHome(resource, event);
    },
    isNamespaceTerminating: readNamespace,
  };
  return {
    context,
    secrets,
    get hasRecorded() {
      return hasRecorded;
    },
    dispose: limit.dispose,
  };
}

function timeLimit(options: Pick<PassOptions, "timeoutSeconds" | "stopSignal">): {
  signal: AbortSignal;
  dispose: () => void;
} {
  const controller = new AbortController();
  const stop = (): void => controller.abort(options.stopSignal.reason);
  const expire = (): void => {
    controller.abort(new KubernetesError("Aborted", `the pass took longer than ${options.timeoutSeconds} s`));
  };
  const timer = setTimeout(expire, options.timeoutSeconds * 1000);
  if (options.stopSignal.aborted) stop();
  options.stopSignal.addEventListener("abort", stop);
  return {
    signal: controller.signal,
    dispose: () => {
      clearTimeout(timer);
      options.stopSignal.removeEventListener("abort", stop);
    },
  };
}

/** Gone counts as terminating. Without permission to read namespaces the answer is no. */
async function readIsTerminating(access: ApiAccess, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const namespace = await access.rest.json<KubernetesObject>({
      verb: "get",
      path: resourcePath(NAMESPACES, { name }),
      signal,
    });
    return namespace.metadata.deletionTimestamp !== undefined;
  } catch (error) {
    if (isKubernetesError(error, "NotFound")) return true;
    if (isKubernetesError(error, "Forbidden")) return false;
    throw error;
  }
}

function once<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= read());
}
