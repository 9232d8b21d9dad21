/** What to do about a table, and what to tell about it. Pure. */
import { formatTable } from "../../naming/tables.ts";
import type { CreateTable, TableAction, TableChange } from "../../targets/iceberg/diff.ts";
import { describeTableAction, diffTable } from "../../targets/iceberg/diff.ts";
import type { CurrentTable, WantedTable } from "../../targets/iceberg/table.ts";
import type { Found, Notice } from "../claims/notices.ts";
import { noticeOf, replacementNotice } from "../claims/notices.ts";
import { TABLE_CLAIM } from "./claim.ts";
import type { ValidatedTable } from "./validate.ts";

export interface TablePlan {
  readonly wanted: WantedTable;
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

/** Throws `TerminalError` for what Iceberg cannot do, and for losing data that the manifest does not allow to lose. */
export function planTable(validated: ValidatedTable): TablePlan {
  const { wanted, current } = validated;
  const actions = diffTable(wanted, current);
  const notices = renamedNotice(validated) ?? replacementNotice(found(validated));
  return { wanted, work: workOf(actions, validated), notices };
}

/** What the plan would do, in words; `undefined` when nothing. */
export function outstandingWork({ work }: TablePlan): string | undefined {
  if (work.kind === "none") return undefined;
  const actions = work.kind === "create" ? [work.action] : work.actions;
  return actions.map(describeTableAction).join(", ");
}

/** The table that the resource had is still there, by another name; the one that took its name is kept, as nothing brings them back. */
function renamedNotice({ wanted, before, renamedTo }: ValidatedTable): readonly Notice[] | undefined {
  if (renamedTo === undefined) return undefined;
  const message =
    `table "${formatTable(wanted.identifier)}" is another one now: the one before (uuid ${before.id}) was renamed to ` +
    `"${renamedTo}" outside of Kubernetes, and keeps its rows there`;
  return [{ type: "Warning", reason: "TableRenamed", message }];
}

function workOf(actions: readonly TableAction[], validated: ValidatedTable): TableWork {
  const { current: table } = validated;
  const notice = noticeOf(actions.map(describeTableAction).join(", "), found(validated));
  const creation = actions.find((action) => action.kind === "create-table");
  if (creation !== undefined) return { kind: "create", action: creation, notice };
  if (table === undefined) throw new Error("a missing table must be created");
  const changes = actions.filter((action) => action.kind !== "create-table");
  return changes.length === 0 ? { kind: "none", table } : { kind: "change", table, actions: changes, notice };
}

function found({ wanted, current, before }: ValidatedTable): Found {
  const thing = `table "${formatTable(wanted.identifier)}"`;
  return { thing, id: current?.uuid, before, words: TABLE_CLAIM.words };
}
