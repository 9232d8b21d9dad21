/** What the SQL means, as the status says it. Pure. */
import type { DataProductStatus } from "../../crds/kinds.ts";
import { remembered } from "../remembered.ts";
import type { Definition } from "./definition.ts";
import { lineageStatus } from "./lineage.ts";
import type { Part } from "./validate.ts";

export type Meaning = Pick<
  DataProductStatus,
  "columns" | "inputs" | "lineage" | "lineageOmitted" | "planHash"
>;

/** Of the SQL as it was last found to be right: what is wrong has no columns, and the table keeps those that it has. */
export function meaningOf(
  status: DataProductStatus | undefined,
  definition: Part<Definition> | undefined,
): Meaning {
  if (definition?.state !== "resolved") {
    return remembered(status, "columns", "inputs", "lineage", "lineageOmitted", "planHash");
  }
  const { plan, columns, inputs } = definition.value;
  const { lineage, omitted } = lineageStatus(plan);
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    inputs: [...inputs],
    lineage: [...lineage],
    ...(omitted > 0 && { lineageOmitted: omitted }),
    planHash: plan.planHash,
  };
}
