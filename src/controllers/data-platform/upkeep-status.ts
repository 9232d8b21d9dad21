/** What a platform's status says of how its tables are looked after. Pure. */
import type { ConditionInput } from "../../api/conditions.ts";
import type { Reason } from "../../api/reasons.ts";
import { counted } from "../../api/text.ts";
import type { DataPlatform, DataPlatformStatus, LakeTable } from "../../crds/kinds.ts";
import type { StatusInput } from "../../runtime/controller.ts";
import { reasonOfError } from "../../runtime/errors.ts";
import { remembered } from "../remembered.ts";
import type { AppliedPlatform } from "./apply.ts";
import type { ObservedPlatform } from "./observe.ts";
import type { PlatformPlan } from "./plan.ts";
import { startedUpkeep } from "./upkeep.ts";
import type { ValidatedPlatform } from "./validate.ts";

type Input = StatusInput<DataPlatform, ObservedPlatform, ValidatedPlatform, PlatformPlan, AppliedPlatform>;

export interface UpkeepReport {
  readonly status: Pick<DataPlatformStatus, "upkeep">;
  readonly conditions: readonly ConditionInput[];
}

/** More names than these tell nothing new. */
const MOST_NAMES = 5;

/** What an earlier pass said stays as it was while nobody could look. */
export function upkeepOf(input: Input): UpkeepReport {
  const { resource, plan, applied } = input;
  if (plan === undefined) return { status: remembered(resource.status, "upkeep"), conditions: [] };
  const upkeep = applied?.job === undefined ? plan.current.status : startedUpkeep(applied.job);
  return { status: upkeep === undefined ? {} : { upkeep }, conditions: [condition(input, plan, upkeep)] };
}

function condition(input: Input, plan: PlatformPlan, upkeep: DataPlatformStatus["upkeep"]): ConditionInput {
  return (
    obstacle(input, plan) ??
    failures(input, upkeep) ??
    maintained("True", "Succeeded", progressMessage(upkeep))
  );
}

/** Why no Job is started, or the one that was does not run. */
function obstacle(
  { applied }: Input,
  { platform, current, refusal }: PlatformPlan,
): ConditionInput | undefined {
  const { isSuspended, away } = platform.maintenance;
  const refused = refusal ?? applied?.problem;
  if (refused !== undefined) return maintained("False", reasonOfError(refused), refused.message);
  const { problem } = current;
  if (problem !== undefined) return maintained("False", problem.reason, problem.message);
  if (isSuspended) return maintained("False", "Suspended", "spec.maintenance.suspend is true");
  if (away === undefined) return undefined;
  return maintained("Unknown", "PlatformNotReady", `no Job is started while ${away} does not answer`);
}

function failures({ observed }: Input, upkeep: DataPlatformStatus["upkeep"]): ConditionInput | undefined {
  const tables = observed?.upkeep.tables ?? [];
  const failing = tables.filter(({ status }) => (status?.maintenance?.failures ?? 0) > 0);
  if (failing.length === 0) return undefined;
  return maintained("False", "UpkeepFailed", failureMessage(failing, upkeep));
}

function maintained(status: ConditionInput["status"], reason: Reason, message: string): ConditionInput {
  return { type: "TablesMaintained", status, reason, message };
}

function failureMessage(failing: readonly LakeTable[], upkeep: DataPlatformStatus["upkeep"]): string {
  const names = failing.map(({ spec }) => `${spec.database}.${spec.table}`).toSorted();
  const told = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length > MOST_NAMES ? ` and ${String(names.length - MOST_NAMES)} more` : "";
  const last = upkeep?.message === undefined ? "" : `; ${upkeep.message}`;
  return `${counted(names.length, "table")} could not be looked after: ${told}${more}${last}; each LakeTable's condition Maintained says why`;
}

function progressMessage(upkeep: DataPlatformStatus["upkeep"]): string {
  if (upkeep === undefined) return "no table was due yet";
  const tables = counted(upkeep.tables.length, "table");
  return upkeep.finishedAt === undefined
    ? `Job "${upkeep.job}" looks after ${tables}`
    : `Job "${upkeep.job}" looked after ${tables}`;
}
