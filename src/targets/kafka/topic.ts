/** What a topic is to us: as wanted, and as the brokers tell it. */
import type { Brand } from "../../naming/brand.ts";
import type { TopicName } from "../../naming/topics.ts";

/** A topic's id as Kafka's own tools print it: 22 characters of URL-safe base64. A recreated topic has another one. */
export type TopicId = Brand<"TopicId">;

export interface WantedTopic {
  readonly name: TopicName;
  /** `isExplicit`: somebody wrote this number. More partitions than a default are fine, more than a written number are not. */
  readonly partitions: { readonly count: number; readonly isExplicit: boolean };
  /** `undefined`: the brokers' default when created, and whatever there is later. */
  readonly replicationFactor: number | undefined;
  /** Topic-level configs that the manifest names; the topic may have others, which stay. */
  readonly configs: Readonly<Record<string, string>>;
  /** Names that the manifest had set before; those that it no longer names go back to the brokers' default. */
  readonly formerConfigs: readonly string[];
}

/** Where the effective value of a config comes from. Only `topic` ones are set on the topic itself. */
export type ConfigSource = "topic" | "inherited";

/** Kind of value, as far as it matters for comparing. */
export type ConfigValueType = "boolean" | "integer" | "list" | "text";

export interface TopicConfig {
  readonly name: string;
  /** `null` for a sensitive value. */
  readonly value: string | null;
  readonly source: ConfigSource;
  readonly valueType: ConfigValueType;
}

export interface CurrentTopic {
  readonly name: TopicName;
  readonly id: TopicId;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: readonly TopicConfig[];
  /** Kafka keeps it for itself, like its consumers' offsets. */
  readonly isInternal?: true;
}

/** Which topic: its name may have belonged to another one before. */
export type TopicIdentity = Pick<CurrentTopic, "name" | "id">;

/** Kafka's binary uuid in hexadecimal (with or without dashes) as the text of its tools. */
export function topicIdFromHex(hex: string): TopicId {
  return Buffer.from(hex.replaceAll("-", ""), "hex").toString("base64url") as TopicId;
}

/** Inverse of `topicIdFromHex`, with dashes. */
export function topicIdToHex(id: TopicId): string {
  const hex = Buffer.from(id, "base64url").toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
