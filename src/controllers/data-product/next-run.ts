/**
 * Which run the operator starts now. Runs by schedule Airflow starts itself; the operator starts what people ask for, the first run, and
 * the runs of products that follow their inputs. Pure.
 */
import { RUN_PREFIXES } from "../../generated/names.ts";
import { formatTable } from "../../naming/tables.ts";
import { timestamp } from "../../api/timestamp.ts";
import { hashOf } from "../../targets/kubernetes/child.ts";
import type { Dag } from "../../targets/airflow/dag.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { ObservedProduct } from "./observe.ts";
import { isOfVersion, isRunnable } from "./dag-state.ts";
import type { Requests } from "./requests.ts";
import { firstRequest, requestHash } from "./requests.ts";
import { gapsBetween } from "./kept-table.ts";
import type { Reach } from "./reach.ts";
import { reachOf, takenOver } from "./reach.ts";
import type { RunRecord, UpdateRun } from "./runs.ts";
import { askedRunId, BACKFILL_KEY, updateOf, updateRunId } from "./runs.ts";
import type { RunSettings, ValidatedProduct } from "./validate.ts";
import type { TimeWindow } from "./windows.ts";

interface RunStart {
  readonly kind: "run";
  readonly runId: string;
  readonly logicalDate: string;
  readonly conf: Readonly<Record<string, string>>;
  /** What asked for it, to be remembered. */
  readonly request: string | undefined;
}

interface BackfillStart {
  readonly kind: "backfill";
  readonly from: string;
  /** The last moment that is part of it. */
  readonly to: string;
  readonly concurrency: number;
  /** It is not the one of the same times that may be under way. */
  readonly isAnew: boolean;
  readonly conf: Readonly<Record<string, string>>;
  readonly request: string;
}

export type Start = RunStart | BackfillStart;

/** A start, or what it waits for. */
export interface NextRun {
  readonly start?: Start;
  /** Why a run that is due has not begun; absent when none is due. */
  readonly waitsFor?: string;
  /** Since when it waits for runs that fill its inputs. */
  readonly waitingSince?: string;
  /** When to look again. */
  readonly afterSeconds?: number;
  /** No run of the schedule may begin before this one: it would take the place of the first. */
  readonly holdsSchedule?: boolean;
  /** Times that no run is to read: what a kept table lacks, and what the inputs had lost before it was read. */
  readonly unread?: readonly TimeWindow[];
}

/** A LakeTable tells of a new version only when it is looked at itself, and tables without one tell nothing. */
const LOOK_SECONDS = 30;
/** The end of the run wakes the product earlier. */
const INPUT_RETRY_SECONDS = 15;
/** After this a run begins beside those that fill its inputs; when these end, another one follows. */
const LONGEST_WAIT_SECONDS = 600;
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3600;
const MAX_DOUBLINGS = 6;

/** Everything that the decision looks at. */
export interface Sight {
  readonly product: ValidatedProduct;
  readonly runs: RunSettings;
  readonly observed: ObservedProduct;
  /** Newest first. */
  readonly records: readonly RunRecord[];
  /** Up to when published runs have read, also those whose end is news of this pass. */
  readonly readUntil: string | undefined;
  /** Tag of the DAG as its file is to be. */
  readonly version: string | undefined;
  readonly now: Date;
}

export function nextRun(sight: Sight): NextRun {
  const dag = startableDag(sight);
  if (dag === undefined) return {};
  const reach = reachOf(sight, dag.nextPeriodFrom);
  const next = nextStart(sight, reach);
  const lost = next.start === undefined ? [] : (reach?.lost ?? []);
  const unread = [...gapsBetween(takenOver(sight)), ...(reach?.left ?? []), ...lost];
  return unread.length === 0 ? next : { ...next, unread };
}

function nextStart(sight: Sight, reach: Reach | undefined): NextRun {
  const first = firstRun(sight, reach);
  if (first !== undefined) {
    const wait = waitForInputs(sight);
    return wait === undefined ? { start: first } : { ...wait, holdsSchedule: true };
  }
  const asked = askedRun(sight, reach) ?? askedBackfill(sight);
  if (asked !== undefined) return { start: asked };
  return sight.runs.schedule === undefined ? runOnUpdate(sight, reach) : {};
}

/** The DAG, where a run of it would begin as the manifest says, and find its table. */
function startableDag({ product, observed, version }: Sight): Dag | undefined {
  const dag = observed.dag.state === "known" ? observed.dag.value.dag : undefined;
  const hasTable = observed.table?.status?.tableUuid !== undefined;
  const isReady = !product.isSuspended && hasTable;
  return isReady && isRunnable(dag) && isOfVersion(dag, version) ? dag : undefined;
}

