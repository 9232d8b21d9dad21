/** What to do about a table, and what to tell about it. Pure. */
import type { TableAction } from "../../targets/hbase/diff.ts";
import { describeTableAction, diffTable } from "../../targets/hbase/diff.ts";
import type { CurrentServingTable, WantedServingTable } from "../../targets/hbase/table.ts";
import type { Found, Notice } from "../claims/notices.ts";
import { noticeOf, replacementNotice } from "../claims/notices.ts";
import { SERVING_TABLE_CLAIM } from "./claim.ts";
import type { ValidatedServingTable } from "./validate.ts";

export interface ServingTablePlan {
  readonly wanted: WantedServingTable;
  readonly current: CurrentServingTable | undefined;
  /** Each is followed by its notice once it is done. */
  readonly steps: readonly ServingTableStep[];
  /** What was noticed before anything is done. */
  readonly notices: readonly Notice[];
}

export interface ServingTableStep {
  readonly action: TableAction;
  readonly notice: Notice;
}

/** Throws `TerminalError` for what would lose data that the manifest does not let go. */
export function planServingTable(validated: ValidatedServingTable): ServingTablePlan {
  const { wanted, current } = validated;
  const steps = diffTable(wanted, current).map((action) => ({
    action,
    notice: noticeOf(describeTableAction(action), found(validated)),
  }));
  const notices = [
    ...moveNotice(validated),
    ...takeoverNotice(validated),
    ...replacementNotice(found(validated)),
  ];
  return { wanted, current, steps, notices };
}

function found({ wanted, current, before }: ValidatedServingTable): Found {
  const id = current === undefined ? undefined : (current.mark ?? "none");
  return { thing: `table "${wanted.name}"`, id, before, words: SERVING_TABLE_CLAIM.words };
}

/** Nobody should look for rows in the new cluster that are in the old one. */
function moveNotice({ wanted, leftBehind }: ValidatedServingTable): readonly Notice[] {
  if (leftBehind === undefined) return [];
  const message = `table "${wanted.name}" was left with its rows in HBase cluster "${leftBehind}": the DataPlatform leads to another one now`;
  return [{ type: "Warning", reason: "CleanupAbandoned", message }];
}

/** A table that was there before the manifest may have had another owner. */
function takeoverNotice({ wanted, current, before }: ValidatedServingTable): readonly Notice[] {
  if (current === undefined || before.id !== undefined || current.mark === wanted.mark) return [];
  const mark = current.mark ?? undefined;
  const owner = mark === undefined ? "" : ` from the owner with the mark "${mark}"`;
  const message = `took over table "${wanted.name}" with its rows${owner}`;
  return [{ type: "Normal", reason: "Updated", message }];
}
