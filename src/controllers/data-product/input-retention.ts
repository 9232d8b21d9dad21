/** How long the inputs of a product keep rows: a run over older times would take rows away that nothing can bring back. Pure. */
import { timestamp } from "../../api/timestamp.ts";
import type { DataProduct } from "../../crds/kinds.ts";
import { parseDurationSeconds } from "../../crds/kinds.ts";
import { formatTable } from "../../naming/tables.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { Requests } from "./requests.ts";
import { pendingOf } from "./requests.ts";

/** What a LakeTable says of a table's rows. */
export interface Retention {
  /** `database.table` */
  readonly table: string;
  /** Name of the LakeTable. */
  readonly lakeTable: string;
  /** As it is written there. */
  readonly keep: string;
}

/** The input that keeps rows for the shortest time. */
export interface InputKeep extends Retention {
  readonly seconds: number;
  /** Of these rows all stretches are whole that the SQL makes rows of: the time that runs may read. */
  readonly readableSeconds: number;
}

const DAY = 86_400;
/** Longest stretch of each unit; a day may have 25 hours. */
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  HOUR: 3600,
  DAY: DAY + 3600,
  WEEK: 7 * DAY + 3600,
  MONTH: 31 * DAY + 3600,
  QUARTER: 92 * DAY + 3600,
  YEAR: 366 * DAY,
};

/** `undefined`: none of the inputs that runs read by time loses rows by age. */
export function shortestKeep(
  { spec }: DataProduct,
  tables: readonly CurrentTable[],
  { retentions, unit }: { readonly retentions: readonly Retention[]; readonly unit: string | undefined },
): InputKeep | undefined {
  const column = spec.incremental?.newDataBy;
  const read = new Set(
    tables
      .filter(({ fields }) => fields.some(({ name }) => name === column))
      .map(({ identifier }) => formatTable(identifier)),
  );
  const stretch = unit === undefined ? 0 : (UNIT_SECONDS[unit] ?? DAY);
  return retentions
    .filter(({ table }) => column !== undefined && read.has(table))
    .map((retention) => {
      const seconds = parseDurationSeconds(retention.keep);
      return { ...retention, seconds, readableSeconds: Math.max(0, seconds - stretch) };
    })
    .sort((one, other) => one.seconds - other.seconds)[0];
}

/** From here on the inputs surely have all rows. */
export function readableSince(keep: InputKeep | undefined, now: Date): string | undefined {
  return keep && timestamp(new Date(now.getTime() - keep.readableSeconds * 1000));
}

/** Throws `TerminalError` where each run reads further back than the inputs keep rows. */
export function checkLookback({ spec }: DataProduct, keep: InputKeep | undefined): void {
  const { lookback } = spec.incremental ?? {};
  if (keep === undefined) return;
  const seconds = lookback === undefined ? 0 : parseDurationSeconds(lookback);
  if (seconds <= keep.readableSeconds && keep.readableSeconds > 0) return;
  const field = lookback === undefined ? "spec.incremental.newDataBy" : "spec.incremental.lookback";
  const what =
    lookback === undefined
      ? "must be of inputs that keep whole stretches of the time by which the SQL groups"
      : `must reach back at most as far as the inputs keep rows, less the stretch of time by which the SQL groups; it is "${lookback}"`;
  throw new TerminalError(
    "InvalidSpec",
    `${field} ${what}, and LakeTable "${keep.lakeTable}" keeps rows of ${keep.table} for ${keep.keep}: runs would take rows away whose input is ` +
      "gone; make it shorter, or maintenance.retention.keep there longer",
    { field },
  );
}

/** The requests; throws `TerminalError` for one that has not begun and is of times that the inputs do not have any more. */
export function withinRetention(
  product: DataProduct,
  requests: Requests,
  { keep, now }: { readonly keep: InputKeep; readonly now: Date },
): Requests {
  const since = readableSince(keep, now) ?? "";
  const lost = pendingOf(product, requests).find(({ window }) => window.from < since);
  if (lost === undefined) return requests;
  const { from, to } = lost.window;
  throw new TerminalError(
    "InvalidSpec",
    `rows from ${from} to ${to} are asked for, and LakeTable "${keep.lakeTable}" keeps those of ${keep.table} for ${keep.keep} only: ` +
      `a run would take rows away whose input is gone; ask for times from ${since} on, and what is older stays as it is`,
  );
}
