/** Lineage as the status holds it: each input column of an output column once, and not more than a resource can hold. Pure. */
import type { DataProductStatus } from "../../crds/kinds.ts";
import type { SqlPlan } from "../../targets/planner/planner.ts";

export type ColumnLineage = NonNullable<DataProductStatus["lineage"]>[number];
type Origin = ColumnLineage["inputs"][number];

/** Some 150 bytes each: together a third of what the API server stores of one resource. */
const MAX_ORIGINS = 3000;

export interface LineageStatus {
  readonly lineage: readonly ColumnLineage[];
  /** Origins that were left out. */
  readonly omitted: number;
}

export function lineageStatus(plan: SqlPlan, most = MAX_ORIGINS): LineageStatus {
  const whole = plan.lineage.map(({ column, inputs }) => ({ column, inputs: mergeUses(inputs) }));
  const total = countOf(whole);
  if (total <= most) return { lineage: whole, omitted: 0 };
  const direct = whole.map(({ column, inputs }) => ({ column, inputs: inputs.filter(isDirect) }));
  const kept = firstOf(direct, most);
  return { lineage: kept, omitted: total - countOf(kept) };
}

function mergeUses(inputs: SqlPlan["lineage"][number]["inputs"]): readonly Origin[] {
  const origins = new Map<string, Origin>();
  for (const { database, table, path, use } of inputs) {
    const name = `${database}.${table}`;
    const before = origins.get(`${name} ${path}`);
    origins.set(`${name} ${path}`, { table: name, path, uses: [...new Set([...(before?.uses ?? []), use])] });
  }
  return [...origins.values()];
}

function isDirect({ uses }: Origin): boolean {
  return uses.includes("direct");
}

function countOf(lineage: readonly ColumnLineage[]): number {
  return lineage.reduce((sum, { inputs }) => sum + inputs.length, 0);
}

function firstOf(lineage: readonly ColumnLineage[], most: number): readonly ColumnLineage[] {
  let left = most;
  return lineage.map(({ column, inputs }) => {
    const kept = inputs.slice(0, left);
    left -= kept.length;
    return { column, inputs: kept };
  });
}
