/** What a stream's status says, from what the brokers answered. Pure. */
import type { EventStream, EventStreamStatus } from "../../crds/kinds.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import { remembered } from "../remembered.ts";
import { counted } from "../../api/text.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { AppliedStream } from "./apply.ts";
import { topicNameOf } from "./claim.ts";
import type { ObservedStream } from "./observe.ts";
import type { StreamPlan } from "./plan.ts";
import type { ValidatedStream } from "./validate.ts";

type Input = StatusInput<EventStream, ObservedStream, ValidatedStream, StreamPlan, AppliedStream>;
type Fields = Omit<EventStreamStatus, "conditions" | "observedGeneration">;

export function streamStatus(input: Input): StatusResult<EventStreamStatus> {
  const topic = knownTopic(input);
  const driftCorrectedAt =
    input.applied?.isDriftCorrected === true ? timestamp(input.now) : input.resource.status?.driftCorrectedAt;
  const older = certainOlder(input);
  return {
    status: {
      topicName: topicNameOf(input.resource),
      ...(older === undefined && topicFields(topic, input)),
      ...(driftCorrectedAt !== undefined && { driftCorrectedAt }),
      ...(older !== undefined && { conflictsWith: older.metadata.name }),
    },
    conditions: [],
    ...(topic !== undefined && { ready: { message: readyMessage(topic) } }),
  };
}

/** The older stream that is known to have the topic. */
function certainOlder({ observed }: Input): EventStream | undefined {
  return observed?.older?.isCertain === true ? observed.older.resource : undefined;
}

type TopicShape = Omit<CurrentTopic, "configs">;

/** As answered, else as seen. `undefined`: not known now, or not there. */
function knownTopic({ applied, observed }: Input): TopicShape | undefined {
  if (applied !== undefined) return applied.topic;
  return observed?.thing.state === "known" ? observed.thing.value : undefined;
}

/** What cannot be seen now stays as it was last seen; a topic that another stream has is not ours to show. */
function topicFields(topic: TopicShape | undefined, { resource, observed, applied }: Input): Fields {
  // The topic that the stream has is the one that a pass made, or found and brought in line, not any other topic of the name. It is
  // remembered also when it is gone: its successor must not be taken for it.
  const own: Fields =
    applied?.configs === undefined
      ? remembered(resource.status, "topicId", "clusterId", "configs")
      : {
          topicId: applied.topic.id,
          ...(observed?.system !== undefined && { clusterId: observed.system }),
          configs: [...applied.configs],
        };
  if (topic !== undefined) {
    const { partitions, replicationFactor } = topic;
    return { ...own, partitions, replicationFactor };
  }
  if (observed?.thing.state === "known") return own;
  return { ...own, ...remembered(resource.status, "partitions", "replicationFactor") };
}

function readyMessage({ name, partitions, replicationFactor }: TopicShape): string {
  const count = counted(partitions, "partition");
  return `topic "${name}" has ${count}, each ${replicationFactor === 1 ? "once" : `${replicationFactor} times`}`;
}
