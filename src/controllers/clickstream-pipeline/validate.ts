/** Turns a pipeline's spec and its platform into settings with all defaults resolved, or says what is wrong. Pure. */
import type { ClickstreamPipeline, DataPlatformSpec, DeletionPolicy } from "../../crds/kinds.ts";
import {
  CLICKSTREAM_PIPELINE_DEFAULTS,
  CONTAINER_DEFAULTS,
  clickstreamPipelineKind,
  parseDurationSeconds,
} from "../../crds/kinds.ts";
import { EVENT_TABLES } from "../../generated/event-model.ts";
import type { PipelineChildNames } from "../../naming/children.ts";
import { pipelineChildNames } from "../../naming/children.ts";
import { managedLabels } from "../../naming/marks.ts";
import type { TableIdentifier } from "../../naming/tables.ts";
import {
  defaultDatabaseName,
  defaultTablePrefix,
  parseTableIdentifier,
  pipelineTableName,
} from "../../naming/tables.ts";
import type { TopicName } from "../../naming/topics.ts";
import { defaultTopicName } from "../../naming/topics.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { ChildOwner } from "../../targets/kubernetes/child.ts";
import type { ContainerResources } from "../../targets/kubernetes/resources.ts";
import { resolveResources } from "../../targets/kubernetes/resources.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import { requirePresent } from "../../platform/platform.ts";
import type { Component } from "../../platform/references.ts";
import { referencesOf, referencesReadOnce } from "../../platform/references.ts";
import { requireSecretKeys } from "../../platform/secrets.ts";
import type { Workload } from "../../workloads/secrets.ts";
import type { MemorySplit } from "../../workloads/spark-memory.ts";
import { sparkMemory, sparkMemoryProblem } from "../../workloads/spark-memory.ts";
import type { GivenPodTemplate } from "../../workloads/pod-template.ts";
import { secretsHash, unprovenSecrets } from "../../workloads/secrets.ts";
import { defined } from "./defined.ts";
import type { EventsTable } from "./events-table.ts";
import { resolveEventsTable } from "./events-table.ts";
import type { ObservedPipeline } from "./observe.ts";
import { COLLECTOR_SYSTEMS, STREAM_JOB_SYSTEMS } from "./parts.ts";
import type { ProfileSettings } from "./profile-settings.ts";
import { resolveProfiles } from "./profile-settings.ts";
import type { JobIdentity } from "./recovery.ts";
import { resolveIdentity } from "./recovery.ts";

type Spec = ClickstreamPipeline["spec"];
type Defaults = typeof CLICKSTREAM_PIPELINE_DEFAULTS;
type CollectorSpec = NonNullable<Spec["collector"]>;

/** Images of the workloads, as full references. */
export interface PipelineImages {
  readonly collector: string;
  readonly spark: string;
  readonly profileApi: string;
}

type CollectorCookieSpec = NonNullable<CollectorSpec["cookie"]>;

