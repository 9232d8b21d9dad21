/** The DataProduct controller: what wakes it, and its six phases. */
import type { DataProduct, DataProductStatus } from "../../crds/kinds.ts";
import { dataProductKind, lakeTableKind } from "../../crds/kinds.ts";
import { byOwner } from "../../runtime/cache/watches.ts";
import type { Controller, SecondaryWatch } from "../../runtime/controller.ts";
import { outstandingChildren } from "../../targets/kubernetes/apply-children.ts";
import { ClusterIdentity } from "../../targets/kubernetes/cluster-identity.ts";
import { watchPlatform } from "../platform-watch.ts";
import type { AppliedProduct } from "./apply.ts";
import { applyProduct, childSet, OWNED } from "./apply.ts";
import { describeProductLeft, finalizeProduct, needsCleanup } from "./finalize.ts";
import { WATCH_INPUTS } from "./graph.ts";
import type { ObservedProduct, ProductReaders } from "./observe.ts";
import { observeProduct } from "./observe.ts";
import type { ProductPlan } from "./plan.ts";
import { planProduct } from "./plan.ts";
import { productStatus } from "./status.ts";
import type { ProductSettings, ValidatedProduct } from "./validate.ts";
import { validateProduct } from "./validate.ts";

export type DataProductController = Controller<
  DataProduct,
  ObservedProduct,
  ValidatedProduct,
  ProductPlan,
  AppliedProduct,
  DataProductStatus
>;

/** What main wires: the image of runs, the planner, and the connections to the platforms' systems. */
export type ProductControllerOptions = Omit<ProductReaders, "cluster"> & ProductSettings;

export function createDataProductController(options: ProductControllerOptions): DataProductController {
  const readers = { ...options, cluster: new ClusterIdentity() };
  return {
    kind: dataProductKind,
    concurrency: 8,
    watches: WATCHES,
    observe: (product, context) => observeProduct(product, context, readers),
    validate: (product, observed) => validateProduct(product, observed, options),
    plan: planProduct,
    apply: (plan, observed, context) => applyProduct(plan, observed, { context, systems: readers }),
    outstanding: (plan, cache) => outstandingChildren(childSet(plan), cache),
    status: productStatus,
    finalize: (product, context) => finalizeProduct(product, context, readers),
    describeLeft: describeProductLeft,
    needsFinalizer: needsCleanup,
  };
}

const WATCHES: readonly SecondaryWatch[] = [
  watchPlatform(dataProductKind),
  { type: lakeTableKind, toKeys: byOwner(dataProductKind) },
  ...WATCH_INPUTS,
  ...OWNED.watches,
];
