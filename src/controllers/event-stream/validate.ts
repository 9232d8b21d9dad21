/** Turns a stream's spec into the wanted topic with all defaults resolved, or says what is in the way. Pure. */
import type { EventStream } from "../../crds/kinds.ts";
import { EVENT_STREAM_DEFAULTS, parseBytes, parseDurationSeconds, UNLIMITED } from "../../crds/kinds.ts";
import type { CurrentTopic, WantedTopic } from "../../targets/kafka/topic.ts";
import { isReservedTopicName } from "../../naming/topics.ts";
import { TerminalError } from "../../runtime/errors.ts";
import { requireKafka } from "../../platform/kafka.ts";
import type { Before } from "../claims/claimed-kind.ts";
import { hasMoved, readBefore } from "../claims/claimed-kind.ts";
import { conflict } from "../claims/rivals.ts";
import { requireKnown } from "../observation.ts";
import { TOPIC_CLAIM, topicNameOf } from "./claim.ts";
import type { ObservedStream } from "./observe.ts";

export interface ValidatedStream {
  readonly wanted: WantedTopic;
  readonly current: CurrentTopic | undefined;
  readonly before: Before;
  /** The platform has come to lead to another Kafka: what the stream had there stays there. */
  readonly leftBehind: string | undefined;
}

/**
 * Throws `TerminalError` for a topic that an older stream has, or that Kafka keeps for itself. Throws `WaitingError` while platform or
 * Kafka cannot be reached, or while nobody knows which stream has the topic.
 */
export function validateStream(stream: EventStream, observed: ObservedStream): ValidatedStream {
  const { older } = observed;
  if (older?.isCertain === true) throw conflict(TOPIC_CLAIM, stream, older);
  requireKafka(observed.platform);
  // Before what is not known of the other one's Kafka comes that the own one does not answer.
  const current = requireKnown(observed.thing);
  if (older !== undefined) throw conflict(TOPIC_CLAIM, stream, older);
  refuseInternal(stream, current);
  const isElsewhere = hasMoved(TOPIC_CLAIM, stream, observed.system);
  return {
    wanted: { ...wantedTopic(stream), formerConfigs: formerConfigs(stream, current) },
    current,
    before: isElsewhere ? { id: undefined, wasInEffect: false } : readBefore(TOPIC_CLAIM, stream),
    leftBehind: isElsewhere ? stream.status?.clusterId : undefined,
  };
}

/** The API server refuses such names, but a resource may be older than that rule, and only the brokers know all that is theirs. */
function refuseInternal(stream: EventStream, current: CurrentTopic | undefined): void {
  const name = topicNameOf(stream);
  if (!isReservedTopicName(name) && current?.isInternal !== true) return;
  throw new TerminalError(
    "InvalidSpec",
    `topic "${name}" belongs to Kafka itself or to one of its tools and is left as it is; delete this EventStream, which leaves it too`,
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
        "retention.ms": retentionMilliseconds(retention.time),
      }),
      ...(retention?.size !== undefined && { "retention.bytes": String(parseBytes(retention.size)) }),
    },
  };
}

/** In Kafka's words, where -1 is no limit. */
function retentionMilliseconds(time: string): string {
  return time === UNLIMITED ? "-1" : String(parseDurationSeconds(time) * 1000);
}

/** What was set on another topic says nothing about this one. */
function formerConfigs({ status }: EventStream, current: CurrentTopic | undefined): readonly string[] {
  return current?.id === status?.topicId ? (status?.configs ?? []) : [];
}
