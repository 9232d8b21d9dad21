/** Everything that a product wants in the cluster. Pure. */
import type { LakeTableSpec } from "../../crds/kinds.ts";
import type { Child } from "../../targets/kubernetes/child.ts";
import { planTargetTable } from "./plan/target-table.ts";
import type { ValidatedProduct } from "./validate.ts";

export interface ProductPlan {
  readonly product: ValidatedProduct;
  readonly table: Child<{ spec: LakeTableSpec }>;
}

export function planProduct(product: ValidatedProduct): ProductPlan {
  return { product, table: planTargetTable(product) };
}
