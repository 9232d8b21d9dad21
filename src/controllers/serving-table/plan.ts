/** What to do about a table, and what to tell about it. Pure. */
import type { TableAction } from "../../targets/hbase/diff.ts";
import { describeTableAction, diffTable } from "../../targets/hbase/diff.ts";
import type { CurrentServingTable, WantedServingTable } from "../../targets/hbase/table.ts";
import type { Approval } from "../approval.ts";
import type { Found, Notice } from "../claims/notices.ts";
import { movedNotice, noticeOf, replacementNotice } from "../claims/notices.ts";
import { SERVING_TABLE_CLAIM } from "./claim.ts";
import type { ValidatedServingTable } from "./validate.ts";

export interface ServingTablePlan {
  readonly wanted: WantedServingTable;
  readonly current: CurrentServingTable | undefined;
  /** Each is followed by its notice once it is done. */
  readonly steps: readonly ServingTableStep[];
  /** What was noticed before anything is done. */
  readonly notices: readonly Notice[];
  readonly approval: Approval;
}

export interface ServingTableStep {
  readonly action: TableAction;
  readonly notice: Notice;
  readonly cause: "Manifest" | "Approval" | "Drift";
}

export function planServingTable(validated: ValidatedServingTable): ServingTablePlan {
  const { wanted, current, approval } = validated;
  const steps = actionsOf(validated).map((action) => {
    const notice = noticeOf(describeTableAction(action), found(validated));
    return { action, notice, cause: causeOf(notice, approval) };
  });
  const notices = [
    ...movedNotice(`table "${wanted.name}"`, validated.leftBehind, SERVING_TABLE_CLAIM.words),
    ...takeoverNotice(validated),
    ...replacementNotice(found(validated)),
  ];
  return { wanted, current, steps, notices, approval };
}

/** While a person is awaited, families that lose nothing are looked after all the same; of a table that somebody else made, nothing is. */
function actionsOf({ wanted, current, losses, approval }: ValidatedServingTable): readonly TableAction[] {
  if (approval.state !== "awaited") return diffTable(wanted, current);
  if (current?.mark !== wanted.mark) return [];
  return diffTable(wanted, current, new Set(losses.map(({ family }) => family)));
}

function causeOf({ reason }: Notice, approval: Approval): ServingTableStep["cause"] {
  if (approval.state === "given" && approval.hash !== undefined) return "Approval";
  return reason === "DriftCorrected" ? "Drift" : "Manifest";
}

function found({ wanted, current, before }: ValidatedServingTable): Found {
  const id = current === undefined ? undefined : (current.mark ?? "none");
  return { thing: `table "${wanted.name}"`, id, before, words: SERVING_TABLE_CLAIM.words };
}

/** A table that was there before the manifest may have had another owner. */
function takeoverNotice({ wanted, current, before, approval }: ValidatedServingTable): readonly Notice[] {
  if (current === undefined || before.id !== undefined || current.mark === wanted.mark) return [];
  if (approval.state === "awaited") return [];
  const mark = current.mark ?? undefined;
  const owner = mark === undefined ? "" : ` from the owner with the mark "${mark}"`;
  const message = `took over table "${wanted.name}" with its rows${owner}`;
  return [{ type: "Normal", reason: "Updated", message }];
}
