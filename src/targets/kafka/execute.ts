/** Carries out topic actions, one request each, and tells each one's result. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  ConfigResourceTypes,
  createPartitionsV3,
  createTopicsV7,
  deleteTopicsV6,
  IncrementalAlterConfigOperationTypes,
  incrementalAlterConfigsV1,
} from "@platformatic/kafka";
import type { TopicName } from "../../naming/topics.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { CallOptions, KafkaClient } from "./client.ts";
import { SERVER_TIMEOUT_MS } from "./client.ts";
import type { AddPartitions, AlterConfigs, CreateTopic, TopicAction } from "./diff.ts";
import { describeTopicAction, isConfigSetTo } from "./diff.ts";
import { failureToError } from "./errors.ts";
import { errorName } from "./protocol.ts";
import { readTopic } from "./read.ts";
import type { CurrentTopic, TopicIdentity } from "./topic.ts";
import { topicIdFromHex, topicIdToHex } from "./topic.ts";

/** What the brokers answered to one action. */
export type TopicActionResult =
  | { readonly action: TopicAction; readonly outcome: "done"; readonly created?: CreatedTopic }
  | { readonly action: TopicAction; readonly outcome: "failed"; readonly error: Error };

/** The shape of a topic that was just made; brokers may take a moment until all of them know it. */
export type CreatedTopic = Pick<CurrentTopic, "name" | "id" | "partitions" | "replicationFactor">;

/** Carries the actions out in order and stops at the first that fails, since later ones build on it. Never throws for an action's failure. */
export async function executeTopicActions(
  client: KafkaClient,
  actions: readonly TopicAction[],
  permit: WritePermit,
): Promise<readonly TopicActionResult[]> {
  const results: TopicActionResult[] = [];
  for (const action of actions) {
    const result = await executeAction(client, action, permit);
    results.push(result);
    if (result.outcome === "failed") return results;
    const isVisible = (topic: CurrentTopic | undefined): boolean => isDone(action, topic);
    await settle(client, { name: action.topic, isVisible }, permit.signal);
  }
  return results;
}

/** Pauses between looks at a change that the brokers accepted but may not all show yet; 630 ms in all. */
const SETTLE_PAUSES_MS: readonly number[] = [0, 10, 20, 40, 80, 160, 320];

/**
 * Waits until the broker that we read from shows the change, usually a few milliseconds. Without this the next pass would take the
 * old picture for drift. It gives up quietly: the change is made, and the next pass reads again.
 */
async function settle(
  client: KafkaClient,
  change: {
    readonly name: TopicName;
    readonly isVisible: (topic: CurrentTopic | undefined) => boolean;
  },
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for (const pause of SETTLE_PAUSES_MS) {
      if (pause > 0) await sleep(pause, undefined, { signal });
      if (change.isVisible(await readTopic(client, change.name, signal))) return;
    }
  } catch {
    // The change itself succeeded, and that is what is told; the next pass will meet what is wrong now.
  }
}

function isDone(action: TopicAction, topic: CurrentTopic | undefined): boolean {
  if (topic === undefined) return false;
  switch (action.kind) {
    case "create-topic":
      return topic.configs.length > 0;
    case "add-partitions":
      return topic.partitions >= action.to;
    case "alter-configs": {
      const known = new Map(topic.configs.map((config) => [config.name, config]));
      const isSet = Object.entries(action.set).every(([name, value]) =>
        isConfigSetTo(known.get(name), value),
      );
      return isSet && action.unset.every((name) => known.get(name)?.source !== "topic");
    }
  }
}

/** Deletes exactly the topic with this id, not a namesake. `false`: there is no such topic (any more). */
export async function deleteTopic(
  client: KafkaClient,
  topic: TopicIdentity,
  permit: WritePermit,
): Promise<boolean> {
  const options = changing(`deleting topic "${topic.name}"`, permit);
  const topics = [{ topicId: topicIdToHex(topic.id), name: null }];
  const answer = await client.callItems(deleteTopicsV6.api, [topics, SERVER_TIMEOUT_MS], options);
  const result = answer.responses[0];
  const code = errorName(result?.errorCode ?? 0);
  if (code === undefined) {
    await settle(client, { name: topic.name, isVisible: (seen) => seen?.id !== topic.id }, permit.signal);
    return true;
  }
  if (code === "UNKNOWN_TOPIC_ID" || code === "UNKNOWN_TOPIC_OR_PARTITION") return false;
  throw failure(client, options, { code, message: result?.errorMessage });
}

