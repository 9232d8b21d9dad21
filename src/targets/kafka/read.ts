/** Reads topics and the cluster itself; does not write, and never makes a broker create a topic. */
import { apiVersionsV3, ConfigSources, ConfigTypes, listOffsetsV7, metadataV12 } from "@platformatic/kafka";
import type { TopicName } from "../../naming/topics.ts";
import type { KafkaClient } from "./client.ts";
import { failureToError } from "./errors.ts";
import { errorName } from "./protocol.ts";
import type { TopicRequests } from "./topic-requests.ts";
import { topicIdFromHex } from "./topic.ts";
import type { ConfigValueType, CurrentTopic, TopicConfig } from "./topic.ts";
import { kafkaVersion } from "./version.ts";

/** What a cluster answered when it was asked for a topic. */
export interface TopicReading {
  /** The id that the cluster gave itself when it was made, the same at all of its addresses; `undefined`: it has none. */
  readonly clusterId: string | undefined;
  /** `undefined`: there is no such topic. */
  readonly topic: CurrentTopic | undefined;
}

/** Asks for a topic. */
export async function readTopic(
  requests: TopicRequests,
  name: TopicName,
  signal?: AbortSignal,
): Promise<TopicReading> {
  const [{ clusterId, shape }, configs] = await Promise.all([
    readShape(requests, name, signal),
    readConfigs(requests, name, signal),
  ]);
  // Seen by one request and not by the other: it is being made or deleted; the shape has the id, so it decides.
  return { clusterId, topic: shape && { ...shape, configs: configs ?? [] } };
}

export interface KafkaProbe {
  readonly clusterId: string | undefined;
  readonly brokers: number;
  /** Like `4.1`; `undefined` when the brokers do not tell. */
  readonly version: string | undefined;
}

/** Asks any broker who it is. */
export async function probeKafka(client: KafkaClient, signal?: AbortSignal): Promise<KafkaProbe> {
  const [metadata, versions] = await Promise.all([
    client.call(metadataV12.api, [[], false], { doing: "reading the cluster's metadata", signal }),
    client.call(apiVersionsV3.api, ["openclickstream", "1"], {
      doing: "reading the broker's version",
      signal,
    }),
  ]);
  return {
    clusterId: metadata.clusterId ?? undefined,
    brokers: metadata.brokers.length,
    version: kafkaVersion(versions.supportedFeatures ?? []),
  };
}

/** End offset of every partition that answered (the offset that the next record gets), by partition number. */
export async function readEndOffsets(
  client: KafkaClient,
  topic: CurrentTopic,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, bigint>> {
  const partitions = Array.from({ length: topic.partitions }, (_, partitionIndex) => ({
    partitionIndex,
    currentLeaderEpoch: -1,
    timestamp: -1n,
  }));
  const answer = await client.call(listOffsetsV7.api, [-1, 0, [{ name: topic.name, partitions }]], {
    doing: `reading offsets of topic "${topic.name}"`,
    signal,
  });
  const read = answer.topics.flatMap((answered) => answered.partitions);
  return new Map(
    read.filter((one) => one.errorCode === 0).map((one) => [one.partitionIndex, one.offset] as const),
  );
}

async function readShape(
  { client, describeTopic }: TopicRequests,
  name: TopicName,
  signal: AbortSignal | undefined,
): Promise<{ readonly clusterId: string | undefined; readonly shape?: Omit<CurrentTopic, "configs"> }> {
  const doing = `describing topic "${name}"`;
  const topic = await describeTopic(name, { doing, ...(signal && { signal }) });
  const clusterId = topic.clusterId ?? undefined;
  if (errorName(topic.errorCode) === "UNKNOWN_TOPIC_OR_PARTITION") return { clusterId };
  throwUnlessFine(client, { code: topic.errorCode, message: null, doing });
  const replicas = topic.partitions.map((partition) => partition.replicaNodes.length);
  const shape = {
    name,
    id: topicIdFromHex(topic.topicId),
    partitions: topic.partitions.length,
    replicationFactor: Math.min(...replicas),
    ...(topic.isInternal && { isInternal: true as const }),
  };
  return { clusterId, shape };
}

async function readConfigs(
  { client, describeConfigs }: TopicRequests,
  name: TopicName,
  signal: AbortSignal | undefined,
): Promise<readonly TopicConfig[] | undefined> {
  const doing = `describing configs of topic "${name}"`;
  const result = await describeConfigs(name, { doing, ...(signal && { signal }) });
  if (errorName(result.errorCode) === "UNKNOWN_TOPIC_OR_PARTITION") return undefined;
  throwUnlessFine(client, { code: result.errorCode, message: result.errorMessage, doing });
  return result.configs.map((config) => ({
    name: config.name,
    value: config.value ?? null,
    source: config.configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG ? "topic" : "inherited",
    valueType: valueType(config.configType),
  }));
}

function throwUnlessFine(
  client: KafkaClient,
  answer: { readonly code: number; readonly message: string | null | undefined; readonly doing: string },
): void {
  const code = errorName(answer.code);
  // A partition without a leader says so in its own answer; the topic is there all the same.
  if (code === undefined || code === "LEADER_NOT_AVAILABLE") return;
  const failure = { code, message: answer.message ?? "no details" };
  throw failureToError(failure, { settings: client.settings, doing: answer.doing });
}

const INTEGERS: ReadonlySet<number> = new Set([ConfigTypes.INT, ConfigTypes.SHORT, ConfigTypes.LONG]);

function valueType(type: number): ConfigValueType {
  if (INTEGERS.has(type)) return "integer";
  if (type === ConfigTypes.BOOLEAN) return "boolean";
  return type === ConfigTypes.LIST ? "list" : "text";
}
