/** What an EventStream claims: one topic of one Kafka cluster. Pure. */
import type { EventStream } from "../../crds/kinds.ts";
import { eventStreamKind } from "../../crds/kinds.ts";
import type { TopicName } from "../../naming/topics.ts";
import { defaultTopicName } from "../../naming/topics.ts";
import type { ClaimedKind } from "../claims/claimed-kind.ts";

/** The topic that a stream wants. The API server has checked a written name. */
export function topicNameOf(stream: EventStream): TopicName {
  const { namespace = "", name } = stream.metadata;
  return (stream.spec.topicName as TopicName | undefined) ?? defaultTopicName({ namespace, name });
}

export const TOPIC_CLAIM: ClaimedKind<EventStream> = {
  index: { type: eventStreamKind, valuesOf: (stream) => [topicNameOf(stream)] },
  component: "Kafka",
  addressesOf: ({ kafka }) => kafka.bootstrapServers,
  systemOf: (stream) => stream.status?.clusterId,
  idOf: (stream) => stream.status?.topicId,
  describe: (stream) => `topic "${topicNameOf(stream)}"`,
  words: { contents: "records", id: "id", removed: "deleted", system: "Kafka", field: "topicName" },
};
