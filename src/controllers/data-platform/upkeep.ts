/** The Job that looks after tables: how it stands, what it did, and for which tables the next one may be started. Pure. */
import type { KubernetesObject } from "../../api/objects.ts";
import { shorten } from "../../api/text.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { LakeTable, UpkeepStatus } from "../../crds/kinds.ts";
import { upkeepResult } from "../../generated/upkeep-result.ts";
import { ANNOTATIONS, OWN_ANNOTATIONS } from "../../naming/marks.ts";
import type { PodEnd, PodObject } from "../../targets/kubernetes/pods.ts";
import { endOfPod, podProblem } from "../../targets/kubernetes/pods.ts";
import type { Problem } from "../../targets/kubernetes/admission.ts";
import { upkeepSettings } from "../upkeep/settings.ts";

interface JobCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface JobObject extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly JobCondition[] };
}

/** What the caches show of Jobs and tables of a platform. */
export interface ObservedUpkeep {
  /** The platform's own. */
  readonly jobs: readonly JobObject[];
  readonly pods: readonly PodObject[];
  /** All LakeTables that name the platform. */
  readonly tables: readonly LakeTable[];
}

export type JobTable = Pick<UpkeepStatus["tables"][number], "database" | "table" | "tableUuid">;

/** The Job of now, or the last one. */
export interface CurrentUpkeep {
  readonly status: UpkeepStatus | undefined;
  /** Why the pod of a running Job does not run. */
  readonly problem?: Problem | undefined;
}

const MAX_MESSAGE = 512;
/** Job and pod come by two watches: so long the word of the pod is waited for. */
const POD_LAG_MS = 120_000;

/** What was once said of a Job that has ended stands, whatever becomes of the Job. */
export function currentUpkeep(
  { jobs, pods }: ObservedUpkeep,
  remembered: UpkeepStatus | undefined,
  now: Date,
): CurrentUpkeep {
  const job = newestJob(jobs, remembered);
  if (job?.metadata.name === remembered?.job && remembered?.finishedAt !== undefined)
    return { status: remembered };
  if (job === undefined) return { status: remembered && deletedJob(remembered, now) };
  const own = pods.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid),
  );
  return jobState(job, own, now);
}

/** The Job that is remembered, or one that was made after it. */
function newestJob(jobs: readonly JobObject[], remembered: UpkeepStatus | undefined): JobObject | undefined {
  const madeAt = ({ metadata }: JobObject): string => metadata.creationTimestamp ?? "";
  return jobs
    .filter((job) => job.metadata.name === remembered?.job || madeAt(job) > (remembered?.startedAt ?? ""))
    .toSorted((one, other) => madeAt(other).localeCompare(madeAt(one)))
    .at(0);
}

function deletedJob(remembered: UpkeepStatus, now: Date): UpkeepStatus {
  if (remembered.finishedAt !== undefined) return remembered;
  const message = `Job "${remembered.job}" was deleted before it ended`;
  return {
    ...remembered,
    state: "Failed",
    finishedAt: timestamp(now),
    message,
    tables: remembered.tables.map((table) => ({ ...table, state: "Failed", message })),
  };
}

