/** Carries out topic actions, in one request with those of other passes, and returns the result of each. */
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from "@platformatic/kafka";
import type { TopicName } from "../../naming/topics.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { AddPartitions, AlterConfigs, CreateTopic, TopicAction } from "./diff.ts";
import { describeTopicAction, isConfigSetTo } from "./diff.ts";
import { failureToError } from "./errors.ts";
import { errorName } from "./protocol.ts";
import { readTopic } from "./read.ts";
import type { ItemOptions, TopicRequests } from "./topic-requests.ts";
import type { CurrentTopic, TopicIdentity } from "./topic.ts";
import { topicIdFromHex, topicIdToHex } from "./topic.ts";

/** What the brokers answered to one action. */
export type TopicActionResult =
  | { readonly action: TopicAction; readonly outcome: "done"; readonly created?: CreatedTopic }
  | { readonly action: TopicAction; readonly outcome: "failed"; readonly error: Error };

/** The shape of a topic that was just made; brokers may take a moment until all of them know it. */
export type CreatedTopic = Pick<CurrentTopic, "name" | "id" | "partitions" | "replicationFactor">;

/**
 * Carries the actions out in order and stops at the first that fails, since later ones build on it. Several are first checked by the brokers, all of
 * them: partitions cannot be taken away again when they refuse a config. Never throws for an action's failure.
 */
export async function executeTopicActions(
  requests: TopicRequests,
  actions: readonly TopicAction[],
  permit: WritePermit,
): Promise<readonly TopicActionResult[]> {
  const results: TopicActionResult[] = [];
  for (const action of actions.length > 1 ? actions : []) {
    const trial = await executeAction({ ...requests, ...requests.trial }, action, permit);
    if (trial.outcome === "failed") return [trial];
  }
  for (const action of actions) {
    const result = await executeAction(requests, action, permit);
    results.push(result);
    if (result.outcome === "failed") return results;
    const isVisible = (topic: CurrentTopic | undefined): boolean => isDone(action, topic);
    await settle(requests, { name: action.topic, isVisible }, permit.signal);
  }
  return results;
}

/**
 * Pauses between looks at a change that the brokers accepted but may not all show yet. On an idle broker one topic shows within a few
 * milliseconds; a hundred new ones on a busy broker take seconds, so the looks go on for 7.7 s in all.
 */
const SETTLE_PAUSES_MS: readonly number[] = [0, 10, 20, 40, 80, 160, 320, 640, 1280, 1280, 1280, 1280, 1280];

/**
 * Waits until the broker that we read from shows the change, usually a few milliseconds. Without this the next pass would take the
 * old picture for drift. It gives up quietly: the change is made, and the next pass reads again.
 */
async function settle(
  requests: TopicRequests,
  change: {
    readonly name: TopicName;
    readonly isVisible: (topic: CurrentTopic | undefined) => boolean;
  },
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for (const pause of SETTLE_PAUSES_MS) {
      if (pause > 0) await sleep(pause, undefined, { signal });
      const { topic } = await readTopic(requests, change.name, signal);
      if (change.isVisible(topic)) return;
    }
  } catch {
    // The change itself succeeded, and that is the result; the next pass will see what is wrong now.
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

/** Deletes exactly the topic with this id, not a namesake. `false`: no topic has this id, or none has it any longer. */
export async function deleteTopic(
  requests: TopicRequests,
  topic: TopicIdentity,
  permit: WritePermit,
): Promise<boolean> {
  const options = changing(`deleting topic "${topic.name}"`, permit);
  const result = await requests.deleteTopic(topicIdToHex(topic.id), options);
  const code = errorName(result.errorCode);
  if (code === undefined) {
    await settle(requests, { name: topic.name, isVisible: (seen) => seen?.id !== topic.id }, permit.signal);
    return true;
  }
  if (code === "UNKNOWN_TOPIC_ID" || code === "UNKNOWN_TOPIC_OR_PARTITION") return false;
  throw failure(requests, options, { code, message: result.errorMessage });
}

async function executeAction(
  requests: TopicRequests,
  action: TopicAction,
  permit: WritePermit,
): Promise<TopicActionResult> {
  const options = changing(describeTopicAction(action), permit);
  try {
    const created = await dispatch(requests, action, options);
    return { action, outcome: "done", ...(created && { created }) };
  } catch (error) {
    return { action, outcome: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function dispatch(
  requests: TopicRequests,
  action: TopicAction,
  options: ItemOptions,
): Promise<CreatedTopic | undefined> {
  switch (action.kind) {
    case "create-topic":
      return createTopic(requests, action, options);
    case "add-partitions":
      await addPartitions(requests, action, options);
      return undefined;
    case "alter-configs":
      await alterConfigs(requests, action, options);
      return undefined;
  }
}

async function createTopic(
  requests: TopicRequests,
  action: CreateTopic,
  options: ItemOptions,
): Promise<CreatedTopic> {
  const topic = {
    name: action.topic,
    numPartitions: action.partitions,
    replicationFactor: action.replicationFactor ?? -1,
    assignments: [],
    configs: Object.entries(action.configs).map(([name, value]) => ({ name, value })),
  };
  const result = await requests.createTopic(topic, options);
  const code = errorName(result.errorCode);
  if (code !== undefined) throw failure(requests, options, { code, message: result.errorMessage });
  return {
    name: action.topic,
    id: topicIdFromHex(result.topicId),
    partitions: result.numPartitions,
    replicationFactor: result.replicationFactor,
  };
}

async function addPartitions(
  requests: TopicRequests,
  action: AddPartitions,
  options: ItemOptions,
): Promise<void> {
  const topic = { name: action.topic, count: action.to, assignments: null };
  const result = await requests.createPartitions(topic, options);
  if (errorName(result.errorCode) === "INVALID_PARTITIONS") {
    // Somebody was faster, or what we read was old. The next pass reads again and judges then.
    const message = `partitions of topic "${action.topic}" changed meanwhile: ${result.errorMessage ?? "no details"}`;
    throw new WaitingError("NotSettled", message, { retryAfterSeconds: 1 });
  }
  throwIfFailed(requests, options, result);
}

async function alterConfigs(
  requests: TopicRequests,
  action: AlterConfigs,
  options: ItemOptions,
): Promise<void> {
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
  throwIfFailed(requests, options, await requests.alterConfigs(resource, options));
}

interface ItemAnswer {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
}

function throwIfFailed(requests: TopicRequests, options: ItemOptions, answer: ItemAnswer): void {
  const code = errorName(answer.errorCode);
  if (code !== undefined) throw failure(requests, options, { code, message: answer.errorMessage });
}

function failure(
  requests: TopicRequests,
  options: ItemOptions,
  answer: { readonly code: string; readonly message: string | null | undefined },
): Error {
  const { settings } = requests.client;
  return failureToError(
    { code: answer.code, message: answer.message ?? "no details" },
    { settings, doing: options.doing },
  );
}

function changing(doing: string, { signal, assertMayWrite }: WritePermit): ItemOptions {
  return { doing, signal, assertMayWrite };
}
