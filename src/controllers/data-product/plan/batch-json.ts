/** `batch.json`: what the batch job is told of a product. Pure. */
import type { BatchDocument } from "../../../generated/batch.ts";
import { lakeDocument } from "../../../workloads/lake-document.ts";
import type { Definition } from "../definition.ts";
import type { RunSettings, ValidatedProduct } from "../validate.ts";

/** The whole file as text. */
export function renderBatchJson(
  { owner }: ValidatedProduct,
  { target, plan, mode, keys, checks }: Definition,
  { platform, timeZone }: RunSettings,
): string {
  const document: BatchDocument = {
    product: owner.key,
    ...lakeDocument(platform),
    target: { database: target.database, table: target.table },
    sql: plan.spark,
    sqlWindow: plan.sparkWindow ?? undefined,
    windowRows: plan.sparkWindowRows ?? undefined,
    windowLater: plan.sparkWindowLater ?? undefined,
    mode,
    ...(keys.length > 0 && { keys }),
    timeZone,
    planHash: plan.planHash,
    ...checks,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
