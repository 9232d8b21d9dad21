/** Turns a spec into the wanted table with all defaults resolved, or says what is in the way. Pure. */
import type { ServingTable } from "../../crds/kinds.ts";
import { isSystemTable } from "../../naming/serving-tables.ts";
import { requireHBase } from "../../platform/hbase.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { Loss } from "../../targets/hbase/losses.ts";
import { lossesOf } from "../../targets/hbase/losses.ts";
import type { CurrentServingTable, WantedServingTable } from "../../targets/hbase/table.ts";
import type { Approval } from "../approval.ts";
import { approvalOf } from "../approval.ts";
import type { Before } from "../claims/claimed-kind.ts";
import { hasMoved, readBefore } from "../claims/claimed-kind.ts";
import { conflict } from "../claims/rivals.ts";
import { wantedServingTable } from "./wanted.ts";
import { requireKnown } from "../observation.ts";
import { SERVING_TABLE_CLAIM } from "./claim.ts";
import type { ObservedServingTable } from "./observe.ts";

export interface ValidatedServingTable {
  readonly wanted: WantedServingTable;
  readonly current: CurrentServingTable | undefined;
  readonly before: Before;
  /** The platform has come to lead to another HBase: what the resource had there stays there. */
  readonly leftBehind: string | undefined;
  /** What would be lost on the way. */
  readonly losses: readonly Loss[];
  /** Whether it may be. */
  readonly approval: Approval;
}

/**
 * Throws `TerminalError` for a table that another resource has, here or in another Kubernetes, or that is HBase's own. Throws `WaitingError`
 * while platform or HBase cannot be reached, or while nobody knows who has the table.
 */
export function validateServingTable(
  resource: ServingTable,
  observed: ObservedServingTable,
): ValidatedServingTable {
  const { older } = observed;
  if (older?.isCertain === true) throw conflict(SERVING_TABLE_CLAIM, resource, older);
  requireHBase(observed.platform);
  const current = requireKnown(observed.thing);
  if (older !== undefined) throw conflict(SERVING_TABLE_CLAIM, resource, older);
  const wanted = wantedServingTable(resource);
  refuseSystem(wanted);
  const isElsewhere = hasMoved(SERVING_TABLE_CLAIM, resource, observed.system);
  const before = isElsewhere
    ? { id: undefined, wasInEffect: false }
    : readBefore(SERVING_TABLE_CLAIM, resource);
  refuseForeign(wanted, current, before);
  const losses = lossesOf(wanted, current).filter((loss) => isLost(loss, { wanted, current, observed }));
  return {
    ...{ wanted, current, before, losses },
    leftBehind: isElsewhere ? resource.status?.clusterId : undefined,
    approval: approvalOf(
      resource,
      losses.map(({ text }) => text),
    ),
  };
}

/** The API server refuses such names, but the namespace of a resource may have this one. */
function refuseSystem({ name }: WantedServingTable): void {
  if (!isSystemTable(name)) return;
  throw new TerminalError(
    "InvalidSpec",
    `table "${name}" would be in the namespace that HBase keeps to itself; give spec.tableName in a new ServingTable`,
    { field: "spec.tableName" },
  );
}

/** Two owners would change the table for ever, each as drift of the other. */
function refuseForeign(
  { name, mark }: WantedServingTable,
  current: CurrentServingTable | undefined,
  before: Before,
): void {
  const found = current?.mark ?? undefined;
  if (before.id === undefined || found === undefined || found === mark) return;
  throw new TerminalError(
    "ResourceConflict",
    `table "${name}" was this resource's and bears the mark "${found}" of another one now, perhaps of another Kubernetes cluster; ` +
      `delete this ServingTable, which leaves the table as it is, or take the other's away`,
    { field: "spec.tableName" },
  );
}

/** An empty family has nothing to lose; but whoever made the table before may count on it. */
function isLost(
  { family, isWhole }: Loss,
  {
    wanted,
    current,
    observed: { filled },
  }: Pick<ValidatedServingTable, "wanted" | "current"> & { readonly observed: ObservedServingTable },
): boolean {
  if (filled === undefined || filled.includes(family)) return true;
  return isWhole && current?.mark !== wanted.mark;
}
