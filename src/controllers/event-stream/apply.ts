/** Carries a stream's plan out, step by step, and reports what was done. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import { PartlyApplied } from "../../runtime/errors.ts";
import type { TopicAdmin } from "../../targets/kafka/admin.ts";
import type { TopicActionResult } from "../../targets/kafka/execute.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import { tell } from "../claims/notices.ts";
import type { StreamPlan } from "./plan.ts";

/** The topic as the brokers answered it to be now. */
export interface AppliedStream {
  readonly topic: Omit<CurrentTopic, "configs">;
  /** Names of the configs that the manifest has set on it, once all is done; `undefined`: something failed, and the topic is not as wanted. */
  readonly configs: readonly string[] | undefined;
  /** Something that somebody else had changed was put right. */
  readonly isDriftCorrected: boolean;
}

/** Stops at the first action that fails and throws its error, with the topic as it is then; it still reports what was done before. */
export async function applyStream(
  plan: StreamPlan,
  kafka: TopicAdmin,
  context: ReconcileContext,
): Promise<AppliedStream> {
  plan.notices.forEach((notice) => tell(notice, context));
  const results = await execute(plan, kafka, context);
  let topic: Omit<CurrentTopic, "configs"> | undefined = plan.current;
  let isDriftCorrected = false;
  for (const [nth, result] of results.entries()) {
    if (result.outcome === "failed") {
      if (topic === undefined) throw result.error;
      throw new PartlyApplied<AppliedStream>({ topic, configs: undefined, isDriftCorrected }, result.error);
    }
    topic = topicAfter(result, topic);
    const notice = plan.steps[nth]?.notice;
    if (notice === undefined) continue;
    tell(notice, context);
    isDriftCorrected ||= notice.reason === "DriftCorrected";
  }
  if (topic === undefined) throw new Error(`the plan for topic "${plan.topic}" made none`);
  return { topic, configs: plan.configs, isDriftCorrected };
}

async function execute(
  plan: StreamPlan,
  kafka: TopicAdmin,
  context: ReconcileContext,
): Promise<readonly TopicActionResult[]> {
  if (plan.steps.length === 0) return [];
  const actions = plan.steps.map((step) => step.action);
  return kafka.execute(actions, context);
}

function topicAfter(
  result: Extract<TopicActionResult, { outcome: "done" }>,
  before: Omit<CurrentTopic, "configs"> | undefined,
): Omit<CurrentTopic, "configs"> | undefined {
  if (result.created !== undefined) return result.created;
  const { action } = result;
  return before !== undefined && action.kind === "add-partitions"
    ? { ...before, partitions: action.to }
    : before;
}