function jobState(job: JobObject, pods: readonly PodObject[], now: Date): CurrentUpkeep {
  const base = startedUpkeep(job);
  const end = job.status?.conditions?.find(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
  if (end === undefined) return runningUpkeep(base, pods);
  const finishedAt = end.lastTransitionTime ?? timestamp(now);
  const said = pods.map(endOfPod).find((found) => found !== undefined);
  const isLate = now.getTime() - Date.parse(finishedAt) >= POD_LAG_MS;
  if (said === undefined && pods.length > 0 && !isLate) return { status: base };
  const hasFailed = end.type === "Failed";
  const reason = `Job "${base.job}" failed: ${reasonOf(end, said)}`;
  return { status: endedUpkeep(base, { finishedAt, hasFailed, reason, said: said?.message }) };
}

function reasonOf(end: JobCondition, said: PodEnd | undefined): string {
  return said?.failure ?? end.message ?? end.reason ?? "nobody said why";
}

function runningUpkeep(base: UpkeepStatus, pods: readonly PodObject[]): CurrentUpkeep {
  const problem = podProblem(pods);
  return problem === undefined
    ? { status: base }
    : { status: { ...base, message: problem.message }, problem };
}

/** As a Job is that was just made. */
export function startedUpkeep({ metadata }: JobObject): UpkeepStatus {
  return {
    job: metadata.name,
    state: "Running",
    startedAt: metadata.creationTimestamp ?? "",
    tables: tablesOf(metadata.annotations?.[OWN_ANNOTATIONS.upkeepTables]),
  };
}

/** Nobody but us writes the annotation; what cannot be read names no table. */
function tablesOf(text: string | undefined): readonly JobTable[] {
  try {
    return JSON.parse(text ?? "[]") as readonly JobTable[];
  } catch {
    return [];
  }
}

interface JobEnd {
  readonly finishedAt: string;
  readonly hasFailed: boolean;
  /** Why, for tables of which the result says nothing. */
  readonly reason: string;
  /** The termination message of the container. */
  readonly said: string | undefined;
}

function endedUpkeep(base: UpkeepStatus, { finishedAt, hasFailed, reason, said }: JobEnd): UpkeepStatus {
  const result = parseResult(said);
  const why = shorten(result?.message ?? reason, MAX_MESSAGE);
  const isCutShort = (result?.tables ?? []).length > 0;
  const tables = base.tables.map((table) => {
    const found = result?.tables?.find((one) => one.database === table.database && one.table === table.table);
    if (found !== undefined) {
      const { message, orphansSearched, ...figures } = found;
      return {
        ...figures,
        ...table,
        ...(orphansSearched === true && { orphansSearched }),
        ...(typeof message === "string" && { message: shorten(message, MAX_MESSAGE) }),
      };
    }
    // What does not fit into the message does not count as done; where there is no result at all, nothing is known to be done.
    return hasFailed && !isCutShort
      ? { ...table, state: "Failed" as const, message: why }
      : { ...table, state: "Unknown" as const, message: "the Job ended without a word on this table" };
  });
  const isFailed = tables.some(({ state }) => state === "Failed");
  return {
    ...base,
    state: isFailed ? "Failed" : "Succeeded",
    finishedAt,
    ...(isFailed && !isCutShort && { message: why }),
    tables,
  };
}

/** The result is the last line: a message that was taken from the log has others before it. */
function parseResult(said: string | undefined) {
  const line = said?.trim().split("\n").at(-1) ?? "";
  try {
    return upkeepResult.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** So long the tables of a Job are waited for to take its result over before the next one is started. */
const TAKE_OVER_MS = 600_000;
const MOST_TABLES = 10;

/** The tables for the next Job; none while one runs, or while its result is not yet with its tables. */
export function tablesForNextJob(
  { tables }: Pick<ObservedUpkeep, "tables">,
  current: UpkeepStatus | undefined,
  now: Date,
): readonly LakeTable[] {
  if (current !== undefined && !isTakenOver(current, tables, now)) return [];
  const due = tables
    .filter((table) => isDue(table, now))
    .toSorted((one, other) => rank(one).localeCompare(rank(other)));
  const [first] = due;
  if (first === undefined) return [];
  // A table that breaks a Job must not take others along.
  return goesAlone(first) ? [first] : due.filter((table) => !goesAlone(table)).slice(0, MOST_TABLES);
}

function isTakenOver(current: UpkeepStatus, tables: readonly LakeTable[], now: Date): boolean {
  if (current.finishedAt === undefined) return false;
  if (now.getTime() - Date.parse(current.finishedAt) >= TAKE_OVER_MS) return true;
  return current.tables.every(({ tableUuid }) => {
    const table = tables.find(({ status }) => status?.tableUuid === tableUuid);
    if (table?.metadata.deletionTimestamp !== undefined) return true;
    return table === undefined || table.status?.maintenance?.lastRun?.job === current.job;
  });
}

function isDue(table: LakeTable, now: Date): boolean {
  if (!mayBeTouched(table) || !upkeepSettings(table).isEnabled) return false;
  const { due = [], next } = table.status?.maintenance ?? {};
  return due.length > 0 && (next === undefined || Date.parse(next) <= now.getTime());
}

/** Whose resource is being deleted, is paused or does not have the table is left alone. */
function mayBeTouched({ metadata, status }: LakeTable): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  if (metadata.annotations?.[ANNOTATIONS.paused] === "true") return false;
  const { tableUuid, conflictsWith, renamedTo } = status ?? {};
  return tableUuid !== undefined && conflictsWith === undefined && renamedTo === undefined;
}

/** Who waits longest comes first. */
function rank({ metadata, status }: LakeTable): string {
  return `${status?.maintenance?.lastRun?.finishedAt ?? ""} ${metadata.name}`;
}

function goesAlone({ status }: LakeTable): boolean {
  const state = status?.maintenance?.lastRun?.state;
  return state === "Failed" || state === "Unknown";
}
