/** The DataProduct controller: what wakes it, and its six phases. */
import type { DataProduct, DataProductStatus } from "../../crds/kinds.ts";
import { dataProductKind, lakeTableKind } from "../../crds/kinds.ts";
import { byOwner } from "../../runtime/cache/watches.ts";
import type { Controller, SecondaryWatch } from "../../runtime/controller.ts";
import { outstandingChildren } from "../../targets/kubernetes/apply-children.ts";
import { watchPlatform } from "../platform-watch.ts";
import type { AppliedProduct } from "./apply.ts";
import { applyProduct, childSet } from "./apply.ts";
import { describeTableLeft, finalizeProduct, needsCleanup } from "./finalize.ts";
import { WATCH_INPUTS } from "./graph.ts";
import type { ObservedProduct, ProductReaders } from "./observe.ts";
import { observeProduct } from "./observe.ts";
import type { ProductPlan } from "./plan.ts";
import { planProduct } from "./plan.ts";
import { productStatus } from "./status.ts";
import type { ValidatedProduct } from "./validate.ts";
import { validateProduct } from "./validate.ts";

export type DataProductController = Controller<
  DataProduct,
  ObservedProduct,
  ValidatedProduct,
  ProductPlan,
  AppliedProduct,
  DataProductStatus
>;

export function createDataProductController(readers: ProductReaders): DataProductController {
  return {
    kind: dataProductKind,
    concurrency: 8,
    watches: WATCHES,
    observe: (product, context) => observeProduct(product, context, readers),
    validate: validateProduct,
    plan: planProduct,
    apply: (plan, _observed, context) => applyProduct(plan, context),
    outstanding: (plan, cache) => outstandingChildren(childSet(plan), cache),
    status: productStatus,
    finalize: finalizeProduct,
    describeLeft: describeTableLeft,
    needsFinalizer: needsCleanup,
  };
}

const WATCHES: readonly SecondaryWatch[] = [
  watchPlatform(dataProductKind),
  { type: lakeTableKind, toKeys: byOwner(dataProductKind) },
  ...WATCH_INPUTS,
];
