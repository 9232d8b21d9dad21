/** What the ends of runs mean for the product: its last good version, what is held, and times that its table lacks. Pure. */
import { shorten } from "../../api/text.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { DataProductStatus } from "../../crds/kinds.ts";
import { MAX_MISSING_WINDOWS, MAX_RUN_MESSAGE } from "../../crds/kinds.ts";
import { remembered } from "../remembered.ts";
import type { EndedRun } from "./runs.ts";
import { auditBranchOf, lateRowsOf, tableRowsOf, updateOf } from "./runs.ts";
import type { TimeWindow } from "./windows.ts";
import { BEGIN_OF_TIME, without } from "./windows.ts";

export type ProductOutcome = Pick<
  DataProductStatus,
  "missing" | "lastGoodSnapshot" | "lastAudit" | "readUntil" | "late"
>;

type MissingWindow = NonNullable<DataProductStatus["missing"]>[number];

/** What the status says after these ends, in their order, and with these times that no run is to read. */
export function outcomeAfter(
  status: DataProductStatus | undefined,
  ended: readonly EndedRun[],
  unread: readonly TimeWindow[] = [],
): ProductOutcome {
  const before: ProductOutcome = remembered(
    status,
    ...(["missing", "lastGoodSnapshot", "lastAudit", "readUntil", "late"] as const),
  );
  return ended.reduce(afterEnd, withUnread(before, unread));
}

/** What is told as missing counts as read: runs that follow the inputs go on behind it. */
function withUnread(before: ProductOutcome, unread: readonly TimeWindow[]): ProductOutcome {
  return unread.reduce(({ missing = [], readUntil, ...others }, window) => {
    const isNext = readUntil !== undefined && window.from <= readUntil && readUntil < window.to;
    const until = isNext ? window.to : readUntil;
    const told = withMissing(missing, { ...window, state: "Unread" });
    return { ...others, missing: told, ...(until !== undefined && { readUntil: until }) };
  }, before);
}

function withMissing(missing: readonly MissingWindow[], window: MissingWindow): readonly MissingWindow[] {
  const windows = [window, ...withoutTime(missing, window)];
  return joinedToFit(windows.sort((one, other) => (one.from < other.from ? 1 : -1)));
}

function afterEnd(before: ProductOutcome, end: EndedRun): ProductOutcome {
  const missing = missingAfter(before.missing ?? [], end);
  const isPublished = end.record.state === "Published";
  const others = remembered(before, "lastGoodSnapshot", "lastAudit", "readUntil");
  const late = isPublished ? lateRowsOf(end.snapshot) : before.late;
  return {
    ...others,
    ...(missing.length > 0 && { missing }),
    ...(late !== undefined && { late }),
    ...(isPublished && afterPublished(before, end)),
    ...(end.record.state === "Held" && { lastAudit: auditOf(end) }),
  };
}

function missingAfter(
  missing: readonly MissingWindow[],
  { record, read }: EndedRun,
): readonly MissingWindow[] {
  const { id: runId, state, from, to } = record;
  // A run without a window read all.
  if (state === "Published") return read === undefined ? [] : withoutTime(missing, read);
  // The next run that follows the inputs begins where the last published one ended, so that these lose no time.
  if (from === undefined || to === undefined || state === "Running" || updateOf(runId)) return missing;
  return withMissing(missing, { from, to, runId, state });
}

function withoutTime(missing: readonly MissingWindow[], time: TimeWindow): readonly MissingWindow[] {
  return missing.flatMap((window) => without(window, time).map((piece) => ({ ...window, ...piece })));
}

/** No time is dropped for lack of room: the two windows nearest to each other become one, of the older ones first. */
function joinedToFit(newestFirst: readonly MissingWindow[]): readonly MissingWindow[] {
  if (newestFirst.length <= MAX_MISSING_WINDOWS) return newestFirst;
  const gaps = newestFirst.slice(1).map(({ to }, index) => gapBetween(to, newestFirst[index]?.from ?? to));
  const at = gaps.lastIndexOf(Math.min(...gaps));
  const [newer, older] = newestFirst.slice(at, at + 2);
  if (newer === undefined || older === undefined) return newestFirst;
  const joined = { ...newer, from: older.from };
  return joinedToFit([...newestFirst.slice(0, at), joined, ...newestFirst.slice(at + 2)]);
}

function gapBetween(end: string, begin: string): number {
  return Math.max(0, Date.parse(begin) - Date.parse(end));
}

function afterPublished(
  { lastGoodSnapshot, readUntil }: ProductOutcome,
  { record, snapshot }: EndedRun,
): Pick<ProductOutcome, "lastGoodSnapshot" | "readUntil"> {
  const until = readBy(record);
  return {
    ...(until !== undefined &&
      goesOn(readUntil, record) &&
      until > (readUntil ?? "") && { readUntil: until }),
    ...(snapshot !== undefined &&
      isNewer(snapshot.at, lastGoodSnapshot) && { lastGoodSnapshot: goodOf(snapshot) }),
  };
}

/** A run reads nothing that comes after its begin. */
function readBy({ to, startedAt }: EndedRun["record"]): string | undefined {
  return to !== undefined && startedAt !== undefined && startedAt < to ? startedAt : to;
}

/** What lies beyond a gap does not count as read up to there. */
function goesOn(readUntil: string | undefined, { id, from }: EndedRun["record"]): boolean {
  if (readUntil !== undefined) return from !== undefined && from <= readUntil;
  return from === BEGIN_OF_TIME || updateOf(id) !== undefined;
}

function isNewer(at: Date, before: ProductOutcome["lastGoodSnapshot"]): boolean {
  return before === undefined || at.getTime() >= Date.parse(before.at);
}

function goodOf(
  snapshot: NonNullable<EndedRun["snapshot"]>,
): NonNullable<ProductOutcome["lastGoodSnapshot"]> {
  const rows = tableRowsOf(snapshot);
  return { id: snapshot.id, at: timestamp(snapshot.at), ...(rows !== undefined && { rows }) };
}

function auditOf({ record }: EndedRun): NonNullable<ProductOutcome["lastAudit"]> {
  return {
    runId: record.id,
    branch: auditBranchOf(record.id),
    message: shorten(record.message ?? "", MAX_RUN_MESSAGE),
  };
}
