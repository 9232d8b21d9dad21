/**
 * What there is to do for a table, judged by the metadata that every pass loads anyway: nothing is asked and nothing is started to find out
 * that there is nothing to do. The bounds are those of `batch-job upkeep`, which looks closer and then does all that it finds; orphan files alone it looks for only when asked. Pure.
 */
import type { MaintenanceStatus } from "../../crds/kinds.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { UpkeepSettings } from "../upkeep/settings.ts";
import { endOf, startOf, unitOfColumn, unitOfPartitions } from "./time-units.ts";

/** Small files in a closed partition, or in a table without partitions of time, that are worth a rewrite. */
const MIN_FILES = 5;
/** The same for a partition that is written just now. */
const MIN_FILES_OF_OPEN_PARTITION = 20;
/** A file of this share of the target's size is no small one. */
const LARGE_SHARE = 0.75;
/** Each commit leaves a manifest. */
const MIN_MANIFESTS = 50;
/** Fewer old snapshots than these wait for a day. */
const MIN_SNAPSHOTS_AT_ONCE = 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ORPHAN_SEARCH_MS = 7 * DAY_MS;

export type UpkeepStep = NonNullable<MaintenanceStatus["due"]>[number];

/** One step, and why it is due, in words that change only with the table. */
export interface DueStep {
  readonly step: UpkeepStep;
  readonly why: string;
}

export interface Due {
  /** In the order in which a run does them. */
  readonly steps: readonly DueStep[];
  /** When a step becomes due that is not, if nobody writes until then; `undefined`: none does. */
  readonly next: number | undefined;
}

export interface DueInput {
  readonly table: CurrentTable;
  readonly settings: UpkeepSettings;
  readonly before: MaintenanceStatus | undefined;
  /** Since when the resource looks after the table. */
  readonly createdAt: number;
  /** Whether the catalog lets snapshots and files be removed. */
  readonly canExpire: boolean;
  readonly now: number;
}

/** One step's answer. */
interface Judgement {
  readonly why?: string | undefined;
  readonly next?: number | undefined;
}

const NOTHING: Judgement = {};

/** What is due, whether or not the interval lets a run begin now. */
export function whatIsDue(given: DueInput): Due {
  const input = { ...given, last: lastDone(given.before) };
  const judged: readonly (readonly [UpkeepStep, Judgement])[] = [
    ["OldRows", oldRows(input)],
    ["DataFiles", dataFiles(input)],
    ["Manifests", manifests(input)],
    ["Snapshots", snapshots(input)],
    ["OrphanFiles", orphanFiles(input)],
  ];
  const times = judged.flatMap(([, { next }]) => (next === undefined ? [] : [next]));
  return {
    steps: judged.flatMap(([step, { why }]) => (why === undefined ? [] : [{ step, why }])),
    next: times.length === 0 ? undefined : Math.min(...times),
  };
}

/** The last run, if it did all that it found. What broke off, and what nobody knows of, was not done. */
interface LastDone {
  readonly at: number;
  readonly finishedAt: number;
  readonly files: number;
  readonly bytes: number;
}

type Input = DueInput & { readonly last: LastDone | undefined };

function lastDone(before: MaintenanceStatus | undefined): LastDone | undefined {
  const run = before?.lastRun;
  if (run?.state !== "Done" && run?.state !== "NothingToDo") return undefined;
  const { at, finishedAt, filesAfter = 0, bytesAfter = 0 } = run;
  return { at: Date.parse(at), finishedAt: Date.parse(finishedAt), files: filesAfter, bytes: bytesAfter };
}

/** Once a partition, and not more often than daily: what is in the files the metadata does not tell. */
function oldRows({ table, settings, last, now }: Input): Judgement {
  const { retention } = settings;
  if (retention === undefined || (table.snapshot?.rows ?? 0) === 0) return NOTHING;
  const unit = unitOfColumn(table, retention.column);
  const step = unit === "hour" ? "day" : unit;
  const keep = retention.keepSeconds * 1000;
  const next = endOf(step, now - keep) + keep;
  const isDone = last !== undefined && startOf(step, last.at - keep) === startOf(step, now - keep);
  return isDone
    ? { next }
    : { why: `rows are kept for ${String(retention.keepSeconds)} s by "${retention.column}"`, next };
}

