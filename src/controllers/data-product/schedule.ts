/** Whether runs of a product begin by themselves, and if not, what is in the way. Pure. */
import type { ConditionInput } from "../../api/conditions.ts";
import type { Reason } from "../../api/reasons.ts";
import { messageOf } from "../../api/text.ts";
import type { PassError } from "../../runtime/controller.ts";
import { reasonOfError } from "../../runtime/errors.ts";
import type { Dag } from "../../targets/airflow/dag.ts";
import type { AppliedDag } from "./apply.ts";
import type { DagState } from "./dag-state.ts";
import { importProblem, isOfVersion, ownDagOf } from "./dag-state.ts";
import type { ObservedProduct } from "./observe.ts";
import type { ProductPlan } from "./plan.ts";
import type { RunSettings, ValidatedProduct } from "./validate.ts";

/** What the judgement is made from; phases that did not complete left nothing. */
export interface ScheduleSight {
  readonly observed: ObservedProduct | undefined;
  readonly validated: ValidatedProduct | undefined;
  readonly plan: ProductPlan | undefined;
  readonly applied: AppliedDag | undefined;
  readonly error: PassError | undefined;
}

type Verdict = Pick<ConditionInput, "status" | "reason" | "message">;

const SUSPENDED = "spec.suspend is true: no run begins";

/** The condition Scheduled. */
export function judgeSchedule(sight: ScheduleSight): ConditionInput {
  return { type: "Scheduled", ...verdictOf(sight) };
}

function verdictOf({ observed, validated, plan, applied, error }: ScheduleSight): Verdict {
  if (validated === undefined || observed === undefined) {
    const { reason, message } = error ?? { reason: "NotSettled", message: "it was not looked at yet" };
    return { status: "Unknown", reason, message };
  }
  const { runs } = validated;
  if (runs.state === "unwanted") return no("Suspended", SUSPENDED);
  const failed = runs.state === "refused" ? runs.error : failureOf(observed, plan, applied);
  if (failed !== undefined) return no(reasonOfError(failed), messageOf(failed));
  if (runs.state === "refused" || observed.dag.state === "unknown")
    return no("NotSettled", "it was not read");
  return dagVerdict({ runs: runs.value, state: observed.dag.value, observed, validated, plan, applied });
}

/** What could not be done, could not be read, or is in the way. */
function failureOf(
  { dag, dagFile }: ObservedProduct,
  plan: ProductPlan | undefined,
  applied: AppliedDag | undefined,
): Error | undefined {
  if (applied?.problem !== undefined) return applied.problem;
  for (const read of [dag, dagFile]) if (read.state === "unknown") return read.error;
  return plan?.problems.find((problem) => reasonOfError(problem) === "ResourceConflict");
}

interface DagSight {
  readonly runs: RunSettings;
  readonly state: DagState;
  readonly observed: ObservedProduct;
  readonly validated: ValidatedProduct;
  readonly plan: ProductPlan | undefined;
  readonly applied: AppliedDag | undefined;
}

function dagVerdict(sight: DagSight): Verdict {
  const { runs, state, validated, applied } = sight;
  const own = ownDagOf(state, runs.origin);
  const isPaused = isPausedIn(applied, own);
  if (validated.isSuspended) return suspendedVerdict(runs, own === undefined || isPaused);
  if (state.importError !== undefined || own === undefined) return unreadVerdict(sight);
  const delay = delayOf(own, sight);
  if (delay !== undefined) return no("NotSettled", delay);
  if (isPaused && !isHeldForFirst(sight))
    return no("NotSettled", `DAG ${runs.dagId} is paused until the table is there`);
  return { status: "True", reason: "Succeeded", message: scheduleText(runs, sight.plan) };
}

function isPausedIn(applied: AppliedDag | undefined, own: Dag | undefined): boolean {
  return applied?.isPaused ?? own?.isPaused !== false;
}

/** Paused on purpose: the message says what the first run waits for. */
function isHeldForFirst({ plan }: DagSight): boolean {
  return plan?.dag?.next.holdsSchedule === true;
}

/** What Airflow has yet to notice. */
function delayOf(own: Dag, { runs, plan }: DagSight): string | undefined {
  if (own.isStale) return `Airflow does not find "${runs.fileKey}" in its bundle any more`;
  return isOfVersion(own, plan?.dag?.version) ? undefined : formerText(runs);
}

function suspendedVerdict({ dagId }: RunSettings, isPaused: boolean): Verdict {
  if (isPaused) return no("Suspended", SUSPENDED);
  return no("NotSettled", `spec.suspend is true, and DAG ${dagId} is not paused yet`);
}

/** Of a DAG that Airflow does not have, or not as it is written. */
function unreadVerdict({ runs, state, observed, applied }: DagSight): Verdict {
  if (state.importError !== undefined) {
    return no("DagRefused", `Airflow cannot import "${runs.fileKey}": ${importProblem(state.importError)}`);
  }
  const isWritten = observed.dagFile.state === "known" && observed.dagFile.value !== undefined;
  if (!isWritten && applied?.isFileNew !== true) return no("NotSettled", "the DAG is not written yet");
  const bundle = `its bundle must have the platform's bucket and the prefix "${runs.bundlePrefix}/"`;
  return no("NotSettled", `Airflow has not read "${runs.fileKey}" yet; ${bundle}`);
}

function formerText({ dagId, fileKey, schedule }: RunSettings): string {
  const until = schedule === undefined ? "no run begins" : "what the schedule starts is as before";
  return `Airflow still has DAG ${dagId} of before the last change; until it has read "${fileKey}" anew, ${until}`;
}

function scheduleText({ schedule, timeZone, dagId }: RunSettings, plan: ProductPlan | undefined): string {
  const waitsFor = plan?.dag?.next.waitsFor;
  const wait = waitsFor === undefined ? "" : `; the next waits for ${waitsFor}`;
  if (schedule !== undefined) return `DAG ${dagId} runs at "${schedule}" in ${timeZone}${wait}`;
  return `DAG ${dagId} runs when an input table has a new version${wait}`;
}

function no(reason: Reason, message: string): Verdict {
  return { status: "False", reason, message };
}
