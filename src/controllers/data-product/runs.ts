/**
 * Runs as the status remembers them: Airflow says that they began and ended, and the table says what became of them. Pure.
 *
 *     Running ─▶ Published   a version of the table carries the run's id
 *             ─▶ Held        the run's branch is there, with what the checks found
 *             ─▶ Failed      neither
 */
import { z } from "zod";
import { timestamp } from "../../api/timestamp.ts";
import { shorten } from "../../api/text.ts";
import type { DataProductStatus } from "../../crds/kinds.ts";
import { RUN_PREFIXES, TABLE_MARKS } from "../../generated/names.ts";
import { MAX_CHECK_NAME, MAX_EARLIER_RUNS, MAX_RUN_MESSAGE } from "../../crds/kinds.ts";
import type { DagRun } from "../../targets/airflow/dag.ts";
import type { PastSnapshot, TableHistory } from "../../targets/iceberg/history.ts";
import type { TimeWindow } from "./windows.ts";
import { BEGIN_OF_TIME, lookingBack, parseWindow, windowOf } from "./windows.ts";

export type RunRecord = NonNullable<DataProductStatus["lastRun"]>;
type CheckResult = NonNullable<RunRecord["checks"]>[number];

/** Name of the branch that a run writes to. */
export function auditBranchOf(runId: string): string {
  return `audit_${runId}`;
}

/** Id of a run that somebody asks for, by the hash of the request. */
export function askedRunId(hash: string): string {
  return `${RUN_PREFIXES.asked}${hash}`;
}

/** Key of a run's configuration in Airflow that tells a backfill's runs from earlier runs of the same times. */
export const BACKFILL_KEY = "backfill";

/**
 * Id of a run in the table. A backfill runs a time anew under the id that its run in Airflow had before; the table must not take it for that
 * one.
 */
export function runIdOf({ id, conf }: DagRun): string {
  const backfill = conf[BACKFILL_KEY];
  return typeof backfill === "string" ? `${id}~${backfill}` : id;
}

const BACKFILL_MARK = /~[0-9a-f]{12}$/;

/** Id in Airflow of a run with this id in the table. */
export function airflowRunId(runId: string): string {
  return runId.replace(BACKFILL_MARK, "");
}

/** Whether a run with this id in the table is one of a backfill. */
export function isOfBackfill(runId: string): boolean {
  return BACKFILL_MARK.test(runId);
}

/** Whether a run is one of those that Airflow begins by itself, or makes for a backfill. */
export function isOfSchedule(runId: string): boolean {
  return /^(scheduled|backfill)__/.test(runId) || isOfBackfill(runId);
}

/** A run that follows the inputs, as its id tells. */
export interface UpdateRun {
  /** Hash of the versions that the inputs had. */
  readonly versions: string;
  /** Hash of the run before, which followed other versions: versions that come back have runs of their own. */
  readonly after: string;
  /** The how-manieth run it is at these versions. */
  readonly attempt: number;
}

/** `update-0123456789ab-012345-1` */
const UPDATE_RUN = new RegExp(`^${RUN_PREFIXES.update}([0-9a-f]{12})-([0-9a-f]{6})-(\\d+)$`);

/** `undefined`: the run does not follow the inputs. */
export function updateOf(runId: string): UpdateRun | undefined {
  const [, versions, after, attempt] = UPDATE_RUN.exec(runId) ?? [];
  return versions === undefined || after === undefined
    ? undefined
    : { versions, after, attempt: Number(attempt) };
}

export function updateRunId({ versions, after, attempt }: UpdateRun): string {
  return `${RUN_PREFIXES.update}${versions}-${after}-${attempt}`;
}

/** How a product's runs have windows. */
export interface Windowing {
  readonly isWindowed: boolean;
  readonly lookbackSeconds: number;
  /** How long after the end of a time it is read. */
  readonly delaySeconds: number;
}

/** What a run is of: what it was asked for, else its period of the schedule. `undefined`: it reads all. */
function windowOfRun({ conf, period }: DagRun, { isWindowed }: Windowing): TimeWindow | undefined {
  if (!isWindowed) return undefined;
  const { from, to } = conf;
  if (typeof from === "string" && typeof to === "string") return windowOf(from, to);
  return windowOf(period?.from, period?.to);
}

/** A run that has ended, with what the table says of it. */
export interface EndedRun {
  readonly record: RunRecord;
  /** What the run read: of a run by schedule also what comes late. `undefined`: all. */
  readonly read: TimeWindow | undefined;
  /** The version of the table that it made, or would have made. */
  readonly snapshot: PastSnapshot | undefined;
}

export interface JudgedRuns {
  /** Newest first. */
  readonly records: readonly RunRecord[];
  /** Those whose end was not known before, in the order of their ends. */
  readonly ended: readonly EndedRun[];
}

export function isEnded({ state }: DagRun): boolean {
  return state === "success" || state === "failed";
}

/** Whether the table must be asked what became of a run. */
export function hasUnknownEnd(status: DataProductStatus | undefined, runs: readonly DagRun[]): boolean {
  const known = recordsOf(status);
  return runs.some((run) => isEnded(run) && !isKnown(run, known)) || lostRuns(known, runs).length > 0;
}

