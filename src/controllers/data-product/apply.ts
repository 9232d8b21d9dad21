/** Writes a product's children. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import { PartlyApplied } from "../../runtime/errors.ts";
import type { ChildSet } from "../../targets/kubernetes/apply-children.ts";
import { applyChildren } from "../../targets/kubernetes/apply-children.ts";
import type { ChildResult } from "../../targets/kubernetes/child.ts";
import type { ProductPlan } from "./plan.ts";

/** What the API server answered, child by child. */
export interface AppliedProduct {
  readonly children: readonly ChildResult[];
}

export async function applyProduct(plan: ProductPlan, context: ReconcileContext): Promise<AppliedProduct> {
  const { results: children, problem } = await applyChildren(childSet(plan), context);
  if (problem !== undefined) throw new PartlyApplied({ children }, problem);
  return { children };
}

/** The LakeTable is always planned and holds data: nothing is removed. */
export function childSet({ product, table }: ProductPlan): ChildSet {
  const { owner, labels } = product;
  return { owner, labels, children: [table], pruneTypes: [] };
}
