/** Carries a table's plan out and tells what was done. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { TableCatalog } from "../../targets/iceberg/catalog.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { Notice, TablePlan } from "./plan.ts";

/** The table as the catalog answered it to be now. */
export interface AppliedTable {
  readonly table: CurrentTable;
}

export async function applyTable(
  plan: TablePlan,
  catalog: TableCatalog,
  context: ReconcileContext,
): Promise<AppliedTable> {
  plan.notices.forEach((notice) => record(notice, context));
  const { work } = plan;
  if (work.kind === "none") return { table: work.table };
  const table =
    work.kind === "create"
      ? await catalog.createTable(work.action, context)
      : await catalog.changeTable(work.table, { actions: work.actions, permit: context });
  record(work.notice, context);
  return { table };
}

function record({ type, reason, message }: Notice, context: ReconcileContext): void {
  context.logger.info({ reason }, message);
  context.recordEvent(type, reason, message);
}
