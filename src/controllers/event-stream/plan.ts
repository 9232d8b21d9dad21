/** What to do about a topic, and what to tell about it. Pure. */
import type { TopicName } from "../../naming/topics.ts";
import type { TopicAction } from "../../targets/kafka/diff.ts";
import { describeTopicAction, diffTopic } from "../../targets/kafka/diff.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { Found, Notice } from "../claims/notices.ts";
import { movedNotice, noticeOf, replacementNotice } from "../claims/notices.ts";
import { TOPIC_CLAIM } from "./claim.ts";
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

/** Throws `TerminalError` for what Kafka cannot do. */
export function planStream(validated: ValidatedStream): StreamPlan {
  const { wanted, current } = validated;
  const actions = diffTopic(wanted, current);
  return {
    topic: wanted.name,
    current,
    configs: Object.keys(wanted.configs).toSorted(),
    steps: actions.map((action) => ({
      action,
      notice: noticeOf(describeTopicAction(action), found(validated)),
    })),
    notices: [
      ...movedNotice(`topic "${wanted.name}"`, validated.leftBehind, TOPIC_CLAIM.words),
      ...takeoverNotice(validated),
      ...replacementNotice(found(validated)),
    ],
  };
}

function found({ wanted, current, before }: ValidatedStream): Found {
  return { thing: `topic "${wanted.name}"`, id: current?.id, before, words: TOPIC_CLAIM.words };
}

/** A topic that was there before the manifest may have configs of its own, which nobody should have to guess. */
function takeoverNotice({ wanted, current, before }: ValidatedStream): readonly Notice[] {
  if (current === undefined || before.id !== undefined) return [];
  const left = current.configs
    .filter(({ name, source }) => source === "topic" && !Object.hasOwn(wanted.configs, name))
    .map(({ name, value }) => `${name}=${value ?? "(hidden)"}`);
  if (left.length === 0) return [];
  const message = `took over topic "${wanted.name}" with configs that the manifest does not name, which stay: ${left.join(", ")}`;
  return [{ type: "Normal", reason: "Updated", message }];
}
