/** The QueryCluster controller: what wakes it, and its six phases. */
import type { QueryCluster, QueryClusterStatus } from "../../crds/kinds.ts";
import { queryClusterKind } from "../../crds/kinds.ts";
import type { Controller, SecondaryWatch } from "../../runtime/controller.ts";
import { outstandingChildren } from "../../targets/kubernetes/apply-children.ts";
import { watchPlatform } from "../platform-watch.ts";
import type { AppliedCluster } from "./apply.ts";
import { applyCluster, childSet, OWNED } from "./apply.ts";
import type { ClusterReaders, ObservedCluster } from "./observe.ts";
import { observeCluster } from "./observe.ts";
import type { ClusterPlan } from "./plan.ts";
import { planCluster } from "./plan.ts";
import { clusterStatus } from "./status.ts";
import type { ClusterImages, ValidatedCluster } from "./validate.ts";
import { validateCluster } from "./validate.ts";

/** What main wires: the image of the release, and how platforms, Secrets and coordinators are asked. */
export interface QueryClusterControllerOptions extends ClusterReaders {
  readonly images: ClusterImages;
}

export type QueryClusterController = Controller<
  QueryCluster,
  ObservedCluster,
  ValidatedCluster,
  ClusterPlan,
  AppliedCluster,
  QueryClusterStatus
>;

export function createQueryClusterController(options: QueryClusterControllerOptions): QueryClusterController {
  return {
    kind: queryClusterKind,
    concurrency: 4,
    watches: WATCHES,
    observe: (cluster, context) => observeCluster(cluster, context, options),
    validate: (cluster, observed) => validateCluster(cluster, observed, options.images),
    plan: planCluster,
    apply: (plan, _observed, context) => applyCluster(plan, context),
    outstanding: (plan, cache) => outstandingChildren(childSet(plan), cache),
    status: clusterStatus,
  };
}

const WATCHES: readonly SecondaryWatch[] = [watchPlatform(queryClusterKind), ...OWNED.watches];
