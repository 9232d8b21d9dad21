/** What a product's status says, from what was observed and what the API server and Airflow answered. Pure. */
import type { DataProduct, DataProductStatus, LakeTable } from "../../crds/kinds.ts";
import { MAX_REQUESTS } from "../../crds/kinds.ts";
import type { ConditionInput } from "../../api/conditions.ts";
import { counted, messageOf } from "../../api/text.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { Reason } from "../../api/reasons.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import { isTerminalError, reasonOfError } from "../../runtime/errors.ts";
import { findResult } from "../../targets/kubernetes/apply-children.ts";
import type { Readiness } from "../../targets/kubernetes/readiness.ts";
import { readiness } from "../../targets/kubernetes/readiness.ts";
import { remembered } from "../remembered.ts";
import type { AppliedProduct } from "./apply.ts";
import { judgeChecks } from "./check-results.ts";
import { isOfVersion, ownDagOf } from "./dag-state.ts";
import { judgeFreshness } from "./freshness.ts";
import { targetOf } from "./graph.ts";
import { judgeLineage, lineageFields, lineageRetrySeconds } from "./lineage-sent.ts";
import { meaningOf } from "./meaning.ts";
import type { ObservedProduct } from "./observe.ts";
import type { ProductOutcome } from "./outcome.ts";
import { outcomeAfter } from "./outcome.ts";
import type { ProductPlan } from "./plan.ts";
import type { RunRecord } from "./runs.ts";
import { recordsOf } from "./runs.ts";
import { firstRequest } from "./requests.ts";
import { judgeSchedule } from "./schedule.ts";
import type { ValidatedProduct } from "./validate.ts";

type Input = StatusInput<DataProduct, ObservedProduct, ValidatedProduct, ProductPlan, AppliedProduct>;
type Result = StatusResult<DataProductStatus>;
type Fields = Result["status"];

/** A pod's end wakes the product too; this is for what Airflow notices later, and for what has no pod. */
const RUNNING_RETRY_SECONDS = 5;
/** A new file is read within the bundle's refresh interval. */
const UNREAD_RETRY_SECONDS = 5;
/** A product that waits for what comes from elsewhere is woken by it; this is for what wakes nobody. */
const WAITING_RETRY_SECONDS = 60;

export function productStatus(input: Input): Result {
  const { resource, observed, validated, plan, applied, error, now } = input;
  const table = targetTable(input);
  const tableState = readiness(table);
  const records = plan?.judged.records ?? recordsOf(resource.status);
  const outcome = outcomeAfter(resource.status, plan?.judged.ended ?? [], plan?.dag?.next.unread);
  const freshness = judgeFreshness(resource, outcome.lastGoodSnapshot, now);
  const schedule = judgeSchedule({ observed, validated, plan, applied: applied?.dag, error });
  const meaning = meaningOf(resource.status, validated?.definition);
  const retry = retryOf(input, records, freshness.endsInSeconds);
  return {
    status: {
      target: targetOf(resource),
      ...meaning,
      ...rowsOf(input, outcome, table),
      ...runFields(records),
      ...outcome,
      ...requestFields(input),
      ...waitField(input),
      ...dagFields(input),
      ...fileField(input),
      ...lineageFields(input),
    },
    conditions: [
      judgeSql(input),
      judgeTable(tableState),
      schedule,
      judgeChecks(records, outcome),
      freshness.condition,
      ...judgeLineage(input),
    ],
    ...verdictOf({ input, tableState, schedule, records, meaning, outcome }, retry),
    ...(retry !== undefined && { requeueAfterSeconds: retry }),
  };
}

/** As the API server answered, where it did. */
function targetTable({ resource, observed, applied }: Input): LakeTable | undefined {
  const answered = findResult<LakeTable>(applied?.children ?? [], "LakeTable", resource.metadata.name);
  return answered ?? observed?.table;
}

function definitionOf({ validated }: Input) {
  return validated?.definition.state === "resolved" ? validated.definition.value : undefined;
}

function runFields([lastRun, ...earlier]: readonly RunRecord[]): Fields {
  if (lastRun === undefined) return {};
  const earlierRuns = earlier.map(({ checks, ...record }) => {
    const violated = (checks ?? []).filter(({ violations }) => violations > 0);
    return { ...record, ...(violated.length > 0 && { checks: violated }) };
  });
  return { lastRun, ...(earlierRuns.length > 0 && { earlierRuns }) };
}

