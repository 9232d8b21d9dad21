/** What to do about a topic, and what to tell about it. Pure. */
import type { TopicName } from "../../naming/topics.ts";
import type { Reason } from "../../api/reasons.ts";
import type { TopicAction } from "../../targets/kafka/diff.ts";
import { describeTopicAction, diffTopic } from "../../targets/kafka/diff.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { ValidatedStream } from "./validate.ts";

export interface StreamPlan {
  readonly topic: TopicName;
  readonly current: CurrentTopic | undefined;
  /** Names of the configs that the topic has from the manifest, once all is done. */
  readonly configs: readonly string[];
  /** In order; each is followed by its notice once it is done. */
  readonly steps: readonly StreamStep[];
  /** What was noticed before anything is done. */
  readonly notices: readonly Notice[];
}

export interface StreamStep {
  readonly action: TopicAction;
  readonly notice: Notice;
}

/** An Event to record. `DriftCorrected` also goes into the status. */
export interface Notice {
  readonly type: "Normal" | "Warning";
  readonly reason: Reason;
  readonly message: string;
}

/** Throws `TerminalError` for what Kafka cannot do. */
export function planStream(validated: ValidatedStream): StreamPlan {
  const { wanted, current } = validated;
  const actions = diffTopic(wanted, current);
  return {
    topic: wanted.name,
    current,
    configs: Object.keys(wanted.configs).toSorted(),
    steps: actions.map((action) => ({ action, notice: noticeOf(action, validated) })),
    notices: [...takeoverNotice(validated), ...replacementNotice(validated)],
  };
}

function noticeOf(action: TopicAction, { before }: ValidatedStream): Notice {
  const doing = describeTopicAction(action);
  if (action.kind === "create-topic") {
    if (before.topicId === undefined) return { type: "Normal", reason: "Created", message: `done: ${doing}` };
    const message = `topic "${action.topic}" was gone, with its records; done: ${doing}`;
    return { type: "Warning", reason: "DriftCorrected", message };
  }
  if (!before.wasInEffect) return { type: "Normal", reason: "Updated", message: `done: ${doing}` };
  const message = `topic "${action.topic}" had been changed outside of Kubernetes; done: ${doing}`;
  return { type: "Warning", reason: "DriftCorrected", message };
}

/** A topic that was there before the manifest may have configs of its own, which nobody should have to guess. */
function takeoverNotice({ wanted, current, before }: ValidatedStream): readonly Notice[] {
  if (current === undefined || before.topicId !== undefined) return [];
  const left = current.configs
    .filter(({ name, source }) => source === "topic" && !Object.hasOwn(wanted.configs, name))
    .map(({ name, value }) => `${name}=${value ?? "(hidden)"}`);
  if (left.length === 0) return [];
  const message = `took over topic "${wanted.name}" with configs that the manifest does not name, which stay: ${left.join(", ")}`;
  return [{ type: "Normal", reason: "Updated", message }];
}

/** A topic with another id is not the one whose records were there. It is kept: nothing brings the old one back. */
function replacementNotice({ wanted, current, before }: ValidatedStream): readonly Notice[] {
  if (current === undefined || before.topicId === undefined || current.id === before.topicId) return [];
  const message =
    `topic "${wanted.name}" was deleted and created again outside of Kubernetes ` +
    `(id ${before.topicId} before, ${current.id} now); the records of the old one are gone`;
  return [{ type: "Warning", reason: "Recreated", message }];
}