function askedRun(sight: Sight, reach: Reach | undefined): RunStart | undefined {
  const run = requestsOf(sight)?.run;
  if (run === undefined || hasBegun(sight, run.hash)) return undefined;
  if (run.window === undefined && sight.runs.schedule === undefined && isNothingLeft(sight, reach))
    return undefined;
  const byItself = sight.runs.schedule === undefined ? reach?.window : undefined;
  return runStart(sight, {
    runId: askedRunId(run.hash),
    window: run.window ?? byItself,
    request: run.hash,
  });
}

/** Whether a run that goes on where reading ended would have no time to read. */
function isNothingLeft({ runs }: Sight, reach: Reach | undefined): boolean {
  return runs.isWindowed && reach?.window === undefined;
}

function askedBackfill(sight: Sight): BackfillStart | undefined {
  const backfill = requestsOf(sight)?.backfill;
  if (backfill === undefined || hasBegun(sight, backfill.hash)) return undefined;
  const { window, concurrency, isAnew, hash } = backfill;
  const last = new Date(Date.parse(window.to) - 1000);
  return {
    kind: "backfill",
    ...{ from: window.from, to: timestamp(last), concurrency, isAnew },
    ...{ conf: { [BACKFILL_KEY]: hash }, request: hash },
  };
}

/** `undefined` while nobody can tell what is asked for. */
function requestsOf({ runs: { requests } }: Sight): Requests | undefined {
  return requests.state === "resolved" ? requests.value : undefined;
}

/**
 * So that applying a product gives a result, and rows that are older than its schedule are read, whatever else is asked for. A backfill is one
 * already. Over rows that the table has from before, a run of all times could take away what its inputs do not have any more.
 */
function firstRun(sight: Sight, reach: Reach | undefined): RunStart | undefined {
  const { product, runs } = sight;
  const request = firstRequest(product.resource);
  const requests = requestsOf(sight);
  const isWanted = runs.schedule !== undefined && requests !== undefined && requests.backfill === undefined;
  if (!isWanted || hasBegun(sight, request) || (runs.isWindowed && reach?.window === undefined))
    return undefined;
  return runStart(sight, { runId: `${RUN_PREFIXES.first}${request}`, window: reach?.window, request });
}

function hasBegun({ product }: Sight, request: string): boolean {
  return product.resource.status?.requests?.includes(request) === true;
}

interface WantedRun {
  readonly runId: string;
  readonly window: TimeWindow | undefined;
  readonly request: string | undefined;
}

function runStart({ now }: Sight, { runId, window, request }: WantedRun): RunStart {
  const conf = window === undefined ? {} : { from: window.from, to: window.to };
  return { kind: "run", runId, logicalDate: logicalDateAt(now), conf, request };
}

/** Airflow keeps one run for each logical date: no schedule has one between two seconds. It is never ahead of the time. */
function logicalDateAt(now: Date): string {
  const date = now.getTime() - 1000;
  return new Date(date % 1000 === 0 ? date + 500 : date).toISOString();
}

interface LastUpdate extends UpdateRun {
  readonly record: RunRecord;
}

/**
 * A run begins when the inputs are other versions than those of the last one, nothing else is under way, and the shortest interval has
 * passed. Whatever kept it waiting, the versions still differ afterwards, so that nothing is lost.
 */
function runOnUpdate(sight: Sight, reach: Reach | undefined): NextRun {
  const versions = versionsOf(sight);
  const due = versions === undefined || isNothingLeft(sight, reach) ? undefined : dueRun(sight, versions);
  if (due === undefined) return { afterSeconds: LOOK_SECONDS };
  const wait = waitToSettle(sight, due) ?? waitBefore(sight, due);
  if (wait !== undefined) return wait;
  const runId = updateRunId(due);
  return { start: runStart(sight, { runId, window: reach?.window, request: undefined }) };
}

/** The run at some versions that comes next. */
interface DueRun extends UpdateRun {
  /** The one before, when it failed. */
  readonly failed?: LastUpdate;
  /** When what the one before left out is not late any more, in milliseconds since 1970. */
  readonly settlesAt?: number;
}

/** `undefined`: all that there is at these versions was read. */
function dueRun(sight: Sight, versions: string): DueRun | undefined {
  const last = lastUpdate(sight.records);
  if (last?.versions !== versions)
    return { versions, after: hashOf([last?.record.id]).slice(0, 6), attempt: 1 };
  const next = { versions, after: last.after, attempt: last.attempt + 1 };
  // Only what failed is repeated: rows that a check holds would be held again.
  if (last.record.state === "Failed") return { ...next, failed: last };
  const settlesAt = settlingEnd(sight, last);
  return settlesAt === undefined ? undefined : { ...next, settlesAt };
}

