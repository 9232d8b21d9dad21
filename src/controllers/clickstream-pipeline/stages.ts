/** Judges the stages of a pipeline from what was observed and answered. Pure. */
import type { EventStream, LakeTable, ServingTable } from "../../crds/kinds.ts";
import type { ConditionInput } from "../../api/conditions.ts";
import type { Reason } from "../../api/reasons.ts";
import type { Problem } from "../../targets/kubernetes/admission.ts";
import { isPodReady, podProblem } from "../../targets/kubernetes/pods.ts";
import type { Readiness } from "../../targets/kubernetes/readiness.ts";
import { readiness } from "../../targets/kubernetes/readiness.ts";
import type { Rollout } from "../../targets/kubernetes/rollout.ts";
import {
  deploymentRefusal,
  deploymentRollout,
  statefulSetRollout,
} from "../../targets/kubernetes/rollout.ts";
import { findTerminalError, findWaitingError } from "../../runtime/errors.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { TableView } from "./recovery.ts";
import { checkpointRefusal, tableFault } from "./recovery.ts";
import type { PodRefusals } from "./refusals.ts";
import type { ProfileSettings } from "./profile-settings.ts";
import type { BlockedWorkloads } from "./validate.ts";

/** The stages in the order in which events pass them. */
export const STAGES = ["Stream", "Tables", "Collector", "Processing", "Profiles", "ProfileApi"] as const;
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
  "rawStream" | "collector" | "collectors" | "streamJob" | "pods" | "progress" | "profileTable" | "profileApi"
> &
  TableView & {
    readonly blocked: BlockedWorkloads;
    readonly refusals: PodRefusals;
    readonly isSuspended: boolean;
    readonly executors: number;
    /** `undefined`: none are kept. */
    readonly profiles: ProfileSettings | undefined;
    readonly platformName: string;
  };

/** One judgement a stage that the pipeline has, in order. */
export function judgeStages(input: StageInput): readonly StageJudgement[] {
  const always = [judgeStream(input), judgeTables(input), judgeCollector(input), judgeProcessing(input)];
  if (input.profiles === undefined) return always;
  const profiles = judgeProfiles(input, input.profiles);
  return [...always, profiles, ...(input.profiles.api === undefined ? [] : [judgeProfileApi(input)])];
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

function judgeTables(input: StageInput): StageJudgement {
  const { tables } = input;
  const judged = tables.map((table) => ({ table, state: readiness(table) }));
  const stalled = judged.find(({ state }) => state.state === "stalled");
  const fault = stalled === undefined ? tableFault(input) : undefined;
  if (fault !== undefined) return judge("Tables", { status: "False", ...fault }, input.pending === undefined);
  const worst = stalled ?? judged.find(({ state }) => state.state !== "ready");
  if (worst !== undefined) return fromChild("Tables", worst.table, worst.state);
  return ready("Tables", `all ${tables.length} tables are there`);
}

function fromChild(
  stage: Stage,
  child: EventStream | LakeTable | ServingTable | undefined,
  state: Readiness,
): StageJudgement {
  const subject = child === undefined ? "" : `${child.kind} "${child.metadata.name}": `;
  const verdict = { status: "False", reason: state.reason, message: subject + state.message } as const;
  return judge(stage, verdict, state.state === "stalled");
}

/** A workload that cannot be started, because of its spec or because a Secret is missing or could not be read. */
function notStarted(stage: Stage, problem: Error): StageJudgement {
  const terminal = findTerminalError(problem);
  const reason = terminal?.reason ?? findWaitingError(problem)?.reason ?? "ApiUnavailable";
  return judge(stage, { status: "False", reason, message: problem.message }, terminal !== undefined);
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
  const cause = deploymentRefusal(collector) ?? podProblem(pods.collector);
  return notRolledOut("Collector", { rollout, cause, failed: "CollectorNotReady" });
}

function judgeProcessing(input: StageInput): StageJudgement {
  const { streamJob, pods, blocked, refusals, isSuspended } = input;
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
    const refusal = checkpointRefusal(pods.stream, input.key);
    if (refusal !== undefined) return judge("Processing", { status: "False", ...refusal }, true);
    const cause = refusals.driver ?? podProblem(pods.stream) ?? executorProblem(input);
    return notRolledOut("Processing", { rollout, cause, failed: "ProcessingNotReady" });
  }
  return judgeRunningJob(input);
}

