/** Names of Kafka topics. What Kafka accepts, the schema of EventStream says. */
import { boundedName } from "./bounded.ts";
import type { Brand } from "./brand.ts";

/** A name that Kafka accepts for a topic. */
export type TopicName = Brand<"TopicName">;

/** Longest topic name that Kafka accepts; its log folder adds the partition number. */
const MAX_TOPIC_NAME_LENGTH = 249;

/** Names that Kafka and its tools give to topics of their own: consumers' offsets, transactions, schemas, what MirrorMaker and Streams keep. */
export const RESERVED_TOPIC_NAME = /^(__.*|_schemas|_confluent.*|.*[.-]internal)$/;

/** Whether a topic of this name belongs to Kafka or its tools. */
export function isReservedTopicName(name: string): boolean {
  return RESERVED_TOPIC_NAME.test(name);
}

/** `<namespace>.<name>` of the resource, cut with a hash when Kafka would find it too long. */
export function defaultTopicName(key: { readonly namespace: string; readonly name: string }): TopicName {
  return boundedName(`${key.namespace}.${key.name}`, MAX_TOPIC_NAME_LENGTH) as TopicName;
}