/** What is still asked for must not be forgotten, or it would begin again. */
function requestFields({ resource, applied, validated }: Input): Fields {
  const before = resource.status?.requests ?? [];
  const standing = before.filter((request) => standingRequests(resource, validated).includes(request));
  const requests = [...new Set([...(applied?.dag.begun ?? []), ...standing, ...before])];
  return requests.length === 0 ? {} : { requests: requests.slice(0, MAX_REQUESTS) };
}

/** A run that was to begin and could not waits no longer for that. */
function waitField({ resource, plan, applied }: Input): Fields {
  const next = plan?.dag?.next;
  if (next === undefined) return remembered(resource.status, "waitingSince");
  if (next.waitingSince !== undefined) return { waitingSince: next.waitingSince };
  const isDue = next.start !== undefined && applied?.dag.hasStarted !== true;
  return isDue ? remembered(resource.status, "waitingSince") : {};
}

function standingRequests(
  resource: DataProduct,
  validated: ValidatedProduct | undefined,
): readonly (string | undefined)[] {
  const requests = validated?.runs.state === "resolved" ? validated.runs.value.requests : undefined;
  const asked = requests?.state === "resolved" ? requests.value : undefined;
  return [firstRequest(resource), asked?.run?.hash, asked?.backfill?.hash];
}

function dagFields(input: Input): Fields {
  const { resource, observed, validated } = input;
  if (validated?.runs.state !== "resolved" || observed?.dag.state !== "known") {
    return remembered(resource.status, "dag", "nextRun");
  }
  const { origin, dagId } = validated.runs.value;
  const own = ownDagOf(observed.dag.value, origin);
  const nextRun = validated.isSuspended ? undefined : own?.nextRunAfter;
  return {
    ...((own !== undefined || wasWritten(input)) && { dag: dagId }),
    ...(nextRun !== undefined && { nextRun: timestamp(new Date(nextRun)) }),
  };
}

/** The file may lie where the bundle was before. */
function fileField({ resource, applied }: Input): Fields {
  const file = applied?.dag.file;
  return file === undefined
    ? remembered(resource.status, "dagFile", "dagBucket")
    : { dagFile: file.key, dagBucket: file.bucket };
}

function wasWritten({ resource, applied }: Input): boolean {
  return applied?.dag.isFileNew === true || resource.status?.dag !== undefined;
}

/** Errors that say that the SQL itself is at fault; after all others nobody knows. */
const FAULTS_OF_SQL: ReadonlySet<Reason> = new Set(["SqlInvalid", "InputChanged", "ProductCycle"]);

function judgeSql(input: Input): ConditionInput {
  const type = "SqlValid";
  const definition = definitionOf(input);
  if (definition !== undefined) {
    const { columns, inputs, plan, mode } = definition;
    const caution = plan.modes.find((candidate) => candidate.mode === mode)?.caution;
    const tables = inputs.map(({ table }) => table).join(", ");
    const message = `${counted(columns.length, "column")} from ${tables === "" ? "no table" : tables}${caution === undefined || caution === null ? "" : `; ${caution}`}`;
    return { type, status: "True", reason: "Succeeded", message };
  }
  const { reason, message } = refusalOf(input);
  if (FAULTS_OF_SQL.has(reason)) return { type, status: "False", reason, message };
  return { type, status: "Unknown", reason, message: `the SQL could not be checked: ${message}` };
}

function refusalOf({ validated, error }: Input): Pick<ConditionInput, "reason" | "message"> {
  const refused = validated?.definition.state === "refused" ? validated.definition.error : undefined;
  if (refused !== undefined) return { reason: reasonOfError(refused), message: messageOf(refused) };
  return error ?? { reason: "NotSettled", message: "it was not looked at yet" };
}

function judgeTable({ state, reason, message }: Readiness): ConditionInput {
  const type = "TableReady";
  if (state === "ready") return { type, status: "True", reason: "Succeeded", message };
  return { type, status: "False", reason, message: `LakeTable: ${message}` };
}

interface Judged {
  readonly input: Input;
  readonly tableState: Readiness;
  readonly schedule: ConditionInput;
  readonly records: readonly RunRecord[];
  readonly meaning: Fields;
  readonly outcome: ProductOutcome;
}