/** The collector with nothing left open. */
export interface CollectorSettings {
  /** Absent: the Deployment keeps the number that somebody else sets. */
  readonly replicas?: number | undefined;
  readonly resources: ContainerResources;
  readonly podTemplate?: GivenPodTemplate;
  readonly service?: CollectorSpec["service"];
  readonly corsOrigins: readonly string[];
  readonly maxEventBytes: number;
  readonly serviceType: NonNullable<CollectorSpec["serviceType"]>;
  /** Absent: the collector's own default, the private networks. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly clientAddressHeader?: string | undefined;
  readonly ipMasking: NonNullable<CollectorSpec["ipMasking"]>;
  readonly cookie: {
    readonly enabled: boolean;
    readonly name: string;
    readonly maxAgeSeconds: number;
    readonly sameSite: NonNullable<CollectorCookieSpec["sameSite"]>;
    readonly domain?: string | undefined;
  };
  readonly captureHeaders: readonly string[];
}

/** The raw stream with nothing left open. */
export interface StreamSettings {
  readonly partitions: number;
  readonly replicationFactor?: number | undefined;
  readonly retention?: NonNullable<Spec["stream"]>["retention"];
}

/** The stream job with nothing left open. */
export interface ProcessingSettings {
  readonly triggerIntervalSeconds: number;
  readonly sessionTimeoutSeconds: number;
  readonly dedupWindowSeconds: number;
  readonly watermarkSeconds: number;
  readonly executors: number;
  readonly driverResources: ContainerResources;
  readonly driverMemory: MemorySplit;
  readonly driverPodTemplate: GivenPodTemplate;
  readonly executorResources: ContainerResources;
  readonly executorMemory: MemorySplit;
  readonly executorPodTemplate: GivenPodTemplate;
  readonly maxRowsPerTrigger: number;
  readonly sparkConf: Readonly<Record<string, string>> | undefined;
  readonly absentIds: readonly string[];
  readonly siteHosts: readonly string[];
  readonly suspended: boolean;
}

/** Why a workload is left as it is: too little memory, or a Secret that is missing, could not be read, or holds what no system has taken yet. */
export interface BlockedWorkloads {
  readonly collector?: Error | undefined;
  readonly streamJob?: Error | undefined;
}

/** Everything that the plan is made from. */
export interface ValidatedPipeline {
  readonly owner: ChildOwner;
  readonly names: PipelineChildNames;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: { readonly name: string; readonly spec: DataPlatformSpec };
  /** Of the values that the pods of each workload get. */
  readonly secretsHashes: { readonly collector: string; readonly streamJob: string };
  readonly blocked: BlockedWorkloads;
  readonly images: PipelineImages;
  readonly topicName: TopicName;
  readonly tables: Readonly<Record<"events" | "failedEvents" | "duplicateEvents", TableIdentifier>>;
  readonly eventsTable: EventsTable;
  /** What the LakeTables get as it stands. */
  readonly maintenance: NonNullable<Spec["tables"]>["maintenance"];
  readonly identity: JobIdentity;
  readonly collector: CollectorSettings;
  readonly stream: StreamSettings;
  readonly processing: ProcessingSettings;
  /** `undefined`: none are kept. */
  readonly profiles: ProfileSettings | undefined;
  readonly deletionPolicy: DeletionPolicy;
}

/** What the containers get when the spec says nothing. */
const COLLECTOR_RESOURCES: ContainerResources = CONTAINER_DEFAULTS.collector;
const DRIVER_RESOURCES: ContainerResources = CONTAINER_DEFAULTS.driver;
const EXECUTOR_RESOURCES: ContainerResources = CONTAINER_DEFAULTS.executor;

/** Throws `WaitingError` while the platform is missing, `TerminalError` for what must be changed in the spec. */
export function validatePipeline(
  pipeline: ClickstreamPipeline,
  observed: ObservedPipeline,
  images: PipelineImages,
): ValidatedPipeline {
  const { spec } = pipeline;
  const key = { namespace: pipeline.metadata.namespace ?? "", name: pipeline.metadata.name };
  const names = pipelineChildNames(key.name);
  const platform = requirePresent(observed.platform);
  const processing = resolveProcessing(spec);
  return {
    owner: { type: clickstreamPipelineKind, key, uid: pipeline.metadata.uid ?? "" },
    names,
    labels: managedLabels(clickstreamPipelineKind.kind, key.name),
    platform: { name: spec.platformRef.name, spec: platform.spec },
    secretsHashes: {
      collector: hashFor(platform, COLLECTOR_SYSTEMS),
      streamJob: hashFor(platform, STREAM_JOB_SYSTEMS),
    },
    blocked: blockedWorkloads(processing, platform, observed),
    images,
    topicName: defaultTopicName({ namespace: key.namespace, name: names.rawStream }),
    tables: resolveTables(pipeline),
    eventsTable: resolveEventsTable(spec.tables?.events),
    maintenance: spec.tables?.maintenance,
    identity: resolveIdentity(pipeline, observed),
    collector: resolveCollector(spec),
    stream: { ...CLICKSTREAM_PIPELINE_DEFAULTS.stream, ...defined(spec.stream) },
    processing,
    profiles: resolveProfiles(pipeline, platform.spec),
    deletionPolicy: spec.deletionPolicy ?? CLICKSTREAM_PIPELINE_DEFAULTS.deletionPolicy,
  };
}

/** The collector speaks to Kafka only; a new key of the object store is no reason to roll it, nor is a file that is read anew. */
function hashFor({ spec, secrets }: PresentPlatform, systems: readonly Component[]): string {
  return secretsHash(referencesReadOnce(spec, systems), secrets);
}

function blockedWorkloads(
  processing: ProcessingSettings,
  platform: PresentPlatform,
  { collector, streamJob }: ObservedPipeline,
): BlockedWorkloads {
  return {
    collector: blockOf(platform, COLLECTOR_SYSTEMS, collector),
    streamJob: memoryProblem(processing) ?? blockOf(platform, STREAM_JOB_SYSTEMS, streamJob),
  };
}

function blockOf(
  platform: PresentPlatform,
  systems: readonly Component[],
  workload: Workload | undefined,
): Error | undefined {
  const wanted = hashFor(platform, systems);
  return missingOf(platform, systems) ?? unprovenSecrets({ workload, wanted, platform, systems });
}

/** The first reference that leads nowhere: a pod could not start with it. */
function missingOf({ spec, secrets }: PresentPlatform, systems: readonly Component[]): Error | undefined {
  try {
    requireSecretKeys(referencesOf(spec, systems), secrets);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function resolveTables(pipeline: ClickstreamPipeline): ValidatedPipeline["tables"] {
  const { name, namespace = "" } = pipeline.metadata;
  const database = pipeline.spec.tables?.database ?? defaultDatabaseName(namespace);
  const prefix = pipeline.spec.tables?.prefix ?? defaultTablePrefix(name);
  const identify = (suffix: string): TableIdentifier => {
    const parsed = parseTableIdentifier({ database, table: pipelineTableName(prefix, suffix) });
    if ("identifier" in parsed) return parsed.identifier;
    const field = parsed.field === "database" ? "spec.tables.database" : "spec.tables.prefix";
    throw new TerminalError("InvalidSpec", `${field} ${parsed.problem}`, { field });
  };
  return {
    events: identify(EVENT_TABLES.events.suffix),
    failedEvents: identify(EVENT_TABLES.failedEvents.suffix),
    duplicateEvents: identify(EVENT_TABLES.duplicateEvents.suffix),
  };
}

function resolveCollector(spec: Spec): CollectorSettings {
  const { cookie: given, resources, ...rest } = spec.collector ?? {};
  const cookie = { ...CLICKSTREAM_PIPELINE_DEFAULTS.collector.cookie, ...defined(given) };
  const { maxAge, ...kept } = cookie;
  // A sender from outside, without a proxy of the cluster in between, could claim any address.
  const isReachedDirectly = (rest.serviceType ?? "ClusterIP") !== "ClusterIP";
  return {
    ...CLICKSTREAM_PIPELINE_DEFAULTS.collector,
    ...(isReachedDirectly ? { trustedProxies: [] } : {}),
    ...defined(rest),
    resources: resolveResources(resources, COLLECTOR_RESOURCES),
    cookie: { ...kept, maxAgeSeconds: parseDurationSeconds(maxAge) },
  };
}

function resolveProcessing(spec: Spec): ProcessingSettings {
  const { driverResources, driverPodTemplate, executorResources, executorPodTemplate, sparkConf, ...given } =
    spec.processing ?? {};
  const resolved: Widened<Defaults["processing"]> = {
    ...CLICKSTREAM_PIPELINE_DEFAULTS.processing,
    ...defined(given),
  };
  const driver = resolveResources(driverResources, DRIVER_RESOURCES);
  const executor = resolveResources(executorResources, EXECUTOR_RESOURCES);
  return {
    triggerIntervalSeconds: parseDurationSeconds(resolved.triggerInterval),
    sessionTimeoutSeconds: parseDurationSeconds(resolved.sessionTimeout),
    dedupWindowSeconds: parseDurationSeconds(resolved.dedupWindow),
    watermarkSeconds: parseDurationSeconds(resolved.watermark),
    executors: resolved.executors,
    maxRowsPerTrigger: resolved.maxRowsPerTrigger,
    absentIds: resolved.absentIds,
    siteHosts: resolved.siteHosts,
    suspended: resolved.suspended,
    driverResources: driver,
    driverMemory: sparkMemory(driver),
    driverPodTemplate,
    executorResources: executor,
    executorMemory: sparkMemory(executor),
    executorPodTemplate,
    sparkConf,
  };
}

/** That a container is too small for Spark. A job that runs so goes on as it is. */
function memoryProblem({
  executors,
  driverResources,
  executorResources,
}: ProcessingSettings): Error | undefined {
  return (
    sparkMemoryProblem("spec.processing.driverResources", driverResources) ??
    (executors === 0 ? undefined : sparkMemoryProblem("spec.processing.executorResources", executorResources))
  );
}

/** The types of defaults, without their values. */
type Widened<Value> = {
  readonly [Key in keyof Value]: Value[Key] extends boolean
    ? boolean
    : Value[Key] extends number
      ? number
      : Value[Key] extends string
        ? string
        : Value[Key];
};
