/** What a table tells of the times that it has, also of those that an earlier product filled whose table was kept. Pure. */
import type { DataProduct } from "../../crds/kinds.ts";
import { TABLE_MARKS } from "../../generated/names.ts";
import { isWindowed } from "./parts.ts";
import { firstRequest } from "./requests.ts";
import { isOfSchedule, recordsOf } from "./runs.ts";
import type { TimeWindow } from "./windows.ts";
import { parseWindow } from "./windows.ts";

/** Both in the order of time. */
export interface TableTimes {
  /** Times whose rows mode Append has added. */
  readonly appended: readonly TimeWindow[];
  /** Times that published runs have read. */
  readonly read: readonly TimeWindow[];
}

/** Of a table that tells nothing. */
export const NO_TIMES: TableTimes = { appended: [], read: [] };

/** As a table's properties tell; what cannot be read the run itself refuses. */
export function tableTimes(properties: Readonly<Record<string, string>>): TableTimes {
  const windows = (name: string): readonly TimeWindow[] =>
    (properties[name] ?? "")
      .split(",")
      .flatMap((text) => parseWindow(text) ?? [])
      .sort((one, other) => (one.from < other.from ? -1 : 1));
  return { appended: windows(TABLE_MARKS.appendedWindows), read: windows(TABLE_MARKS.readWindows) };
}

/**
 * Whether the product does not know yet where it goes on, so that the table must say it: without a schedule until a run was published that
 * follows the inputs; else until the first run has begun, or Airflow has begun one by the schedule.
 */
export function isNewcomer(product: DataProduct): boolean {
  if (!isWindowed(product)) return false;
  const { status } = product;
  if (product.spec.refresh.schedule === undefined) return status?.readUntil === undefined;
  const hasBegun = status?.requests?.includes(firstRequest(product)) === true;
  return !hasBegun && !recordsOf(status).some(({ id }) => isOfSchedule(id));
}

/**
 * The times that a new product need not read. A table without rows was emptied to be filled anew, which Append refuses as long as the table
 * says that it has those rows.
 */
export function timesTakenOver(
  product: DataProduct,
  { appended, read }: TableTimes,
  hasRows: boolean,
): readonly TimeWindow[] {
  if (!isNewcomer(product)) return [];
  if (product.spec.incremental?.mode === "Append" && appended.length > 0) return appended;
  return hasRows ? read : [];
}

/** What lies between windows that are in the order of time. */
export function gapsBetween(windows: readonly TimeWindow[]): readonly TimeWindow[] {
  return windows
    .slice(1)
    .map(({ from }, index) => ({ from: windows[index]?.to ?? from, to: from }))
    .filter(({ from, to }) => from < to);
}