/** The driver is ready; what it says of the query, and whether somebody works for it, decides. */
function judgeRunningJob(input: StageInput): StageJudgement {
  const { progress, pods, executors } = input;
  if (progress.state === "FAILED") {
    return notReady("Processing", "ProcessingNotReady", `the query failed: ${progress.message}`);
  }
  const working = pods.executor.filter(isPodReady).length;
  const problem = executorProblem(input);
  if (executors > working && problem !== undefined) {
    const share = working === 0 ? "no executor is" : `${working} of ${executors} executors are`;
    return notReady("Processing", problem.reason, `${share} ready: ${problem.message}`);
  }
  // One that is away for a moment is Spark's own business, as long as somebody works.
  if (executors > 0 && working === 0) {
    return notReady("Processing", "ProcessingNotReady", "no executor is ready yet");
  }
  return ready("Processing", "the stream job runs");
}

/** What the job says of its profiles counts once their table is there. */
function judgeProfiles(input: StageInput, profiles: ProfileSettings): StageJudgement {
  const { profileTable, progress, isSuspended, platformName } = input;
  if (profiles.hbase === undefined) {
    return notReady("Profiles", "PlatformNotReady", hbaseProblem(profiles, platformName));
  }
  const state = readiness(profileTable);
  if (state.state !== "ready") return fromChild("Profiles", profileTable, state);
  if (isSuspended) return notReady("Profiles", "Suspended", "profiles wait for the stream job");
  if (progress.state === "unknown" || progress.profiles === undefined) {
    return notReady("Profiles", "ProfilesNotReady", "the stream job does not tell of profiles yet");
  }
  const { problem, lag } = progress.profiles;
  if (problem !== undefined) return notReady("Profiles", "ProfilesNotReady", `profiles wait: ${problem}`);
  const table = `profiles are kept in "${profiles.table}"`;
  return ready("Profiles", lag === undefined || lag === 0 ? table : `${table} and catch up`);
}

function hbaseProblem({ unfollowed }: ProfileSettings, platformName: string): string {
  return unfollowed.length === 0
    ? `DataPlatform "${platformName}" names no HBase; give it spec.hbase`
    : `profiles cannot use ${unfollowed.join(", ")} of DataPlatform "${platformName}" yet, and are not kept; name a DataPlatform without it, or take spec.profiles away`;
}

/** Its pods are ready while HBase answers them. */
function judgeProfileApi({ profileApi, profiles, pods }: StageInput): StageJudgement {
  if (profiles?.hbase === undefined) {
    return notReady("ProfileApi", "PlatformNotReady", "no profiles are kept; see ProfilesReady");
  }
  const rollout = deploymentRollout(profileApi);
  if (rollout.state === "ready") return ready("ProfileApi", rollout.message);
  const cause = deploymentRefusal(profileApi) ?? podProblem(pods["profile-api"]);
  return notRolledOut("ProfileApi", { rollout, cause, failed: "ProfilesNotReady" });
}

/** What keeps executors from running; Spark itself would go on without a word. */
function executorProblem({ refusals, pods }: StageInput): Problem | undefined {
  return refusals.executor ?? podProblem(pods.executor);
}

function isEverythingBeforeReady({ rawStream, tables }: StageInput): boolean {
  return [rawStream, ...tables].every((child) => readiness(child).state === "ready");
}

function suspensionMessage(rollout: Rollout): string {
  return rollout.state === "ready"
    ? "the stream job is stopped, as the spec wants"
    : "the stream job is stopping";
}

interface Unfinished {
  readonly rollout: Rollout;
  readonly cause: Problem | undefined;
  /** The reason of a roll-out that Kubernetes has given up without saying why. */
  readonly failed: Reason;
}

function notRolledOut(stage: Stage, { rollout, cause, failed }: Unfinished): StageJudgement {
  const unknown = rollout.state === "failed" ? failed : "RolloutInProgress";
  const message = cause === undefined ? rollout.message : `${rollout.message}; ${cause.message}`;
  return notReady(stage, cause?.reason ?? unknown, message);
}
