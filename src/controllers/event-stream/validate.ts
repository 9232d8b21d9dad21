/** Turns a stream's spec into the wanted topic with all defaults resolved, or says what is in the way. Pure. */
import type { EventStream } from "../../crds/kinds.ts";
import { EVENT_STREAM_DEFAULTS, parseBytes, parseDurationSeconds } from "../../crds/kinds.ts";
import type { CurrentTopic, WantedTopic } from "../../targets/kafka/topic.ts";
import { requireKafka } from "../../platform/kafka.ts";
import type { Before } from "../claims/claimed-kind.ts";
import { readBefore } from "../claims/claimed-kind.ts";
import { conflict } from "../claims/rivals.ts";
import { requireKnown } from "../observation.ts";
import { TOPIC_CLAIM, topicNameOf } from "./claim.ts";
import type { ObservedStream } from "./observe.ts";

export interface ValidatedStream {
  readonly wanted: WantedTopic;
  readonly current: CurrentTopic | undefined;
  readonly before: Before;
}

/** Throws `TerminalError` for a topic that an older stream has, `WaitingError` while platform or Kafka cannot be reached. */
export function validateStream(stream: EventStream, observed: ObservedStream): ValidatedStream {
  const { older } = observed;
  if (older !== undefined) throw conflict(TOPIC_CLAIM, stream, older);
  requireKafka(observed.platform);
  const current = requireKnown(observed.topic);
  return {
    wanted: { ...wantedTopic(stream), formerConfigs: formerConfigs(stream, current) },
    current,
    before: readBefore(TOPIC_CLAIM, stream),
  };
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
