/** Carries a table's plan out and tells what was done. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { TableCatalog } from "../../targets/iceberg/catalog.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import { tell } from "../claims/notices.ts";
import type { TablePlan } from "./plan.ts";

/** The table as the catalog answered it to be now. */
export interface AppliedTable {
  readonly table: CurrentTable;
}

export async function applyTable(
  plan: TablePlan,
  catalog: TableCatalog,
  context: ReconcileContext,
): Promise<AppliedTable> {
  plan.notices.forEach((notice) => tell(notice, context));
  const { work } = plan;
  if (work.kind === "none") return { table: work.table };
  const table =
    work.kind === "create"
      ? await catalog.createTable(work.action, context)
      : await catalog.changeTable(work.table, { actions: work.actions, permit: context });
  tell(work.notice, context);
  return { table };
}
