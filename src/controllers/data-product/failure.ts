/** Why a run failed, in one line that a person can act on, from what its last try left in Airflow. Pure. */
import { shorten } from "../../api/text.ts";
import { MAX_RUN_MESSAGE } from "../../crds/kinds.ts";
import { batchResult } from "../../generated/batch-result.ts";
import type { RunFailure } from "../../targets/airflow/run-failure.ts";
import { RUN_CONTAINER } from "./parts.ts";

type PodStatus = NonNullable<RunFailure["status"]>;
type Container = NonNullable<PodStatus["containerStatuses"]>[number];
type Terminated = NonNullable<NonNullable<Container["state"]>["terminated"]>;

/** The batch job's own words where it had some; else what Kubernetes says of the pod; else what Airflow says. */
export function failureText(failure: RunFailure): string {
  const { status, warnings = [], error } = failure;
  const text =
    (status && (endText(status) ?? evictionText(status) ?? startText(status, warnings))) ?? errorText(error);
  return shorten(text, MAX_RUN_MESSAGE);
}

function containerOf({ containerStatuses }: PodStatus): Container["state"] {
  return containerStatuses?.find(({ name }) => name === RUN_CONTAINER)?.state;
}

function endText(status: PodStatus): string | undefined {
  const terminated = containerOf(status)?.terminated;
  if (terminated === undefined) return undefined;
  const own = ownWords(terminated);
  if (own !== undefined) return own;
  if (terminated.reason === "OOMKilled") {
    return "its container was killed because it used more memory than its limit (OOMKilled); raise spec.resources.limits.memory";
  }
  // Kubernetes kills the container of a pod that it evicts.
  return evictionText(status) ?? silentText(terminated);
}

/** The batch job leaves its result as termination message. */
function ownWords({ message }: Terminated): string | undefined {
  const result = batchResult.safeParse(parseJson(message?.trim() ?? ""));
  return result.data?.message ?? undefined;
}

function silentText({ exitCode, reason, message }: Terminated): string {
  const last = oneLine(message ?? "");
  const how = `its container ended with code ${exitCode}${reason === undefined || reason === "Error" ? "" : ` (${reason})`}`;
  return last === "" ? `${how} and left no message; see the log of its task in Airflow` : `${how}: ${last}`;
}

/** Evicted, DeadlineExceeded, NodeLost, … */
function evictionText({ reason, message }: PodStatus): string | undefined {
  return reason === undefined ? undefined : `its pod was ended (${reason})${saying(message)}`;
}

/** Of a pod that has not come to run. */
function startText(status: PodStatus, warnings: readonly string[]): string | undefined {
  const isScheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
  if (isScheduled?.status === "False") {
    return `no node takes its pod (${isScheduled.reason ?? "Unschedulable"})${saying(isScheduled.message)}`;
  }
  const waiting = containerOf(status)?.waiting;
  if (waiting === undefined) return undefined;
  const [warning] = warnings.slice(-1);
  const why = waiting.message ?? warning;
  return `its container did not start (${waiting.reason ?? "it waits"})${saying(why)}`;
}

/** The API server refuses with an object; Airflow with a text of lines. */
function errorText(error: string): string {
  const refusal = parseJson(error);
  const text =
    typeof refusal === "object" && refusal !== null && "message" in refusal ? String(refusal.message) : error;
  return `its pod could not be run${saying(text)}`;
}

function saying(message: string | undefined): string {
  const line = oneLine(message ?? "");
  return line === "" ? "" : `: ${line}`;
}

function oneLine(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
