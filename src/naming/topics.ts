/** Names of Kafka topics: the default, and what Kafka accepts. */
import { boundedName } from "./bounded.ts";
import type { Brand } from "./brand.ts";

/** A name that Kafka accepts for a topic. */
export type TopicName = Brand<"TopicName">;

/** Longest topic name that Kafka accepts; its log folder adds the partition number. */
export const MAX_TOPIC_NAME_LENGTH = 249;

const TOPIC_NAME = /^[a-zA-Z0-9._-]+$/;

/** `<namespace>.<name>` of the resource, cut with a hash when Kafka would find it too long. */
export function defaultTopicName(key: { readonly namespace: string; readonly name: string }): TopicName {
  return boundedName(`${key.namespace}.${key.name}`, MAX_TOPIC_NAME_LENGTH) as TopicName;
}

/** The name as branded text, or what is wrong with it (a phrase that follows the name in a sentence). */
export function parseTopicName(text: string): { readonly name: TopicName } | { readonly problem: string } {
  if (text.length > MAX_TOPIC_NAME_LENGTH) {
    return { problem: `must have at most ${MAX_TOPIC_NAME_LENGTH} characters` };
  }
  if (text === "." || text === ".." || !TOPIC_NAME.test(text)) {
    return { problem: "must consist of letters, digits, '.', '_' and '-', and not be '.' or '..'" };
  }
  return { name: text as TopicName };
}