/** New versions are looked for meanwhile. */
function waitToSettle({ now }: Sight, { settlesAt = 0 }: DueRun): NextRun | undefined {
  const seconds = Math.ceil((settlesAt - now.getTime()) / 1000);
  return seconds > 0 ? { afterSeconds: Math.min(LOOK_SECONDS, seconds) } : undefined;
}

/** Hash of what a run would do with what it would read; `undefined` while nobody knows, and while there is no row to read. */
function versionsOf({ product, observed }: Sight): string | undefined {
  if (observed.inputs.state === "unknown") return undefined;
  const { definition, resource } = product;
  const isRight = definition.state === "resolved";
  const names = (isRight ? definition.value.inputs : (resource.status?.inputs ?? [])).map(
    ({ table }) => table,
  );
  const tables = new Map(observed.inputs.value.map((table) => [formatTable(table.identifier), table]));
  const read = names.map((name) => tables.get(name));
  if (!read.every((table): table is CurrentTable => table !== undefined)) return undefined;
  if (observed.rowVersions.size === 0) return undefined;
  const planHash = isRight ? definition.value.plan.planHash : resource.status?.planHash;
  const versions = read.map(({ identifier, uuid }) => {
    const table = formatTable(identifier);
    return [table, uuid, observed.rowVersions.get(table) ?? "empty"].join(" ");
  });
  const { checks, incremental } = resource.spec;
  const rules = JSON.stringify({ checks, incremental });
  return requestHash(resource, "update", planHash, rules, ...versions.toSorted());
}

function lastUpdate(records: readonly RunRecord[]): LastUpdate | undefined {
  for (const record of records) {
    const update = updateOf(record.id);
    if (update !== undefined) return { ...update, record };
  }
  return undefined;
}

/**
 * A run leaves out what its delay says that may still come: what was there when the first run at these versions began is read by another one once
 * it has settled, though the inputs say nothing new. Milliseconds since 1970; `undefined`: all of it was read.
 */
function settlingEnd({ records, runs }: Sight, { record, versions }: LastUpdate): number | undefined {
  if (record.state !== "Published" || record.to === undefined || runs.delaySeconds === 0) return undefined;
  const begins = records
    .filter(({ id }) => updateOf(id)?.versions === versions)
    .flatMap(({ startedAt }) => startedAt ?? []);
  const seen = Math.min(...begins.map((begin) => Date.parse(begin)));
  return Date.parse(record.to) < seen ? seen + runs.delaySeconds * 1000 : undefined;
}

/** A run that begins while another one fills what it reads would be of the version before. A backfill may fill it for days, though. */
function waitForInputs({ observed, product, now }: Sight): NextRun | undefined {
  const [busy] = observed.runningInputs;
  if (busy === undefined) return undefined;
  const waitingSince = product.resource.status?.waitingSince ?? timestamp(now);
  const until = Date.parse(waitingSince) + LONGEST_WAIT_SECONDS * 1000;
  if (until <= now.getTime()) return undefined;
  return {
    waitsFor: `a run of DataProduct "${busy}", whose table it reads, until ${timestamp(new Date(until))} at most`,
    waitingSince,
    afterSeconds: Math.min(INPUT_RETRY_SECONDS, Math.ceil((until - now.getTime()) / 1000)),
  };
}

function waitBefore(sight: Sight, { failed }: DueRun): NextRun | undefined {
  const { records, runs, now } = sight;
  // Its end wakes the product.
  if (records.some(({ state }) => state === "Running")) return { waitsFor: "the run that is under way" };
  const inputs = waitForInputs(sight);
  if (inputs !== undefined) return inputs;
  const begun = Date.parse(records[0]?.startedAt ?? "");
  const left = [
    { until: begun + runs.minIntervalSeconds * 1000, waitsFor: "refresh.onUpdate.minInterval" },
    { until: pauseAfter(failed), waitsFor: "the pause after a run that failed" },
  ].find(({ until }) => until > now.getTime());
  if (left === undefined) return undefined;
  return { waitsFor: left.waitsFor, afterSeconds: Math.ceil((left.until - now.getTime()) / 1000) };
}

/** Milliseconds; longer and longer with each attempt. */
function pauseAfter(failed: LastUpdate | undefined): number {
  if (failed === undefined) return 0;
  const doublings = Math.min(failed.attempt - 1, MAX_DOUBLINGS);
  const seconds = Math.min(FIRST_PAUSE_SECONDS * 2 ** doublings, LONGEST_PAUSE_SECONDS);
  return Date.parse(failed.record.endedAt ?? "") + seconds * 1000;
}
