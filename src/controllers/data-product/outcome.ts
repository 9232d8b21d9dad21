/** What the ends of runs mean for the product: its last good version, what is held, and times that its table lacks. Pure. */
import { shorten } from "../../api/text.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { DataProductStatus } from "../../crds/kinds.ts";
import { MAX_MISSING_WINDOWS, MAX_RUN_MESSAGE } from "../../crds/kinds.ts";
import { remembered } from "../remembered.ts";
import type { EndedRun } from "./runs.ts";
import { auditBranchOf, tableRowsOf, updateOf } from "./runs.ts";
import { BEGIN_OF_TIME, covers } from "./windows.ts";

export type ProductOutcome = Pick<
  DataProductStatus,
  "missing" | "lastGoodSnapshot" | "lastAudit" | "readUntil"
>;

type MissingWindow = NonNullable<DataProductStatus["missing"]>[number];

/** What the status says after these ends, in their order. */
export function outcomeAfter(
  status: DataProductStatus | undefined,
  ended: readonly EndedRun[],
): ProductOutcome {
  const before: ProductOutcome = remembered(status, "missing", "lastGoodSnapshot", "lastAudit", "readUntil");
  return ended.reduce(afterEnd, before);
}

function afterEnd(before: ProductOutcome, end: EndedRun): ProductOutcome {
  const missing = missingAfter(before.missing ?? [], end);
  const others = remembered(before, "lastGoodSnapshot", "lastAudit", "readUntil");
  return {
    ...others,
    ...(missing.length > 0 && { missing }),
    ...(end.record.state === "Published" && afterPublished(before, end)),
    ...(end.record.state === "Held" && { lastAudit: auditOf(end) }),
  };
}

function missingAfter(
  missing: readonly MissingWindow[],
  { record, read }: EndedRun,
): readonly MissingWindow[] {
  const { id: runId, state, from, to } = record;
  // A run without a window read all.
  if (state === "Published") return missing.filter((window) => read !== undefined && !covers(read, window));
  // The next run that follows the inputs begins where the last published one ended, so that these lose no time.
  if (from === undefined || to === undefined || state === "Running" || updateOf(runId)) return missing;
  const others = missing.filter((window) => window.from !== from || window.to !== to);
  return [{ from, to, runId, state }, ...others]
    .sort((one, other) => (one.from < other.from ? 1 : -1))
    .slice(0, MAX_MISSING_WINDOWS);
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
