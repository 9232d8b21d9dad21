/** Carries a plan out, and reports the table as HBase then answers it to be. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import { TransientError } from "../../runtime/errors.ts";
import type { CurrentServingTable } from "../../targets/hbase/table.ts";
import type { ServingTables } from "../../targets/hbase/tables.ts";
import { tell } from "../claims/notices.ts";
import type { ServingTablePlan } from "./plan.ts";

export interface AppliedServingTable {
  /** As HBase answered it to be. */
  readonly table: CurrentServingTable;
  /** Something that somebody else had changed was put right. */
  readonly isDriftCorrected: boolean;
}

export async function applyServingTable(
  { wanted, current, steps, notices }: ServingTablePlan,
  hbase: ServingTables,
  context: ReconcileContext,
): Promise<AppliedServingTable> {
  notices.forEach((notice) => tell(notice, context));
  for (const { action, notice } of steps) {
    await hbase.execute(action, context);
    tell(notice, context);
  }
  const table =
    steps.length === 0 ? current : ((await hbase.describe(wanted.name, context.signal)).table ?? undefined);
  if (table === undefined) {
    throw new TransientError(
      "ResourceConflict",
      `table "${wanted.name}" went away while it was looked after`,
    );
  }
  return { table, isDriftCorrected: steps.some(({ notice }) => notice.reason === "DriftCorrected") };
}
