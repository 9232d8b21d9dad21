/** What a table's status says of how it is looked after: the result of the last run, taken over once, and what is due. Pure. */
import { timestamp } from "../../api/timestamp.ts";
import type { ConditionInput } from "../../api/conditions.ts";
import { counted } from "../../api/text.ts";
import type { LakeTable, LakeTableStatus, MaintenanceStatus, UpkeepStatus } from "../../crds/kinds.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { UpkeepSettings } from "../upkeep/settings.ts";
import { upkeepSettings } from "../upkeep/settings.ts";
import { remembered } from "../remembered.ts";
import type { DueStep } from "./due.ts";
import { whatIsDue } from "./due.ts";

/** Status and condition; both empty for a table that is not looked after. */
export interface Maintenance {
  readonly status: Pick<LakeTableStatus, "maintenance">;
  readonly conditions: readonly ConditionInput[];
}

export interface MaintenanceInput {
  readonly resource: LakeTable;
  /** Of the table that the resource has. */
  readonly tableUuid: string;
  /** What its status said of this table. */
  readonly before: MaintenanceStatus | undefined;
  readonly platform: PlatformState | undefined;
  /** The table that the resource has, as it is now; `undefined`: it could not be seen. */
  readonly table: CurrentTable | undefined;
  readonly now: Date;
}

const MOST_PAUSE_SECONDS = 86_400;

export function maintenanceOf(input: MaintenanceInput): Maintenance {
  const { resource, platform, table } = input;
  const settings = upkeepSettings(resource);
  const { due, next, ...done } = takeOver(input, upkeepOf(platform));
  if (!settings.isEnabled) return maintenance(done);
  if (table === undefined) return maintenance({ ...done, ...(due && { due }), ...(next && { next }) });
  const judged = judge(done, table, { settings, ...input });
  const condition = maintainedCondition(judged.status, judged.steps, mayExpire(platform, table));
  return maintenance(judged.status, [condition]);
}

/** Without anything to say there is no field. */
function maintenance(status: MaintenanceStatus, conditions: readonly ConditionInput[] = []): Maintenance {
  return { status: Object.keys(status).length === 0 ? {} : { maintenance: status }, conditions };
}

interface Judged {
  readonly status: MaintenanceStatus;
  readonly steps: readonly DueStep[];
}

function judge(
  before: MaintenanceStatus,
  table: CurrentTable,
  { resource, platform, settings, now }: MaintenanceInput & { readonly settings: UpkeepSettings },
): Judged {
  const createdAt = Date.parse(resource.metadata.creationTimestamp ?? timestamp(now));
  const times = { createdAt, now: now.getTime() };
  const canExpire = mayExpire(platform, table);
  const { steps, next } = whatIsDue({ table, settings, before, canExpire, ...times });
  const begin = nextRun(before, settings, steps.length > 0 ? 0 : next);
  const status: MaintenanceStatus = {
    ...before,
    ...(steps.length > 0 && { due: steps.map(({ step }) => step) }),
    ...(begin !== undefined && { next: begin }),
  };
  return { status, steps };
}

function upkeepOf(platform: PlatformState | undefined): UpkeepStatus | undefined {
  return platform?.state === "present" ? platform.status?.upkeep : undefined;
}

/** With what a Job did that has ended since, if it was for this very table. Each Job is taken over once. */
function takeOver(
  { tableUuid, before = {} }: MaintenanceInput,
  upkeep: UpkeepStatus | undefined,
): MaintenanceStatus {
  if (upkeep?.finishedAt === undefined || before.lastRun?.job === upkeep.job) return before;
  const { job, startedAt: at, finishedAt } = upkeep;
  const own = upkeep.tables.find((table) => table.tableUuid === tableUuid);
  if (own?.state === undefined) return before;
  return {
    // What was due is done, or waits for a look at the table: while nobody can see it no Job follows another.
    ...remembered(before, "lastOrphanSearch"),
    lastRun: { job, at, finishedAt, ...remembered(own, ...FIGURES), state: own.state },
    ...(own.state === "Failed" && { failures: (before.failures ?? 0) + 1 }),
    ...orphanSearch(own, finishedAt),
  };
}

/** Also of a run that failed in another step. */
function orphanSearch(
  { orphansSearched }: UpkeepStatus["tables"][number],
  finishedAt: string,
): Pick<MaintenanceStatus, "lastOrphanSearch"> {
  return orphansSearched === true ? { lastOrphanSearch: finishedAt } : {};
}

const FIGURES = [
  ...(["filesBefore", "filesAfter", "bytesBefore", "bytesAfter", "snapshots"] as const),
  ...(["compactedFiles", "expiredSnapshots", "removedFiles", "erasedRows", "message"] as const),
] as const;

/** When a run may begin, by the interval as it is now. A table that fails again and again waits longer and longer, a day at the most. */
function nextRun(
  { lastRun, failures = 0 }: MaintenanceStatus,
  { intervalSeconds }: UpkeepSettings,
  due: number | undefined,
): string | undefined {
  if (due === undefined) return undefined;
  const pause = Math.min(intervalSeconds * 2 ** Math.max(failures - 1, 0), MOST_PAUSE_SECONDS);
  const seconds = Math.max(pause, intervalSeconds);
  const from = failures > 0 ? lastRun?.finishedAt : lastRun?.at;
  const earliest = from === undefined ? 0 : Date.parse(from) + seconds * 1000;
  const begin = Math.max(earliest, due);
  return begin === 0 ? undefined : timestamp(new Date(begin));
}

function mayExpire(platform: PlatformState | undefined, { properties }: CurrentTable): boolean {
  const ability = platform?.state === "present" ? platform.status?.catalog?.snapshotExpiry : undefined;
  return ability !== "False" && properties["gc.enabled"] !== "false";
}

function maintainedCondition(
  { lastRun, failures = 0, next }: MaintenanceStatus,
  steps: readonly DueStep[],
  canExpire: boolean,
): ConditionInput {
  const type = "Maintained";
  if (failures > 0) {
    const message =
      `the last ${failures === 1 ? "run" : counted(failures, "run")} failed: ${lastRun?.message ?? "nobody said why"}; ` +
      `the next may begin at ${next ?? "once"}`;
    return { type, status: "False", reason: "UpkeepFailed", message };
  }
  const due = steps.map(({ step, why }) => `${step} (${why})`).join(", ");
  const message = due === "" ? "nothing is due" : `due: ${due}`;
  if (canExpire) return { type, status: "True", reason: "Succeeded", message };
  const stays = "snapshots and orphan files stay, because the catalog does not let them be removed";
  return { type, status: "False", reason: "CatalogLimited", message: `${stays}; ${message}` };
}