/** The LakeTable looks at its table every two minutes only, so a run's own figure is the newer one. */
function rowsOf(
  { resource, observed }: Input,
  { lastGoodSnapshot }: ProductOutcome,
  table: LakeTable | undefined,
): Pick<Fields, "rows"> {
  if (lastGoodSnapshot?.rows !== undefined) return { rows: lastGoodSnapshot.rows };
  return remembered(observed === undefined ? resource.status : table?.status, "rows");
}

/** A product can do its job when its SQL is right, its table is there, its runs begin, and the last that ended was published. */
function verdictOf(
  judged: Judged,
  retryAfterSeconds: number | undefined,
): Pick<Result, "ready" | "waiting" | "terminal"> {
  const obstacle = obstacleOf(judged);
  if (obstacle === undefined) return { ready: { message: readyText(judged) } };
  const { isTerminal, ...told } = obstacle;
  if (isTerminal === true) return { terminal: told };
  return { waiting: { ...told, retryAfterSeconds: retryAfterSeconds ?? WAITING_RETRY_SECONDS } };
}

type Obstacle = Pick<ConditionInput, "reason" | "message"> & { readonly isTerminal?: boolean };

function obstacleOf(judged: Judged): Obstacle | undefined {
  const { input, tableState, schedule } = judged;
  const [problem] = input.plan?.problems ?? [];
  if (problem !== undefined) {
    return {
      reason: reasonOfError(problem),
      message: messageOf(problem),
      isTerminal: isTerminalError(problem),
    };
  }
  const { state, reason, message } = tableState;
  if (state !== "ready") return { reason, message: `LakeTable: ${message}`, isTerminal: state === "stalled" };
  if (schedule.reason === "Suspended") return undefined;
  return schedule.status === "True" ? failureOf(judged) : schedule;
}

function failureOf({ records, outcome }: Judged): Obstacle | undefined {
  const last = records.find((record) => record.state !== "Running");
  if (last?.state !== "Held" && last?.state !== "Failed") return undefined;
  const isNone = outcome.lastGoodSnapshot === undefined;
  const readers = isNone ? "no run was published yet" : "readers see the version before";
  return {
    reason: last.state === "Held" ? "ChecksFailed" : "RunFailed",
    message: `run ${last.id}: ${last.message ?? last.state}; ${readers}`,
  };
}

/** Mode Append has no means to read a time again, so that a person must choose another way. */
function lateText({ late }: ProductOutcome): string {
  if (late === undefined) return "";
  return (
    `; ${counted(late.rows, "row")} of the time from ${late.from} to ${late.to} came after the run over it and ${late.rows === 1 ? "is" : "are"} not in the table: ` +
    "make spec.incremental.delay longer, name a newDataBy that tells when rows were stored, or use Merge or OverwritePartitions with a lookback"
  );
}

function readyText({ input: { resource }, schedule, records, meaning, outcome }: Judged): string {
  const [last] = records;
  if (schedule.reason === "Suspended") return "the SQL is right and the table is there; runs are suspended";
  if (last === undefined) return `no run of ${targetOf(resource)} has begun yet`;
  if (last.state === "Running") return `run ${last.id} is under way`;
  const isFormer = last.planHash !== undefined && last.planHash !== meaning.planHash;
  const former = isFormer ? ", which are of the SQL of before" : "";
  return `readers see the rows of run ${last.id}${former}${lateText(outcome)}`;
}

/** The earliest moment at which the next pass would say something else. */
function retryOf(
  input: Input,
  records: readonly RunRecord[],
  freshEndsIn: number | undefined,
): number | undefined {
  const times = [
    isRunning(input, records) ? RUNNING_RETRY_SECONDS : undefined,
    isUnread(input) ? UNREAD_RETRY_SECONDS : undefined,
    input.plan?.dag?.next.afterSeconds,
    lineageRetrySeconds(input),
    freshEndsIn,
  ].filter((seconds) => seconds !== undefined);
  return times.length === 0 ? undefined : Math.max(1, Math.min(...times));
}

function isRunning({ plan, applied }: Input, records: readonly RunRecord[]): boolean {
  const isStarting = applied?.dag.hasStarted === true || plan?.dag?.next.start !== undefined;
  return isStarting || records.some(({ state }) => state === "Running");
}

/** Whether Airflow has yet to read the DAG's file. */
function isUnread({ observed, plan, applied }: Input): boolean {
  if (plan?.dag === undefined || observed?.dag.state !== "known") return false;
  const { dag, importError } = observed.dag.value;
  if (applied?.dag.isFileNew === true || dag === undefined) return true;
  return importError === undefined && !isOfVersion(dag, plan.dag.version);
}
