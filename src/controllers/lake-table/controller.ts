/** The LakeTable controller: what wakes it, and its six phases. */
import type { LakeTable, LakeTableStatus } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import type { Controller } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { watchRivals } from "../claims/rivals.ts";
import { watchPlatform } from "../platform-watch.ts";
import type { AppliedTable } from "./apply.ts";
import { applyTable } from "./apply.ts";
import { TABLE_CLAIM } from "./claim.ts";
import { deletesTable, describeTableLeft, finalizeTable } from "./finalize.ts";
import type { ObservedTable } from "./observe.ts";
import { observeTable } from "./observe.ts";
import type { TablePlan } from "./plan.ts";
import { watchPlaces } from "./places.ts";
import { outstandingWork, planTable } from "./plan.ts";
import { tableStatus } from "./status.ts";
import { watchUpkeep } from "./upkeep-watch.ts";
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
    apply: (plan, observed, context) => applyTable(plan, observed.platform, { systems, context }),
    outstanding: outstandingWork,
    status: tableStatus,
    finalize: (table, context) => finalizeTable(table, context, systems),
    describeLeft: describeTableLeft,
    needsFinalizer: deletesTable,
  };
}

const WATCHES = [watchPlatform(lakeTableKind), ...watchRivals(TABLE_CLAIM), watchPlaces, watchUpkeep];
