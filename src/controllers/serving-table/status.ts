/** What a resource's status says, from what HBase answered. Pure. */
import type { ServingTable, ServingTableStatus } from "../../crds/kinds.ts";
import { MAX_CHANGES } from "../../crds/kinds.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import { counted, shorten } from "../../api/text.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { CurrentServingTable } from "../../targets/hbase/table.ts";
import { describeTableAction } from "../../targets/hbase/diff.ts";
import { awaitedField } from "../approval.ts";
import { remembered } from "../remembered.ts";
import type { AppliedServingTable } from "./apply.ts";
import { servingTableNameOf } from "./claim.ts";
import type { ObservedServingTable } from "./observe.ts";
import type { ServingTablePlan } from "./plan.ts";
import type { ValidatedServingTable } from "./validate.ts";

type Input = StatusInput<
  ServingTable,
  ObservedServingTable,
  ValidatedServingTable,
  ServingTablePlan,
  AppliedServingTable
>;
type Fields = Omit<ServingTableStatus, "conditions" | "observedGeneration">;

const MAX_FAMILIES = 100;
const MAX_CHANGE_LENGTH = 1024;

export function servingTableStatus(input: Input): StatusResult<ServingTableStatus> {
  const { resource } = input;
  const name = servingTableNameOf(resource);
  const table = knownTable(input);
  const older = certainOlder(input);
  return {
    status: {
      tableName: name,
      ...(older === undefined && tableFields(table, input)),
      ...historyOf(input),
      ...awaitedField(input.plan?.approval),
      ...(older !== undefined && { conflictsWith: older.metadata.name }),
    },
    conditions: [],
    ...(table !== undefined && verdict(name, table)),
    ...awaitedVerdict(name, input.plan),
  };
}

/** What was done in this pass, before what is remembered. */
function historyOf({ applied, resource, now }: Input): Fields {
  const before = remembered(resource.status, "changes", "approved", "driftCorrectedAt");
  if (applied === undefined || applied.steps.length === 0) return before;
  const time = timestamp(now);
  const done = applied.steps.map(({ action, cause }) => ({
    ...{ time, cause },
    text: shorten(describeTableAction(action), MAX_CHANGE_LENGTH),
  }));
  return {
    ...before,
    changes: [...done, ...(before.changes ?? [])].slice(0, MAX_CHANGES),
    ...(applied.approved !== undefined && { approved: { hash: applied.approved, time } }),
    ...(applied.steps.some(({ notice }) => notice.reason === "DriftCorrected") && { driftCorrectedAt: time }),
  };
}

/** A person is awaited, whatever else is well. */
function awaitedVerdict(
  name: string,
  plan: ServingTablePlan | undefined,
): Pick<StatusResult<ServingTableStatus>, "terminal"> {
  if (plan?.approval.state !== "awaited") return {};
  const message = `table "${name}": ${plan.approval.request.message}`;
  return { terminal: { reason: "ApprovalRequired", message } };
}

/** The older resource that is known to have the table. */
function certainOlder({ observed }: Input): ServingTable | undefined {
  return observed?.older?.isCertain === true ? observed.older.resource : undefined;
}

function verdict(
  name: string,
  table: CurrentServingTable,
): Pick<StatusResult<ServingTableStatus>, "ready" | "waiting"> {
  if (table.isEnabled) return { ready: { message: readyMessage(name, table) } };
  const message = `table "${name}" is disabled, and nobody can read or write it; enable it in HBase's shell: enable '${name}'`;
  return { waiting: { reason: "TableDisabled", message } };
}

/** As answered, else as seen. `undefined`: not known now, or not there. */
function knownTable({ applied, observed }: Input): CurrentServingTable | undefined {
  if (applied !== undefined) return applied.table;
  return observed?.thing.state === "known" ? observed.thing.value : undefined;
}

/** What cannot be seen now stays as it was last seen. */
function tableFields(table: CurrentServingTable | undefined, { resource, observed, applied }: Input): Fields {
  // The mark is remembered also when the table is gone: its successor must not be taken for it.
  const mark = applied?.table.mark ?? undefined;
  const own: Fields =
    mark === undefined
      ? remembered(resource.status, "mark", "clusterId")
      : { mark, ...(observed?.system !== undefined && { clusterId: observed.system }) };
  if (table !== undefined) {
    const { durability, regions, storeBytes } = table;
    return { ...own, durability, families: familiesOf(table), regions, storeBytes };
  }
  if (observed?.thing.state === "known") return own;
  return { ...own, ...remembered(resource.status, "durability", "families", "regions", "storeBytes") };
}

function familiesOf({ families }: CurrentServingTable): NonNullable<Fields["families"]> {
  return families.slice(0, MAX_FAMILIES).map(({ ttlSeconds, ...family }) => ({
    ...family,
    ...(typeof ttlSeconds === "number" && { ttlSeconds }),
  }));
}

function readyMessage(name: string, { families, regions }: CurrentServingTable): string {
  const named = families.map((family) => `"${family.name}"`).join(", ");
  return `table "${name}" has ${counted(regions, "region")}, families ${named}`;
}
