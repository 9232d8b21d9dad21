/** The DataPlatform controller: probes and reports, and starts the Jobs that look after tables. */
import type { DataPlatform, DataPlatformStatus, LakeTable } from "../../crds/kinds.ts";
import { dataPlatformKind, lakeTableKind } from "../../crds/kinds.ts";
import type { Controller, KubernetesObject, SecondaryWatch } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { AppliedPlatform } from "./apply.ts";
import { applyPlatform, OWNED } from "./apply.ts";
import type { ObservedPlatform } from "./observe.ts";
import { observePlatform } from "./observe.ts";
import type { PlatformPlan } from "./plan.ts";
import { planPlatform } from "./plan.ts";
import { platformStatus } from "./status.ts";
import type { ValidatedPlatform } from "./validate.ts";
import { validatePlatform } from "./validate.ts";

export type DataPlatformController = Controller<
  DataPlatform,
  ObservedPlatform,
  ValidatedPlatform,
  PlatformPlan,
  AppliedPlatform,
  DataPlatformStatus
>;

/** What main wires: how systems are reached, and the image of the Spark programs. */
export interface DataPlatformControllerOptions extends SystemAccess {
  readonly images: { readonly spark: string };
}

export function createDataPlatformController({
  images,
  ...systems
}: DataPlatformControllerOptions): DataPlatformController {
  return {
    kind: dataPlatformKind,
    concurrency: 4,
    watches: [...OWNED.watches, WATCH_TABLES],
    observe: (platform, context) => observePlatform(platform, context, systems),
    validate: (platform, observed) => validatePlatform(platform, observed, images.spark),
    plan: planPlatform,
    apply: (plan, _observed, context) => applyPlatform(plan, context),
    status: platformStatus,
  };
}

/** Once the tables of a Job have its result, the next Job may be started. What is due else is seen at the next probe. */
const WATCH_TABLES: SecondaryWatch = {
  type: lakeTableKind,
  isNews: (change) => change.kind === "updated" && lastJobOf(change.previous) !== lastJobOf(change.object),
  toKeys: ({ metadata, ...table }) => [
    { namespace: metadata.namespace ?? "", name: (table as LakeTable).spec.platformRef.name },
  ],
};

function lastJobOf(table: KubernetesObject): string | undefined {
  return (table as LakeTable).status?.maintenance?.lastRun?.job;
}
