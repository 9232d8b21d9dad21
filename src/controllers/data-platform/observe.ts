/** Probes the systems of a platform, all at once and none for long; does not write. */
import type { DataPlatform } from "../../crds/kinds.ts";
import { dataPlatformKind } from "../../crds/kinds.ts";
import { formatKey, keyOf } from "../../api/objects.ts";
import { managedLabels } from "../../naming/marks.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { findTerminalError, findTransientError, findWaitingError } from "../../runtime/errors.ts";
import { counted, messageOf } from "../../api/text.ts";
import type { Reason } from "../../api/reasons.ts";
import { componentsOf, problemOf } from "../../platform/components.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import type { Component } from "../../platform/references.ts";
import type { AirflowServer } from "../../targets/airflow/server.ts";
import type { SystemAccess, SystemClients } from "../../targets/clients.ts";
import type { CatalogAbilities } from "../../targets/iceberg/abilities.ts";
import type { ServingTables } from "../../targets/hbase/tables.ts";
import type { TableCatalog } from "../../targets/iceberg/catalog.ts";
import type { TopicAdmin } from "../../targets/kafka/admin.ts";
import type { LineageReceiver } from "../../targets/openlineage/receiver.ts";
import { CHILD_TYPES, isOwnedBy } from "../../targets/kubernetes/child.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import type { ObjectStore } from "../../targets/s3/store.ts";
import { TABLES_BY_PLATFORM } from "../upkeep/tables.ts";
import type { JobObject, ObservedUpkeep } from "./upkeep.ts";

/** A probe that got no answer in this time has failed. */
const PROBE_TIMEOUT_SECONDS = 5;

/** What one probe found. Messages of the same finding are the same each time. */
export type ProbeResult =
  | {
      readonly state: "reachable";
      readonly version?: string;
      readonly identity?: string;
      readonly message: string;
    }
  | { readonly state: "unreachable"; readonly reason: Reason; readonly message: string }
  /** Not probed, because a reference of this component leads nowhere. */
  | { readonly state: "unknown"; readonly reason: Reason; readonly message: string };

export interface ObservedPlatform {
  readonly platform: PresentPlatform;
  /** One of each system that the platform names, in the order of its status. */
  readonly components: ReadonlyMap<Component, ProbeResult>;
  /** What the catalog can do; `undefined` when it was not asked or did not say. */
  readonly abilities: CatalogAbilities | undefined;
  readonly upkeep: ObservedUpkeep;
}

export async function observePlatform(
  resource: DataPlatform,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedPlatform> {
  const platform = await platforms.readSecrets(resource, context);
  const probed = componentsOf(platform.spec).map(async (component) => {
    const ask = async (signal: AbortSignal): Promise<Finding> => PROBES[component](platform, clients, signal);
    return [component, await probe(component, { platform, context }, ask)] as const;
  });
  const components = new Map(await Promise.all(probed));
  if ([...components.values()].some(isRefused)) platforms.forgetSecrets(resource);
  const abilities =
    components.get("Catalog")?.state === "reachable"
      ? await askCatalog(clients.catalog(platform), context)
      : undefined;
  return Object.freeze({ platform, components, abilities, upkeep: observeUpkeep(resource, context) });
}

/** From the caches only: to find that nothing is due costs no request. */
function observeUpkeep(resource: DataPlatform, { kubernetes }: ReconcileContext): ObservedUpkeep {
  const { namespace, name } = keyOf(resource);
  const labels = managedLabels(dataPlatformKind.kind, name);
  const owner = { type: dataPlatformKind, key: { namespace, name }, uid: resource.metadata.uid ?? "" };
  return {
    jobs: kubernetes
      .cachedList<JobObject>(CHILD_TYPES.Job, { namespace, labels })
      .filter((job) => isOwnedBy(job, owner)),
    pods: kubernetes.cachedList<PodObject>(CHILD_TYPES.Pod, { namespace, labels }),
    tables: kubernetes.cachedBy(TABLES_BY_PLATFORM, formatKey({ namespace, name })),
  };
}

/** A question of its own: a catalog that answers slowly here is one that is reachable all the same. */
async function askCatalog(
  catalog: TableCatalog,
  { signal }: ReconcileContext,
): Promise<CatalogAbilities | undefined> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_SECONDS * 1000);
  return catalog.abilities(AbortSignal.any([signal, timeout])).catch(() => {
    signal.throwIfAborted();
    return undefined;
  });
}

type Probe = (platform: PresentPlatform, clients: SystemClients, signal: AbortSignal) => Promise<Finding>;

