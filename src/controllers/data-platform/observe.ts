/** Probes the systems of a platform, all at once and none for long; does not write. */
import type { DataPlatform, PLATFORM_COMPONENTS } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { findTerminalError, findTransientError, findWaitingError } from "../../runtime/errors.ts";
import type { Reason } from "../../api/reasons.ts";
import type { PlatformClients, PlatformConnections } from "../../targets/platform/clients.ts";
import { readPlatformSecrets } from "../../targets/platform/read.ts";
import type { PlatformState } from "../../targets/platform/settings.ts";

/** A probe that got no answer in this time has failed. */
const PROBE_TIMEOUT_SECONDS = 5;

export type ComponentName = (typeof PLATFORM_COMPONENTS)[number];

/** What one probe found. Messages of the same finding are the same each time. */
export type ProbeResult =
  | { readonly state: "reachable"; readonly version?: string; readonly message: string }
  | { readonly state: "unreachable"; readonly reason: Reason; readonly message: string }
  /** Not probed, because a reference leads nowhere. */
  | { readonly state: "unknown"; readonly reason: Reason; readonly message: string };

export interface ObservedPlatform {
  readonly platform: PlatformState;
  readonly components: Readonly<Record<ComponentName, ProbeResult>>;
}

export async function observePlatform(
  resource: DataPlatform,
  context: ReconcileContext,
  platforms: PlatformClients,
): Promise<ObservedPlatform> {
  const platform = await readPlatformSecrets(context.kubernetes, resource);
  if (platform.state !== "resolved") {
    const unknown = notProbed(platform);
    return Object.freeze({ platform, components: { Kafka: unknown, Storage: unknown, Catalog: unknown } });
  }
  const connections = platforms.connect(platform.settings);
  const { bucket } = platform.settings.storage;
  const [Kafka, Storage, Catalog] = await Promise.all([
    probe("KafkaUnreachable", context, (signal) => probeKafka(connections, signal)),
    probe("StorageUnreachable", context, (signal) => probeStorage(connections, bucket, signal)),
    probe("CatalogUnreachable", context, (signal) => probeCatalog(connections, signal)),
  ]);
  return Object.freeze({ platform, components: { Kafka, Storage, Catalog } });
}

function notProbed(platform: Exclude<PlatformState, { state: "resolved" }>): ProbeResult {
  if (platform.state === "missing") {
    return { state: "unknown", reason: platform.reason, message: `not probed: ${platform.message}` };
  }
  return { state: "unknown", reason: "ApiUnavailable", message: "not probed: the Secrets could not be read" };
}

interface Finding {
  readonly version?: string | undefined;
  readonly message: string;
}

async function probeKafka({ kafka }: PlatformConnections, signal: AbortSignal): Promise<Finding> {
  const { version, brokers, clusterId } = await kafka.probe(signal);
  const count = `${brokers} ${brokers === 1 ? "broker" : "brokers"}`;
  return { version, message: clusterId === undefined ? count : `${count}, cluster ${clusterId}` };
}

async function probeStorage(
  { storage }: PlatformConnections,
  bucket: string,
  signal: AbortSignal,
): Promise<Finding> {
  const { server } = await storage.probe(signal);
  return { version: server, message: `bucket "${bucket}" is there` };
}

async function probeCatalog({ catalog }: PlatformConnections, signal: AbortSignal): Promise<Finding> {
  const { prefix, isNessie } = await catalog.probe(signal);
  const message = prefix === "" ? "Iceberg REST" : `Iceberg REST, prefix "${prefix}"`;
  return { version: isNessie ? "Nessie" : undefined, message };
}

async function probe(
  unreachable: Reason,
  context: ReconcileContext,
  ask: (signal: AbortSignal) => Promise<Finding>,
): Promise<ProbeResult> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_SECONDS * 1000);
  try {
    const { version, message } = await ask(AbortSignal.any([context.signal, timeout]));
    return { state: "reachable", ...(version !== undefined && { version }), message };
  } catch (error) {
    context.signal.throwIfAborted();
    if (timeout.aborted) {
      return {
        state: "unreachable",
        reason: unreachable,
        message: `no answer within ${PROBE_TIMEOUT_SECONDS} s`,
      };
    }
    return { state: "unreachable", reason: reasonOf(error) ?? unreachable, message: messageOf(error) };
  }
}

/** `undefined` for what no target has classified. */
function reasonOf(error: unknown): Reason | undefined {
  const classed = findWaitingError(error) ?? findTransientError(error) ?? findTerminalError(error);
  return classed?.reason === "InvalidSpec" ? undefined : classed?.reason;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