function dataFiles(input: Input): Judgement {
  const { table, settings, last } = input;
  const now = sizeOf(table);
  const added = last === undefined ? now : { files: now.files - last.files, bytes: now.bytes - last.bytes };
  const areSmall = ({ files, bytes }: Size): boolean =>
    bytes < files * LARGE_SHARE * settings.targetFileBytes;
  const least = unitOfPartitions(table) === undefined ? MIN_FILES : MIN_FILES_OF_OPEN_PARTITION;
  if (added.files >= least && areSmall(added))
    return { why: `${String(added.files)} small data files were added` };
  return now.files >= MIN_FILES && areSmall(now) ? closedPartitions(input) : NOTHING;
}

interface Size {
  readonly files: number;
  readonly bytes: number;
}

function sizeOf({ snapshot }: CurrentTable): Size {
  return { files: snapshot?.dataFiles ?? 0, bytes: snapshot?.totalBytes ?? 0 };
}

/** A run leaves some small files in the partition that is open; each commit to it has left one at least. */
function closedPartitions({ table, last, now }: Input): Judgement {
  const unit = unitOfPartitions(table);
  if (unit === undefined) return NOTHING;
  const periods = Map.groupBy(table.history.commits, (time) => startOf(unit, time));
  const many = [...periods].filter(([, commits]) => commits.length >= MIN_FILES);
  const ends = many.map(([start]) => endOf(unit, start)).filter((end) => end > (last?.at ?? 0));
  if (ends.some((end) => end <= now)) return { why: `a ${unit} ended in which small data files were added` };
  return ends[0] === undefined ? NOTHING : { next: ends[0] };
}

function manifests({ table, last }: Input): Judgement {
  const since = last?.finishedAt ?? 0;
  const commits = countOf(table.history.commits, (time) => time > since);
  return commits >= MIN_MANIFESTS ? { why: `there were ${String(commits)} commits` } : NOTHING;
}

function snapshots(input: Input): Judgement {
  const { table, last, canExpire, now } = input;
  if (!canExpire) return NOTHING;
  const { firstRefEnd = Infinity } = table.history;
  if (firstRefEnd <= now && firstRefEnd > (last?.at ?? 0)) return { why: "a branch or tag has had its time" };
  const { why, next } = oldSnapshots(input);
  const first = Math.min(firstRefEnd, next ?? Infinity);
  return why === undefined ? { next: first === Infinity ? undefined : first } : { why };
}

/** Those of the main branch. What the last run left though it was old is kept by something else, and waits for its day. */
function oldSnapshots({ table: { history }, settings, last, now }: Input): Judgement {
  const { commits } = history;
  const keep = settings.keepSnapshotsSeconds * 1000;
  const spare = commits.length - settings.minSnapshots;
  if (spare < 1) return NOTHING;
  const olderThan = (moment: number): number => countOf(commits, (time) => time < moment - keep);
  const left = last === undefined ? 0 : olderThan(last.at);
  const daily = last === undefined ? 0 : last.at + DAY_MS;
  const endOfNth = (index: number): number => (commits[index] ?? Infinity) + keep + 1;
  const many = spare < MIN_SNAPSHOTS_AT_ONCE ? Infinity : endOfNth(left + MIN_SNAPSHOTS_AT_ONCE - 1);
  const next = Math.min(many, Math.max(endOfNth(0), daily));
  if (next > now) return { next };
  // Not how many: that changes with the clock.
  return {
    why: `snapshots beyond the ${String(settings.minSnapshots)} that stay are older than ${String(settings.keepSnapshotsSeconds)} s`,
  };
}

/** Only a table that was written can have some. */
function orphanFiles({ table, before, createdAt, canExpire, now }: Input): Judgement {
  const searched = before?.lastOrphanSearch;
  const since = searched === undefined ? createdAt : Date.parse(searched);
  const written = table.history.commits.at(-1);
  if (!canExpire || written === undefined || written <= since) return NOTHING;
  const next = since + ORPHAN_SEARCH_MS;
  return next <= now ? { why: "orphan files were not looked for in a week" } : { next };
}

function countOf(times: readonly number[], counts: (time: number) => boolean): number {
  return times.reduce((count, time) => (counts(time) ? count + 1 : count), 0);
}
