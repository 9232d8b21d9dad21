/** What Kubernetes cannot collect of a deleted product: its policy is passed on to the LakeTable, which goes with it and does what it says. */
import type { DataProduct } from "../../crds/kinds.ts";
import { DATA_PRODUCT_DEFAULTS, lakeTableKind } from "../../crds/kinds.ts";
import { keyOf } from "../../api/objects.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { DataChild } from "../data-children.ts";
import { hasLostChildren, ownDataChildren, passPolicyOn, policyOf } from "../data-children.ts";
import { targetOf } from "./graph.ts";

/** The LakeTable carries a copy of the policy, so it may still say Delete when the product says Retain already. */
export function needsCleanup(product: DataProduct, cache: ObjectReader): boolean {
  return [policyOfTarget(product), ...tableOf(product, cache).map(({ object }) => policyOf(object))].includes(
    "Delete",
  );
}

/** The table by its name, for the person who drops it by hand. */
export function describeTableLeft(product: DataProduct): string {
  return `the table ${targetOf(product)}, as its LakeTable says`;
}

/** Safe to run again at any point. */
export async function finalizeProduct(product: DataProduct, context: ReconcileContext): Promise<void> {
  const { kubernetes } = context;
  if (hasLostChildren(product, [lakeTableKind], kubernetes)) return;
  await passPolicyOn(policyOfTarget(product), tableOf(product, kubernetes), kubernetes);
}

function policyOfTarget({ spec }: DataProduct): "Retain" | "Delete" {
  return spec.target.deletionPolicy ?? DATA_PRODUCT_DEFAULTS.deletionPolicy;
}

function tableOf(product: DataProduct, cache: ObjectReader): readonly DataChild[] {
  const { name } = keyOf(product);
  return ownDataChildren(product, [{ type: lakeTableKind, name }], cache);
}
