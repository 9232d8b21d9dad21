/** What a pipeline's status says, from what was observed and what the API server answered. Pure. */
import type { ClickstreamPipeline, ClickstreamPipelineStatus } from "../../crds/kinds.ts";
import { CLICKSTREAM_PIPELINE_DEFAULTS } from "../../crds/kinds.ts";
import { formatTable } from "../../naming/tables.ts";
import { keyOf } from "../../api/objects.ts";
import type { Reason } from "../../api/reasons.ts";
import type { KubernetesObject, StatusInput, StatusResult } from "../../runtime/controller.ts";
import { findResult } from "../../targets/kubernetes/apply-children.ts";
import { restartCount } from "../../targets/kubernetes/pods.ts";
import { componentLabels } from "../../workloads/metadata.ts";
import { scaleOf } from "../../workloads/scale.ts";
import { remembered } from "../remembered.ts";
import type { AppliedPipeline } from "./apply.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { PipelinePlan } from "./plan.ts";
import { TABLE_ROLES } from "./parts.ts";
import { earlierTableFault } from "./recovery.ts";
import type { StageJudgement } from "./stages.ts";
import { judgeStages } from "./stages.ts";
import type { ValidatedPipeline } from "./validate.ts";

type Input = StatusInput<
  ClickstreamPipeline,
  ObservedPipeline,
  ValidatedPipeline,
  PipelinePlan,
  AppliedPipeline
>;
type Result = StatusResult<ClickstreamPipelineStatus>;
type JobStatus = NonNullable<ClickstreamPipelineStatus["job"]>;

/** How often the job's figures are read when nothing else wakes the pipeline. */
const REFRESH_SECONDS = 15;

export function pipelineStatus(input: Input): Result {
  const { resource, observed } = input;
  if (observed === undefined)
    return { status: { ...keptStatus(resource), ...faultyPart(input) }, conditions: [] };
  const judgements = judgeStages(stageInput(input, observed));
  return {
    status: { ...fieldsOf(input, observed), worstStage: worstStage(judgements), ...faultyPart(input) },
    conditions: judgements.map(({ condition }) => condition),
    requeueAfterSeconds: REFRESH_SECONDS,
    ...verdictOf(judgements),
  };
}

function keptStatus({ status }: ClickstreamPipeline): Result["status"] {
  const kept = remembered(
    status,
    ...([
      "worstStage",
      "scale",
      "collectorUrl",
      "topicName",
      "topicPartitions",
      "tables",
      "job",
      "profiles",
    ] as const),
  );
  return { ...kept, ...keptIdentity(status) };
}

/** Children as the API server answered, where it did: the observation is from before the change. */
function stageInput(input: Input, observed: ObservedPipeline): Parameters<typeof judgeStages>[0] {
  const { resource, validated, applied } = input;
  const answered = <T extends KubernetesObject>(
    kind: string,
    before: T | undefined,
    name: string | undefined,
  ): T | undefined => answer<T>(applied, kind, name) ?? before;
  const names = validated?.names;
  return {
    rawStream: answered("EventStream", observed.rawStream, names?.rawStream),
    ...identityOf(input),
    tables: TABLE_ROLES.map((role, index) => answered("LakeTable", observed.tables[index], names?.[role])),
    foundTables: observed.foundTables,
    earlierFault: earlierTableFault(resource),
    collector: answered("Deployment", observed.collector, names?.collector),
    streamJob: answered("StatefulSet", observed.streamJob, names?.streamJob),
    pods: observed.pods,
    collectors: observed.collectors,
    progress: observed.progress,
    ...profilesOf(input, observed),
    blocked: validated?.blocked ?? {},
    refusals: applied?.refusals ?? {},
    ...jobWishes(resource),
  };
}

/** A spec that says nothing of use changes nothing about the tables that the job writes. */
function identityOf({
  resource,
  validated,
}: Input): Pick<Parameters<typeof judgeStages>[0], "key" | "tableIds" | "pending"> {
  const { tableIds, pending } = validated?.identity ?? {
    tableIds: resource.status?.tableIds,
    pending: undefined,
  };
  return { key: keyOf(resource), tableIds, pending };
}

function answer<T extends KubernetesObject>(
  applied: AppliedPipeline | undefined,
  kind: string,
  name: string | undefined,
): T | undefined {
  return name === undefined ? undefined : findResult<T>(applied?.children ?? [], kind, name);
}

function profilesOf(
  { resource, validated, applied }: Input,
  { profileTable, profileApi }: ObservedPipeline,
): Pick<Parameters<typeof judgeStages>[0], "profileTable" | "profileApi" | "profiles" | "platformName"> {
  return {
    profileApi: answer(applied, "Deployment", validated?.names.profileApi) ?? profileApi,
    profileTable: answer(applied, "ServingTable", validated?.names.profiles) ?? profileTable,
    profiles: validated?.profiles,
    platformName: resource.spec.platformRef.name,
  };
}

function jobWishes({ spec }: ClickstreamPipeline): { isSuspended: boolean; executors: number } {
  const { suspended, executors } = spec.processing ?? {};
  const defaults = CLICKSTREAM_PIPELINE_DEFAULTS.processing;
  return { isSuspended: suspended ?? defaults.suspended, executors: executors ?? defaults.executors };
}

