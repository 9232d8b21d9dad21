/** Carries a plan out, and reports the table as HBase then answers it to be. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import { TransientError } from "../../runtime/errors.ts";
import type { CurrentServingTable } from "../../targets/hbase/table.ts";
import type { ServingTables } from "../../targets/hbase/tables.ts";
import { approvedNotice } from "../approval.ts";
import { tell } from "../claims/notices.ts";
import type { ServingTablePlan } from "./plan.ts";

export interface AppliedServingTable {
  /** As HBase answered it to be. */
  readonly table: CurrentServingTable;
  /** What was done. */
  readonly steps: ServingTablePlan["steps"];
  /** Hash of the confirmed change that was done. */
  readonly approved: string | undefined;
}

export async function applyServingTable(
  { wanted, current, steps, notices, approval }: ServingTablePlan,
  hbase: ServingTables,
  context: ReconcileContext,
): Promise<AppliedServingTable> {
  notices.forEach((notice) => tell(notice, context));
  for (const { action, notice } of steps) {
    await hbase.execute(action, context);
    tell(notice, context);
  }
  if (approval.state === "given" && steps.length > 0) tell(approvedNotice(approval), context);
  const table =
    steps.length === 0 ? current : ((await hbase.describe(wanted.name, context.signal)).table ?? undefined);
  if (table === undefined) {
    throw new TransientError(
      "ResourceConflict",
      `table "${wanted.name}" went away while it was looked after`,
    );
  }
  return { table, steps, approved: approval.state === "given" ? approval.hash : undefined };
}
