/** What to do about a table, and what to tell about it. Pure. */
import { formatTable } from "../../naming/tables.ts";
import type { Reason } from "../../api/reasons.ts";
import type { CreateTable, TableAction, TableChange } from "../../targets/iceberg/diff.ts";
import { describeTableAction, diffTable } from "../../targets/iceberg/diff.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { ValidatedTable } from "./validate.ts";

export interface TablePlan {
  readonly work: TableWork;
  /** What was noticed before anything is done. */
  readonly notices: readonly Notice[];
}

export type TableWork =
  | { readonly kind: "none"; readonly table: CurrentTable }
  | { readonly kind: "create"; readonly action: CreateTable; readonly notice: Notice }
  /** All in one commit. */
  | {
      readonly kind: "change";
      readonly table: CurrentTable;
      readonly actions: readonly TableChange[];
      readonly notice: Notice;
    };

/** An Event to record. */
export interface Notice {
  readonly type: "Normal" | "Warning";
  readonly reason: Reason;
  readonly message: string;
}

/** Throws `TerminalError` for what Iceberg cannot do, and for losing data that the manifest does not allow to lose. */
export function planTable(validated: ValidatedTable): TablePlan {
  const { wanted, current } = validated;
  const actions = diffTable(wanted, current);
  const notices = replacementNotice(validated);
  return { work: workOf(actions, validated), notices };
}

function workOf(actions: readonly TableAction[], validated: ValidatedTable): TableWork {
  const { current: table } = validated;
  const notice = noticeOf(actions, validated);
  const creation = actions.find((action) => action.kind === "create-table");
  if (creation !== undefined) return { kind: "create", action: creation, notice };
  if (table === undefined) throw new Error("a missing table must be created");
  const changes = actions.filter((action) => action.kind !== "create-table");
  return changes.length === 0 ? { kind: "none", table } : { kind: "change", table, actions: changes, notice };
}

function noticeOf(actions: readonly TableAction[], { wanted, current, before }: ValidatedTable): Notice {
  const doing = `done: ${actions.map(describeTableAction).join(", ")}`;
  const name = formatTable(wanted.identifier);
  if (current === undefined) {
    if (before.uuid === undefined) return { type: "Normal", reason: "Created", message: doing };
    const message = `table "${name}" was gone, with its rows; ${doing}`;
    return { type: "Warning", reason: "DriftCorrected", message };
  }
  if (!before.wasInEffect) return { type: "Normal", reason: "Updated", message: doing };
  const message = `table "${name}" had been changed outside of Kubernetes; ${doing}`;
  return { type: "Warning", reason: "DriftCorrected", message };
}

/** A table with another uuid is not the one whose rows were there. It is kept: nothing brings the old one back. */
function replacementNotice({ wanted, current, before }: ValidatedTable): readonly Notice[] {
  if (current === undefined || before.uuid === undefined || current.uuid === before.uuid) return [];
  const message =
    `table "${formatTable(wanted.identifier)}" was dropped and created again outside of Kubernetes ` +
    `(uuid ${before.uuid} before, ${current.uuid} now); the rows of the old one are gone`;
  return [{ type: "Warning", reason: "Recreated", message }];
}