async function executeAction(
  client: KafkaClient,
  action: TopicAction,
  permit: WritePermit,
): Promise<TopicActionResult> {
  const options = changing(describeTopicAction(action), permit);
  try {
    const created = await dispatch(client, action, options);
    return { action, outcome: "done", ...(created && { created }) };
  } catch (error) {
    return { action, outcome: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function dispatch(
  client: KafkaClient,
  action: TopicAction,
  options: CallOptions,
): Promise<CreatedTopic | undefined> {
  switch (action.kind) {
    case "create-topic":
      return createTopic(client, action, options);
    case "add-partitions":
      await addPartitions(client, action, options);
      return undefined;
    case "alter-configs":
      await alterConfigs(client, action, options);
      return undefined;
  }
}

async function createTopic(
  client: KafkaClient,
  action: CreateTopic,
  options: CallOptions,
): Promise<CreatedTopic> {
  const topic = {
    name: action.topic,
    numPartitions: action.partitions,
    replicationFactor: action.replicationFactor ?? -1,
    assignments: [],
    configs: Object.entries(action.configs).map(([name, value]) => ({ name, value })),
  };
  const answer = await client.callItems(createTopicsV7.api, [[topic], SERVER_TIMEOUT_MS, false], options);
  const result = answer.topics[0];
  if (result === undefined) throw failure(client, options, { code: "UNKNOWN_SERVER_ERROR", message: null });
  const code = errorName(result.errorCode);
  if (code !== undefined) throw failure(client, options, { code, message: result.errorMessage });
  return {
    name: action.topic,
    id: topicIdFromHex(result.topicId),
    partitions: result.numPartitions,
    replicationFactor: result.replicationFactor,
  };
}

async function addPartitions(
  client: KafkaClient,
  action: AddPartitions,
  options: CallOptions,
): Promise<void> {
  const topics = [{ name: action.topic, count: action.to, assignments: null }];
  const answer = await client.callItems(createPartitionsV3.api, [topics, SERVER_TIMEOUT_MS, false], options);
  const result = answer.results[0];
  if (errorName(result?.errorCode ?? 0) === "INVALID_PARTITIONS") {
    // Somebody was faster, or what we read was old. The next pass reads again and judges then.
    const message = `partitions of topic "${action.topic}" changed meanwhile: ${result?.errorMessage ?? "no details"}`;
    throw new WaitingError("NotSettled", message, { retryAfterSeconds: 1 });
  }
  throwIfFailed(client, options, result);
}

async function alterConfigs(client: KafkaClient, action: AlterConfigs, options: CallOptions): Promise<void> {
  const set = Object.entries(action.set).map(([name, value]) => ({
    name,
    value,
    configOperation: IncrementalAlterConfigOperationTypes.SET,
  }));
  const unset = action.unset.map((name) => ({
    name,
    configOperation: IncrementalAlterConfigOperationTypes.DELETE,
  }));
  const resource = {
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: action.topic,
    configs: [...set, ...unset],
  };
  const answer = await client.callItems(incrementalAlterConfigsV1.api, [[resource], false], options);
  throwIfFailed(client, options, answer.responses[0]);
}

interface ItemAnswer {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
}

function throwIfFailed(client: KafkaClient, options: CallOptions, answer: ItemAnswer | undefined): void {
  const code = errorName(answer?.errorCode ?? 0);
  if (code !== undefined) throw failure(client, options, { code, message: answer?.errorMessage });
}

function failure(
  client: KafkaClient,
  options: CallOptions,
  answer: { readonly code: string; readonly message: string | null | undefined },
): Error {
  const { settings } = client;
  return failureToError(
    { code: answer.code, message: answer.message ?? "no details" },
    { settings, doing: options.doing },
  );
}

function changing(doing: string, { signal, assertMayWrite }: WritePermit): CallOptions {
  return { doing, to: "controller", signal, assertMayWrite };
}
