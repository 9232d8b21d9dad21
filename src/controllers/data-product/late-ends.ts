/** Runs that Airflow gave up while their pods went on: the table may still tell that their rows were published. Pure. */
import type { DataProductStatus } from "../../crds/kinds.ts";
import type { TableHistory } from "../../targets/iceberg/history.ts";
import { remembered } from "../remembered.ts";
import type { EndedRun, RunRecord } from "./runs.ts";
import { endInTable, recordsOf } from "./runs.ts";
import { windowOf } from "./windows.ts";

/** After this no pod of it is believed to go on. */
const LONGEST_MS = 24 * 3600 * 1000;

/** Whether the table must be asked again: it has another version than the last run that was published gave it. */
export function mayHaveLateEnd(
  status: DataProductStatus | undefined,
  currentSnapshotId: string | undefined,
  now: Date,
): boolean {
  const isMoved = currentSnapshotId !== undefined && currentSnapshotId !== status?.lastGoodSnapshot?.id;
  return isMoved && recordsOf(status).some((record) => isGivenUp(record, now));
}

function isGivenUp({ state, endedAt }: RunRecord, now: Date): boolean {
  return state === "Failed" && now.getTime() - Date.parse(endedAt ?? "") < LONGEST_MS;
}

/** Those of which the table knows more by now than that they failed. */
export function lateEnds(
  records: readonly RunRecord[],
  history: TableHistory | undefined,
  now: Date,
): readonly EndedRun[] {
  if (history === undefined) return [];
  return records
    .filter((record) => isGivenUp(record, now))
    .map((record) => lateEnd(record, history))
    .filter(({ record }) => record.state !== "Failed");
}

function lateEnd(record: RunRecord, history: TableHistory): EndedRun {
  const { id, from, to } = record;
  const { fields, snapshot } = endInTable(id, history);
  const times = remembered(record, "from", "to", "startedAt", "endedAt", "seconds");
  return { record: { id, ...fields, ...times }, read: windowOf(from, to), snapshot };
}