/** Runs that Airflow calls failed, and whose end is news. */
export function newlyFailed(
  status: DataProductStatus | undefined,
  runs: readonly DagRun[],
): readonly DagRun[] {
  const known = recordsOf(status);
  return runs.filter((run) => run.state === "failed" && !isKnown(run, known));
}

/** Newest end that the status knows of, when the runs have none of which it knows and may not be all that have ended since. */
export function lastKnownEnd(
  status: DataProductStatus | undefined,
  { runs, limit }: { readonly runs: readonly DagRun[]; readonly limit: number },
): string | undefined {
  const known = recordsOf(status);
  const isGap = runs.length >= limit && !runs.some((run) => isEnded(run) && isKnown(run, known));
  return isGap ? newestEnd(known) || BEGIN_OF_TIME : undefined;
}

/** What Airflow and the table say of runs. */
export interface RunSight {
  readonly runs: readonly DagRun[];
  /** `undefined`: it was not read. */
  readonly history: TableHistory | undefined;
  /** Why runs failed, by their ids in the table. */
  readonly failures?: ReadonlyMap<string, string>;
}

/** Airflow's runs, and those that it has forgotten. Without a history ends stay unknown. */
export function judgeRuns(
  status: DataProductStatus | undefined,
  { runs, history, failures = new Map() }: RunSight,
  windowing: Windowing,
): JudgedRuns {
  const known = recordsOf(status);
  const judged = new Map<string, RunRecord>(known.map((record) => [record.id, record]));
  const ended: EndedRun[] = [];
  for (const run of runs) {
    if (isEnded(run) && isKnown(run, known)) continue;
    const id = runIdOf(run);
    if (isEnded(run) && history !== undefined) ended.push(judgeEnd(run, { history, failures }, windowing));
    else judged.set(id, { id, state: "Running", ...windowOfRun(run, windowing), ...timesOf(run) });
  }
  if (history !== undefined) ended.push(...lostRuns(known, runs).map((record) => judgeLost(record, history)));
  for (const { record } of ended) judged.set(record.id, record);
  return {
    records: remember([...judged.values()].sort(byStart)),
    ended: ended.sort((one, other) => endOf(one) - endOf(other)),
  };
}

/** A backfill's runs wait to begin by the dozen: what ended is not forgotten for them. */
const MAX_WAITING_RUNS = 3;

/** Those that the status has room for, and always the last one that follows the inputs: the next one is judged by it. */
function remember(newestFirst: readonly RunRecord[]): readonly RunRecord[] {
  const waiting = newestFirst.filter(({ startedAt }) => startedAt === undefined).slice(0, MAX_WAITING_RUNS);
  const others = newestFirst.filter(({ startedAt }) => startedAt !== undefined);
  const kept = [...waiting, ...others].slice(0, MAX_EARLIER_RUNS + 1);
  const update = newestFirst.find(({ id }) => updateOf(id) !== undefined);
  return update === undefined || kept.includes(update) ? kept : [...kept.slice(0, -1), update];
}

/** All that the status remembers, newest first. */
export function recordsOf(status: DataProductStatus | undefined): readonly RunRecord[] {
  const { lastRun, earlierRuns = [] } = status ?? {};
  return lastRun === undefined ? earlierRuns : [lastRun, ...earlierRuns];
}

/**
 * A run that somebody clears in Airflow runs again under its id, and ends at another time. What ended before the newest end was judged when it
 * was news: the status may have forgotten it since, and the table its snapshot.
 */
function isKnown(run: DagRun, known: readonly RunRecord[]): boolean {
  const before = known.find(({ id }) => id === runIdOf(run));
  const endedAt = wholeSeconds(run.endedAt);
  if (before === undefined) return endedAt !== undefined && endedAt < newestEnd(known);
  return before.state !== "Running" && before.endedAt === endedAt;
}

function newestEnd(known: readonly RunRecord[]): string {
  const ends = known.flatMap(({ state, endedAt }) => (state === "Running" ? [] : (endedAt ?? [])));
  return ends.toSorted().at(-1) ?? "";
}

/** Runs that went on when they were last seen, and of which Airflow has forgotten everything. */
function lostRuns(known: readonly RunRecord[], runs: readonly DagRun[]): readonly RunRecord[] {
  const told = new Set(runs.map(runIdOf));
  return known.filter(({ id, state }) => state === "Running" && !told.has(id));
}

interface EndSight {
  readonly history: TableHistory;
  readonly failures: ReadonlyMap<string, string>;
}

function judgeEnd(run: DagRun, { history, failures }: EndSight, windowing: Windowing): EndedRun {
  const id = runIdOf(run);
  const window = windowOfRun(run, windowing);
  const found = endInTable(id, history);
  const isAsked = typeof run.conf["from"] === "string";
  return {
    record: {
      id,
      ...found.fields,
      ...messageOf(run.state, found, failures.get(id)),
      ...window,
      ...timesOf(run),
    },
    read: window && (isAsked ? window : lookingBack(window, windowing.lookbackSeconds)),
    snapshot: found.snapshot,
  };
}

