/** Compares a wanted topic with the current one. Pure: the result is data that `execute` carries out. */
import type { TopicName } from "../../naming/topics.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { ConfigValueType, CurrentTopic, TopicConfig, WantedTopic } from "./topic.ts";

export type TopicAction = CreateTopic | AddPartitions | AlterConfigs;

export interface CreateTopic {
  readonly kind: "create-topic";
  readonly topic: TopicName;
  readonly partitions: number;
  /** `undefined`: the brokers' default. */
  readonly replicationFactor: number | undefined;
  readonly configs: Readonly<Record<string, string>>;
}

export interface AddPartitions {
  readonly kind: "add-partitions";
  readonly topic: TopicName;
  readonly from: number;
  readonly to: number;
}

export interface AlterConfigs {
  readonly kind: "alter-configs";
  readonly topic: TopicName;
  readonly set: Readonly<Record<string, string>>;
  /** Configs that go back to the brokers' default. */
  readonly unset: readonly string[];
}

/**
 * The actions that make `current` what is wanted, in order; none when it is already. Throws `TerminalError` (`ImpossibleChange`) for
 * what Kafka cannot do: fewer partitions, another replication factor.
 */
export function diffTopic(wanted: WantedTopic, current: CurrentTopic | undefined): readonly TopicAction[] {
  if (current === undefined) return [createTopic(wanted)];
  refuseImpossible(wanted, current);
  return [...partitionActions(wanted, current), ...configActions(wanted, current)];
}

/** What an action does, for logs, Events and error messages: a phrase that begins with "creating", "raising", … */
export function describeTopicAction(action: TopicAction): string {
  switch (action.kind) {
    case "create-topic":
      return `creating topic "${action.topic}" with ${action.partitions} partitions`;
    case "add-partitions":
      return `raising partitions of topic "${action.topic}" from ${action.from} to ${action.to}`;
    case "alter-configs":
      return `changing configs of topic "${action.topic}": ${describeConfigs(action)}`;
  }
}

function createTopic(wanted: WantedTopic): CreateTopic {
  return {
    kind: "create-topic",
    topic: wanted.name,
    partitions: wanted.partitions.count,
    replicationFactor: wanted.replicationFactor,
    configs: wanted.configs,
  };
}

function refuseImpossible(wanted: WantedTopic, current: CurrentTopic): void {
  const { partitions, replicationFactor } = wanted;
  if (partitions.isExplicit && partitions.count < current.partitions) {
    throw new TerminalError(
      "ImpossibleChange",
      `topic "${wanted.name}" has ${current.partitions} partitions and Kafka cannot take any away; ` +
        `set spec.partitions to ${current.partitions} or more`,
      { field: "spec.partitions" },
    );
  }
  if (replicationFactor !== undefined && replicationFactor !== current.replicationFactor) {
    throw new TerminalError(
      "ImpossibleChange",
      `topic "${wanted.name}" has replication factor ${current.replicationFactor}, which changes only by moving its replicas ` +
        `(kafka-reassign-partitions); set spec.replicationFactor to ${current.replicationFactor} or leave it out`,
      { field: "spec.replicationFactor" },
    );
  }
}

function partitionActions(wanted: WantedTopic, current: CurrentTopic): readonly AddPartitions[] {
  const to = wanted.partitions.count;
  return to > current.partitions
    ? [{ kind: "add-partitions", topic: wanted.name, from: current.partitions, to }]
    : [];
}

function configActions(wanted: WantedTopic, current: CurrentTopic): readonly AlterConfigs[] {
  const known = new Map(current.configs.map((config) => [config.name, config]));
  const set = Object.fromEntries(
    Object.entries(wanted.configs)
      .filter(([name, value]) => !isConfigSetTo(known.get(name), value))
      .toSorted(([one], [other]) => one.localeCompare(other)),
  );
  const unset = wanted.formerConfigs
    .filter((name) => known.get(name)?.source === "topic" && !Object.hasOwn(wanted.configs, name))
    .toSorted();
  if (Object.keys(set).length + unset.length === 0) return [];
  return [{ kind: "alter-configs", topic: wanted.name, set, unset }];
}

/** Whether a config is set on the topic itself and equal; a default that happens to be equal may change with the brokers' configuration. */
export function isConfigSetTo(config: TopicConfig | undefined, value: string): boolean {
  if (config?.source !== "topic" || config.value === null) return false;
  return normalValue(config.valueType, config.value) === normalValue(config.valueType, value);
}

/** Kafka answers values in its own spelling: `compact, delete` comes back as `compact,delete`, `TRUE` as `true`. */
function normalValue(type: ConfigValueType, value: string): string {
  const text = value.trim();
  switch (type) {
    case "boolean":
      return text.toLowerCase();
    case "integer":
      return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")).toString() : text;
    case "list":
      return text
        .split(",")
        .map((item) => item.trim())
        .join(",");
    case "text":
      return text;
  }
}

function describeConfigs(action: AlterConfigs): string {
  const set = Object.entries(action.set).map(([name, value]) => `${name}=${value}`);
  const unset = action.unset.map((name) => `${name} to the default`);
  return [...set, ...unset].join(", ");
}
