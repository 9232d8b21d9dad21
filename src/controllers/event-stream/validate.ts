/** Turns a stream's spec into the wanted topic with all defaults resolved, or says what is in the way. Pure. */
import type { EventStream } from "../../crds/kinds.ts";
import { EVENT_STREAM_DEFAULTS, parseBytes, parseDurationSeconds } from "../../crds/kinds.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { CurrentTopic, TopicId, WantedTopic } from "../../targets/kafka/topic.ts";
import { requireKafka } from "../../platform/kafka.ts";
import { nameOf } from "../claims.ts";
import { requireKnown } from "../observation.ts";
import { topicNameOf } from "./claim.ts";
import type { ObservedStream } from "./observe.ts";

export interface ValidatedStream {
  readonly wanted: WantedTopic;
  readonly current: CurrentTopic | undefined;
  readonly before: Before;
}

/** What the last passes left in the status. */
export interface Before {
  /** The topic that the stream has. */
  readonly topicId: TopicId | undefined;
  /** This very spec was in effect, so that a difference now is somebody else's doing. */
  readonly wasInEffect: boolean;
}

/** Throws `TerminalError` for a topic that an older stream has, `WaitingError` while platform or Kafka cannot be reached. */
export function validateStream(stream: EventStream, observed: ObservedStream): ValidatedStream {
  const { older } = observed;
  if (older !== undefined) throw conflict(stream, older);
  requireKafka(observed.platform);
  const current = requireKnown(observed.topic);
  return {
    wanted: { ...wantedTopic(stream), formerConfigs: formerConfigs(stream, current) },
    current,
    before: readBefore(stream),
  };
}

function conflict(stream: EventStream, older: EventStream): TerminalError {
  return new TerminalError(
    "ResourceConflict",
    `topic "${topicNameOf(stream)}" belongs to the older EventStream "${nameOf(older)}"; give one of them another topicName ` +
      `or delete one`,
    { field: "spec.topicName" },
  );
}

function wantedTopic(stream: EventStream): Omit<WantedTopic, "formerConfigs"> {
  const { partitions, replicationFactor, retention, configs } = stream.spec;
  return {
    name: topicNameOf(stream),
    partitions: {
      count: partitions ?? EVENT_STREAM_DEFAULTS.partitions,
      isExplicit: partitions !== undefined,
    },
    replicationFactor,
    configs: {
      ...configs,
      ...(retention?.time !== undefined && {
        "retention.ms": String(parseDurationSeconds(retention.time) * 1000),
      }),
      ...(retention?.size !== undefined && { "retention.bytes": String(parseBytes(retention.size)) }),
    },
  };
}

/** What was set on another topic says nothing about this one. */
function formerConfigs({ status }: EventStream, current: CurrentTopic | undefined): readonly string[] {
  return current?.id === status?.topicId ? (status?.configs ?? []) : [];
}

function readBefore({ metadata, status }: EventStream): Before {
  const ready = status?.conditions?.find((condition) => condition.type === "Ready");
  return {
    topicId: status?.topicId as TopicId | undefined,
    wasInEffect: ready?.status === "True" && ready.observedGeneration === metadata.generation,
  };
}