function judgeLost(record: RunRecord, history: TableHistory): EndedRun {
  const { id, from, to, startedAt } = record;
  const found = endInTable(id, history);
  const window = windowOf(from, to);
  const times = startedAt === undefined ? {} : { startedAt };
  return {
    record: { id, ...found.fields, ...messageOf("forgotten", found), ...window, ...times },
    read: window,
    snapshot: found.snapshot,
  };
}

interface FoundEnd {
  readonly fields: Pick<RunRecord, "state" | "rows" | "snapshotId" | "planHash" | "checks">;
  readonly snapshot: PastSnapshot | undefined;
}

/** What the table says of a run. */
export function endInTable(id: string, { published, branches }: TableHistory): FoundEnd {
  const isOfRun = ({ summary }: PastSnapshot): boolean =>
    summary[TABLE_MARKS.runId] === id && summary[TABLE_MARKS.checks] !== undefined;
  const version = published.find(isOfRun);
  if (version !== undefined) {
    return { fields: { state: "Published", ...figuresOf(version) }, snapshot: version };
  }
  const held = branches.get(auditBranchOf(id));
  if (held !== undefined && isOfRun(held)) {
    return { fields: { state: "Held", ...figuresOf(held) }, snapshot: held };
  }
  return { fields: { state: "Failed" }, snapshot: undefined };
}

function messageOf(
  end: DagRun["state"] | "forgotten",
  { fields }: FoundEnd,
  why?: string,
): Pick<RunRecord, "message"> {
  if (fields.state === "Held")
    return { message: shorten(violationsText(fields.checks ?? []), MAX_RUN_MESSAGE) };
  if (fields.state !== "Failed") return {};
  if (end === "success")
    return { message: "Airflow says that it succeeded, but no version of the table is of this run" };
  if (end === "forgotten")
    return { message: "Airflow knows it no more, and no version of the table is of it" };
  return { message: why ?? "it failed in all its tries; the log of its task in Airflow says why" };
}

/** `violated: one-row-a-day (2), notNull(day) (1)` */
function violationsText(checks: readonly CheckResult[]): string {
  const violated = checks.filter(({ severity, violations }) => severity === "Error" && violations > 0);
  return `violated: ${violated.map(({ name, violations }) => `${name} (${violations})`).join(", ")}`;
}

const checksText = z.array(
  z.object({ name: z.string(), severity: z.enum(["Error", "Warning"]), violations: z.int().min(0) }),
);

function figuresOf({ id, summary }: PastSnapshot): Omit<FoundEnd["fields"], "state"> {
  const rows = countOf(summary[TABLE_MARKS.rows]);
  const planHash = summary[TABLE_MARKS.planHash];
  return {
    ...(rows !== undefined && { rows }),
    snapshotId: id,
    ...(planHash !== undefined && { planHash }),
    checks: checksOf(summary[TABLE_MARKS.checks] ?? "[]"),
  };
}

/** Rows of the table in a version of ours. */
export function tableRowsOf({ summary }: PastSnapshot): number | undefined {
  return countOf(summary[TABLE_MARKS.tableRows]);
}

/** Rows that came after the run over their time, where the run of a version found any. */
export function lateRowsOf(version: PastSnapshot | undefined): DataProductStatus["late"] {
  const rows = countOf(version?.summary[TABLE_MARKS.lateRows]);
  const looked = parseWindow(version?.summary[TABLE_MARKS.lateWindow] ?? "");
  return rows === undefined || rows === 0 || looked === undefined ? undefined : { rows, ...looked };
}

function countOf(text: string | undefined): number | undefined {
  const count = Number(text ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** What cannot be read says nothing; each name once. */
function checksOf(text: string): readonly CheckResult[] {
  const parsed = checksText.safeParse(parseJson(text)).data ?? [];
  const byName = parsed.map((check) => [shorten(check.name, MAX_CHECK_NAME), check] as const);
  return [...new Map(byName)].map(([name, check]) => ({ ...check, name }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function timesOf({ startedAt, endedAt }: DagRun): Pick<RunRecord, "startedAt" | "endedAt" | "seconds"> {
  const [start, end] = [wholeSeconds(startedAt), wholeSeconds(endedAt)];
  const seconds = (Date.parse(endedAt ?? "") - Date.parse(startedAt ?? "")) / 1000;
  return {
    ...(start !== undefined && { startedAt: start }),
    ...(end !== undefined && { endedAt: end }),
    ...(seconds >= 0 && { seconds: Math.round(seconds) }),
  };
}

function wholeSeconds(time: string | undefined): string | undefined {
  const date = new Date(time ?? "");
  return Number.isNaN(date.getTime()) ? undefined : timestamp(date);
}

/** A run that waits to begin is the newest. */
function byStart(one: RunRecord, other: RunRecord): number {
  return startOf(other) - startOf(one) || (one.id < other.id ? -1 : 1);
}

function startOf({ startedAt }: RunRecord): number {
  return startedAt === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(startedAt);
}

function endOf({ record }: EndedRun): number {
  return record.endedAt === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(record.endedAt);
}