function fieldsOf(input: Input, observed: ObservedPipeline): Result["status"] {
  const { resource, validated } = input;
  const kept = keptStatus(resource);
  const job = jobStatus(observed, kept.job);
  if (validated === undefined) return { ...kept, ...(job === undefined ? {} : { job }) };
  const { names, owner, tables, topicName } = validated;
  const { collector } = stageInput(input, observed);
  const topicPartitions = observed.rawStream?.status?.partitions ?? kept.topicPartitions;
  return {
    scale: scaleOf(collector, componentLabels(validated, "collector")),
    collectorUrl: `http://${names.collector}.${owner.key.namespace}.svc`,
    topicName,
    ...(topicPartitions !== undefined && { topicPartitions }),
    tables: {
      events: formatTable(tables.events),
      failedEvents: formatTable(tables.failedEvents),
      duplicateEvents: formatTable(tables.duplicateEvents),
    },
    ...identityStatus(input),
    ...profileStatus(input, observed),
    ...(job === undefined ? {} : { job }),
  };
}

/** Where the driver does not answer, nobody knows how far they are. */
function profileStatus(
  { validated }: Input,
  { progress }: ObservedPipeline,
): Pick<ClickstreamPipelineStatus, "profiles"> {
  if (validated?.profiles?.hbase === undefined) return {};
  const lag = progress.state === "unknown" ? undefined : progress.profiles?.lag;
  const { names, owner, profiles } = validated;
  const scheme = profiles.api?.tlsSecret === undefined ? "http" : "https";
  return {
    profiles: {
      table: profiles.table,
      ...(lag !== undefined && { lag }),
      ...(profiles.api && { apiUrl: `${scheme}://${names.profileApi}.${owner.key.namespace}.svc` }),
    },
  };
}

/** What a pass has carried out; of one that wrote nothing, what was before. */
function identityStatus({ resource: { status }, validated, applied, now }: Input): Identity {
  if (validated === undefined || applied === undefined) return keptIdentity(status);
  const { tableIds, recovery } = validated.identity;
  if (recovery === undefined || recovery.id === status?.recovery?.id) {
    return withoutUndefined({ tableIds, recovery: status?.recovery });
  }
  return withoutUndefined({ tableIds, recovery: { ...recovery, time: now.toISOString() } });
}

type Identity = Pick<ClickstreamPipelineStatus, "tableIds" | "recovery">;

function keptIdentity(status: ClickstreamPipelineStatus | undefined): Identity {
  return remembered(status, "tableIds", "recovery");
}

/** When the driver does not answer, its last batch and its counts still stand; its rates do not. */
function jobStatus(
  { progress, pods }: ObservedPipeline,
  previous: JobStatus | undefined,
): JobStatus | undefined {
  const restarts = restartCount(pods.stream);
  if (progress.state === "unknown") {
    if (previous === undefined) return undefined;
    const { lastCommittedBatch, lag, conflicts, executorsLost, lastExecutorLoss, erased } = previous;
    return withoutUndefined({
      lastCommittedBatch,
      lag,
      conflicts,
      executorsLost,
      lastExecutorLoss,
      erased,
      restarts,
    });
  }
  return {
    ...(progress.batchId === undefined ? {} : { lastCommittedBatch: progress.batchId }),
    inputRowsPerSecond: roundRate(progress.inputRowsPerSecond),
    processedRowsPerSecond: roundRate(progress.processedRowsPerSecond),
    ...(progress.lag === undefined ? {} : { lag: progress.lag }),
    ...(progress.conflicts === undefined ? {} : { conflicts: progress.conflicts }),
    ...(progress.executorsLost === undefined ? {} : { executorsLost: progress.executorsLost }),
    ...(progress.lastExecutorLoss === undefined ? {} : { lastExecutorLoss: progress.lastExecutorLoss }),
    ...(progress.erased === undefined ? {} : { erased: progress.erased }),
    restarts,
  };
}

type Defined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Defined<Value>;
}

/** Two significant digits: a steady flow must not change the status in every pass. */
function roundRate(rowsPerSecond: number): number {
  return Number(rowsPerSecond.toPrecision(2));
}

function worstStage(judgements: readonly StageJudgement[]): string {
  return judgements.find(({ condition }) => condition.status !== "True")?.stage ?? "None";
}

/** What keeps a pipeline from being reconciled, on the platform's side. */
const PLATFORM_REASONS: ReadonlySet<Reason> = new Set([
  "PlatformNotFound",
  "PlatformNotReady",
  "SecretNotFound",
  "SecretKeyMissing",
  "SecretValueInvalid",
  "Unauthorized",
  "KafkaUnreachable",
  "StorageUnreachable",
  "CatalogUnreachable",
]);

/** An error of the pass makes the pipeline not ready whatever its stages do; something must be named for it. */
function faultyPart({ error }: Input): Pick<ClickstreamPipelineStatus, "worstStage"> {
  if (error === undefined) return {};
  if (PLATFORM_REASONS.has(error.reason)) return { worstStage: "Platform" };
  return { worstStage: error.class === "terminal" ? "Spec" : "Operator" };
}

/** A suspended job is what the spec wants, so it alone does not keep the pipeline from being ready. */
function verdictOf(judgements: readonly StageJudgement[]): Pick<Result, "ready" | "waiting" | "terminal"> {
  const open = judgements.filter(({ condition }) => condition.status !== "True");
  const unwanted = open.filter(({ condition }) => condition.reason !== "Suspended");
  const worst = unwanted.find(({ isStalled }) => isStalled) ?? unwanted[0];
  if (worst === undefined) {
    const isSuspended = open.length > 0;
    return {
      ready: {
        message: isSuspended
          ? "events are collected; processing is suspended"
          : "events flow into the tables",
      },
    };
  }
  const { reason, message } = worst.condition;
  const verdict = { reason, message: `${worst.stage}: ${message}` };
  return worst.isStalled ? { terminal: verdict } : { waiting: verdict };
}
