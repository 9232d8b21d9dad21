/** Judges the four stages of a pipeline from what was observed and answered. Pure. */
import type { EventStream, LakeTable } from "../../crds/kinds.ts";
import type { ConditionInput } from "../../api/conditions.ts";
import type { Reason } from "../../api/reasons.ts";
import { isPodReady, podProblem } from "../../targets/kubernetes/pods.ts";
import type { Readiness } from "../../targets/kubernetes/readiness.ts";
import { readiness } from "../../targets/kubernetes/readiness.ts";
import type { Rollout } from "../../targets/kubernetes/rollout.ts";
import { deploymentRollout, statefulSetRollout } from "../../targets/kubernetes/rollout.ts";
import { findWaitingError } from "../../runtime/errors.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { BlockedWorkloads } from "./validate.ts";

/** The stages in the order in which events pass them. */
export const STAGES = ["Stream", "Tables", "Collector", "Processing"] as const;
export type Stage = (typeof STAGES)[number];

/** A stage's condition, and whether a person must act before it can become ready. */
export interface StageJudgement {
  readonly stage: Stage;
  readonly condition: ConditionInput;
  readonly isStalled: boolean;
}

/** What is judged: the observation with the children as they are after `apply`, and the wish that the job rests. */
export type StageInput = Pick<
  ObservedPipeline,
  "rawStream" | "tables" | "collector" | "collectors" | "streamJob" | "pods" | "progress"
> & {
  readonly blocked: BlockedWorkloads;
  readonly isSuspended: boolean;
  readonly executors: number;
};

/** One judgement a stage, in order. */
export function judgeStages(input: StageInput): readonly StageJudgement[] {
  return [judgeStream(input), judgeTables(input), judgeCollector(input), judgeProcessing(input)];
}

function judge(stage: Stage, verdict: Omit<ConditionInput, "type">, isStalled = false): StageJudgement {
  return { stage, condition: { type: `${stage}Ready`, ...verdict }, isStalled };
}

function ready(stage: Stage, message: string): StageJudgement {
  return judge(stage, { status: "True", reason: "Succeeded", message });
}

function notReady(stage: Stage, reason: Reason, message: string): StageJudgement {
  return judge(stage, { status: "False", reason, message });
}

function judgeStream({ rawStream }: StageInput): StageJudgement {
  const state = readiness(rawStream);
  if (state.state !== "ready") return fromChild("Stream", rawStream, state);
  return ready("Stream", `topic "${rawStream?.status?.topicName ?? ""}" is there`);
}

function judgeTables({ tables }: StageInput): StageJudgement {
  const judged = tables.map((table) => ({ table, state: readiness(table) }));
  const worst =
    judged.find(({ state }) => state.state === "stalled") ??
    judged.find(({ state }) => state.state !== "ready");
  if (worst !== undefined) return fromChild("Tables", worst.table, worst.state);
  return ready("Tables", `all ${tables.length} tables are there`);
}

function fromChild(
  stage: Stage,
  child: EventStream | LakeTable | undefined,
  state: Readiness,
): StageJudgement {
  const subject = child === undefined ? "" : `${child.kind} "${child.metadata.name}": `;
  const verdict = { status: "False", reason: state.reason, message: subject + state.message } as const;
  return judge(stage, verdict, state.state === "stalled");
}

/** A workload that cannot be started, because a Secret is missing or could not be read. */
function notStarted(stage: Stage, problem: Error): StageJudgement {
  const reason = findWaitingError(problem)?.reason ?? "ApiUnavailable";
  return notReady(stage, reason, problem.message);
}

function judgeCollector({ collector, collectors, rawStream, pods, blocked }: StageInput): StageJudgement {
  if (collector === undefined && blocked.collector !== undefined) {
    return notStarted("Collector", blocked.collector);
  }
  if (collector === undefined && readiness(rawStream).state !== "ready") {
    return notReady("Collector", "ChildrenNotReady", "waits for the raw stream before it is first started");
  }
  const rollout = deploymentRollout(collector);
  const [problem] = collectors.problems;
  if (problem !== undefined) {
    const share = `${collectors.problems.length} of ${collectors.asked} collectors answer 503`;
    return notReady("Collector", "CollectorNotReady", `${share}: ${problem}`);
  }
  if (rollout.state === "ready") return ready("Collector", rollout.message);
  return notReady(
    "Collector",
    reasonOf(rollout, "CollectorNotReady"),
    explain(rollout, podProblem(pods.collector)),
  );
}

function judgeProcessing(input: StageInput): StageJudgement {
  const { streamJob, pods, blocked, isSuspended, executors } = input;
  if (streamJob === undefined && blocked.streamJob !== undefined) {
    return notStarted("Processing", blocked.streamJob);
  }
  if (streamJob === undefined && !isEverythingBeforeReady(input)) {
    const message = "waits for the raw stream and the tables before it is first started";
    return notReady("Processing", "ChildrenNotReady", message);
  }
  const rollout = statefulSetRollout(streamJob);
  if (isSuspended) return notReady("Processing", "Suspended", suspensionMessage(rollout));
  if (rollout.state !== "ready") {
    return notReady(
      "Processing",
      reasonOf(rollout, "ProcessingNotReady"),
      explain(rollout, podProblem(pods.stream)),
    );
  }
  return judgeRunningJob(input, executors > 0 && !pods.executor.some(isPodReady));
}

/** The driver is ready; what it says of the query, and whether somebody works for it, decides. */
function judgeRunningJob({ progress, pods }: StageInput, lacksExecutors: boolean): StageJudgement {
  if (progress.state === "FAILED") {
    return notReady("Processing", "ProcessingNotReady", `the query failed: ${progress.message}`);
  }
  if (lacksExecutors) {
    const problem = podProblem(pods.executor);
    const message = problem === undefined ? "no executor is ready yet" : `no executor is ready: ${problem}`;
    return notReady("Processing", "ProcessingNotReady", message);
  }
  return ready("Processing", "the stream job runs");
}

function isEverythingBeforeReady({ rawStream, tables }: StageInput): boolean {
  return [rawStream, ...tables].every((child) => readiness(child).state === "ready");
}

function suspensionMessage(rollout: Rollout): string {
  return rollout.state === "ready"
    ? "the stream job is stopped, as the spec wants"
    : "the stream job is stopping";
}

function reasonOf(rollout: Rollout, failed: Reason): Reason {
  return rollout.state === "failed" ? failed : "RolloutInProgress";
}

function explain(rollout: Rollout, problem: string | undefined): string {
  return problem === undefined ? rollout.message : `${rollout.message}; ${problem}`;
}
