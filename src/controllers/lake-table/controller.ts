/** The LakeTable controller: what wakes it, and its six phases. */
import type { LakeTable, LakeTableStatus } from "../../crds/kinds.ts";
import { dataPlatformKind, lakeTableKind } from "../../crds/kinds.ts";
import type { Controller, SecondaryWatch } from "../../runtime/controller.ts";
import { byNamesake, byReference, claimNews, isNewState } from "../../runtime/cache/watches.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { AppliedTable } from "./apply.ts";
import { applyTable } from "./apply.ts";
import { TABLES_BY_NAME } from "./claim.ts";
import { deletesTable, finalizeTable } from "./finalize.ts";
import type { ObservedTable } from "./observe.ts";
import { observeTable } from "./observe.ts";
import type { TablePlan } from "./plan.ts";
import { planTable } from "./plan.ts";
import { tableStatus } from "./status.ts";
import type { ValidatedTable } from "./validate.ts";
import { validateTable } from "./validate.ts";

export type LakeTableController = Controller<
  LakeTable,
  ObservedTable,
  ValidatedTable,
  TablePlan,
  AppliedTable,
  LakeTableStatus
>;

export function createLakeTableController(systems: SystemAccess): LakeTableController {
  return {
    kind: lakeTableKind,
    concurrency: 8,
    watches: WATCHES,
    observe: (table, context) => observeTable(table, context, systems),
    validate: validateTable,
    plan: planTable,
    apply: (plan, { platform }, context) => applyTable(plan, systems.clients.catalog(platform), context),
    status: tableStatus,
    finalize: (table, context) => finalizeTable(table, context, systems),
    needsFinalizer: deletesTable,
  };
}

const WATCHES: readonly SecondaryWatch[] = [
  {
    type: dataPlatformKind,
    isNews: isNewState,
    toKeys: byReference<LakeTable>(lakeTableKind, (table) => table.spec.platformRef.name),
  },
  {
    // A resource that comes or goes decides anew who has its table.
    type: lakeTableKind,
    isNews: claimNews(TABLES_BY_NAME, (resource) => resource.status?.tableUuid),
    toKeys: byNamesake(TABLES_BY_NAME),
  },
];