const PROBES: Readonly<Record<Component, Probe>> = {
  Kafka: (platform, clients, signal) => probeKafka(clients.kafka(platform), signal),
  Storage: (platform, clients, signal) =>
    probeStorage(clients.storage(platform), platform.spec.storage.bucket, signal),
  Catalog: (platform, clients, signal) => probeCatalog(clients.catalog(platform), signal),
  Airflow: (platform, clients, signal) => probeAirflow(clients.airflow(platform), signal),
  Lineage: (platform, clients, signal) => probeLineage(clients.lineage(platform), signal),
  HBase: (platform, clients, signal) => probeHBase(clients.hbase(platform), signal),
};

function isRefused(result: ProbeResult): boolean {
  return result.state === "unreachable" && result.reason === "Unauthorized";
}

function notProbed(problem: Error): ProbeResult {
  const waiting = findWaitingError(problem);
  if (waiting !== undefined) {
    return { state: "unknown", reason: waiting.reason, message: `not probed: ${waiting.message}` };
  }
  return { state: "unknown", reason: "ApiUnavailable", message: "not probed: the Secrets could not be read" };
}

interface Finding {
  readonly version?: string | undefined;
  /** What the system says it is. */
  readonly identity: string | undefined;
  readonly message: string;
}

async function probeKafka(kafka: TopicAdmin, signal: AbortSignal): Promise<Finding> {
  const { version, brokers, clusterId } = await kafka.probe(signal);
  const count = counted(brokers, "broker");
  return {
    version,
    identity: clusterId,
    message: clusterId === undefined ? count : `${count}, cluster ${clusterId}`,
  };
}

async function probeStorage(storage: ObjectStore, bucket: string, signal: AbortSignal): Promise<Finding> {
  const { server, identity } = await storage.probe(signal);
  return { version: server, identity, message: `bucket "${bucket}" is there` };
}

async function probeCatalog(catalog: TableCatalog, signal: AbortSignal): Promise<Finding> {
  const { prefix, isNessie, identity } = await catalog.probe(signal);
  const message = prefix === "" ? "Iceberg REST" : `Iceberg REST, prefix "${prefix}"`;
  return { version: isNessie ? "Nessie" : undefined, identity, message };
}

async function probeAirflow(airflow: AirflowServer, signal: AbortSignal): Promise<Finding> {
  const { version, identity } = await airflow.probe(signal);
  return { version, identity, message: "scheduler, dag-processor and triggerer are healthy" };
}

async function probeLineage(receiver: LineageReceiver, signal: AbortSignal): Promise<Finding> {
  await receiver.probe(signal);
  return { identity: undefined, message: "the receiver answers" };
}

async function probeHBase(hbase: ServingTables, signal: AbortSignal): Promise<Finding> {
  const { version, clusterId, regionServers } = await hbase.probe(signal);
  return {
    version,
    identity: clusterId,
    message: `${counted(regionServers, "region server")}, cluster ${clusterId}`,
  };
}

const UNREACHABLE: Readonly<Record<Component, Reason>> = {
  Kafka: "KafkaUnreachable",
  Storage: "StorageUnreachable",
  Catalog: "CatalogUnreachable",
  Airflow: "AirflowUnreachable",
  Lineage: "LineageUnreachable",
  HBase: "HBaseUnreachable",
};

async function probe(
  component: Component,
  { platform, context }: { readonly platform: PresentPlatform; readonly context: ReconcileContext },
  ask: (signal: AbortSignal) => Promise<Finding>,
): Promise<ProbeResult> {
  const problem = problemOf(platform, [component]);
  if (problem !== undefined) return notProbed(problem);
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_SECONDS * 1000);
  try {
    const { version, identity, message } = await ask(AbortSignal.any([context.signal, timeout]));
    return {
      state: "reachable",
      ...(version !== undefined && { version }),
      ...(identity !== undefined && { identity }),
      message,
    };
  } catch (error) {
    context.signal.throwIfAborted();
    if (timeout.aborted) {
      return {
        state: "unreachable",
        reason: UNREACHABLE[component],
        message: `no answer within ${PROBE_TIMEOUT_SECONDS} s`,
      };
    }
    return {
      state: "unreachable",
      reason: reasonOf(error) ?? UNREACHABLE[component],
      message: messageOf(error),
    };
  }
}

/** `undefined` for what no target has classified. */
function reasonOf(error: unknown): Reason | undefined {
  const classed = findWaitingError(error) ?? findTransientError(error) ?? findTerminalError(error);
  return classed?.reason === "InvalidSpec" ? undefined : classed?.reason;
}
