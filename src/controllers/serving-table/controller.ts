/** The ServingTable controller: what wakes it, and its six phases. */
import type { ServingTable, ServingTableStatus } from "../../crds/kinds.ts";
import { servingTableKind } from "../../crds/kinds.ts";
import type { Controller } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { describeTableAction } from "../../targets/hbase/diff.ts";
import { watchRivals } from "../claims/rivals.ts";
import { watchPlatform } from "../platform-watch.ts";
import type { AppliedServingTable } from "./apply.ts";
import { applyServingTable } from "./apply.ts";
import { SERVING_TABLE_CLAIM } from "./claim.ts";
import { describeTableLeft, dropsTable, finalizeServingTable } from "./finalize.ts";
import type { ObservedServingTable } from "./observe.ts";
import { observeServingTable } from "./observe.ts";
import type { ServingTablePlan } from "./plan.ts";
import { planServingTable } from "./plan.ts";
import { servingTableStatus } from "./status.ts";
import type { ValidatedServingTable } from "./validate.ts";
import { validateServingTable } from "./validate.ts";

export type ServingTableController = Controller<
  ServingTable,
  ObservedServingTable,
  ValidatedServingTable,
  ServingTablePlan,
  AppliedServingTable,
  ServingTableStatus
>;

export function createServingTableController(systems: SystemAccess): ServingTableController {
  return {
    kind: servingTableKind,
    concurrency: 8,
    watches: WATCHES,
    observe: (table, context) => observeServingTable(table, context, systems),
    validate: validateServingTable,
    plan: planServingTable,
    apply: (plan, { platform }, context) => applyServingTable(plan, systems.clients.hbase(platform), context),
    outstanding: ({ steps }) =>
      steps.map(({ action }) => describeTableAction(action)).join(", ") || undefined,
    status: servingTableStatus,
    finalize: (table, context) => finalizeServingTable(table, context, systems),
    describeLeft: describeTableLeft,
    needsFinalizer: dropsTable,
  };
}

const WATCHES = [watchPlatform(servingTableKind), ...watchRivals(SERVING_TABLE_CLAIM)];
