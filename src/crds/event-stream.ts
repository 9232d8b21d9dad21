/** EventStream: one Kafka topic. */
import { z } from "zod";
import { commonStatus, timestamp } from "./conditions.ts";
import { duration } from "./durations.ts";
import {
  type Immutable,
  LABEL_NAME_RULES,
  PLATFORM_IMMUTABLE,
  type Resource,
  type Sent,
  defineKind,
  immutableField,
} from "./kind-definition.ts";
import { byteSize } from "./quantities.ts";
import {
  DEFAULT_DELETION_POLICY,
  deletionPolicy,
  kafkaTopicName,
  objectName,
  platformRef,
} from "./references.ts";
import type { TransitionRule } from "./rules.ts";
import { MAP_KEY_RULE, integer, text, textMap, textSet, withRules } from "./rules.ts";

/** What an absent field means; resolved by the controllers, never written into the resource. */
export const EVENT_STREAM_DEFAULTS = { partitions: 3, deletionPolicy: DEFAULT_DELETION_POLICY } as const;

/** How long and how much a topic keeps. ClickstreamPipeline has the same field for its raw stream. */
export const retention = z.object({
  time: duration("1m", "876000h", { orUnlimited: true })
    .optional()
    .describe(
      "How long records are kept, for example '7d' or '12h', or 'Unlimited'. Default what the brokers are set to.",
    ),
  size: byteSize("1Mi", "1000Ti")
    .optional()
    .describe("How many bytes of each partition are kept, for example '10Gi'. Default no limit."),
});

/** Partitions of a topic. */
export const partitions = integer(1, 10_000);

/** Copies of each partition. */
export const replicationFactor = integer(1, 32);

/**
 * The rule that what the topic has of partitions stays wanted. A number that Kafka never took can be taken back. `partitionsOf` gives CEL for the wanted
 * number of a spec; `field` is where a spec has it, `statusField` where the status says what the topic has.
 */
export function partitionsStay(
  field: string,
  statusField: string,
  partitionsOf: (spec: string) => string,
): TransitionRule {
  const wanted = partitionsOf("self.spec");
  const had = `oldSelf.status.${statusField}`;
  return {
    rule: `${wanted} >= ${partitionsOf("oldSelf.spec")} || !has(oldSelf.status) || !has(${had}) || ${wanted} >= ${had}`,
    message: `${field} must not become fewer than the topic has, Kafka cannot take any away; an absent field means ${EVENT_STREAM_DEFAULTS.partitions}`,
    fieldPath: `.spec.${field}`,
  };
}

export const eventStreamSpec = z.object({
  platformRef,
  topicName: kafkaTopicName
    .optional()
    .describe("Name of the topic. Default '<namespace>.<name>'. It must not change."),
  partitions: partitions
    .optional()
    .describe(
      `Number of partitions. Default ${EVENT_STREAM_DEFAULTS.partitions}. It may grow, never shrink below what the topic has.`,
    ),
  replicationFactor: replicationFactor
    .optional()
    .describe("Number of copies of each partition. Default what the brokers are set to."),
  retention: retention
    .optional()
    .describe("When old records are deleted. Default what the brokers are set to."),
  configs: withRules(textMap(100, 4096), [
    MAP_KEY_RULE,
    {
      rule: "!('retention.ms' in self) && !('retention.bytes' in self)",
      message:
        "must not hold retention.ms or retention.bytes; use the fields retention.time and retention.size",
      holds: (configs) =>
        !Object.hasOwn(configs, "retention.ms") && !Object.hasOwn(configs, "retention.bytes"),
    },
  ])
    .optional()
    .describe("Further configs of the topic by their Kafka names, for example 'compression.type'."),
  deletionPolicy: deletionPolicy
    .optional()
    .describe("Whether deleting this resource deletes the topic with its records. Default 'Retain'."),
});

export const eventStreamStatus = z.object({
  ...commonStatus,
  topicName: text(249).optional().describe("Name of the topic."),
  topicId: text(64)
    .optional()
    .describe("Id of the topic that this stream has: made, or taken over. Only this one is deleted with it."),
  clusterId: text(256)
    .optional()
    .describe("Id of the Kafka cluster that this stream has its topic in, as Kafka itself tells it."),
  partitions: integer(0, 2_147_483_647).optional().describe("Partitions that the topic has."),
  replicationFactor: integer(0, 32_767).optional().describe("Copies that each partition has."),
  configs: textSet(text(128), 102)
    .optional()
    .describe(
      "Names of the configs that the manifest has set on the topic. Only these go back to the default when it names them no more.",
    ),
  driftCorrectedAt: timestamp()
    .optional()
    .describe("When the operator last reverted a change that somebody made to the topic by hand."),
  conflictsWith: objectName
    .optional()
    .describe("Name of the older EventStream that claims the same topic, which therefore is not touched."),
});

export type EventStreamSpec = Immutable<z.infer<typeof eventStreamSpec>>;
export type EventStreamStatus = Sent<z.infer<typeof eventStreamStatus>>;
export type EventStream = Resource<EventStreamSpec, EventStreamStatus>;

export const eventStreamKind = defineKind({
  kind: "EventStream",
  plural: "eventstreams",
  shortName: "evs",
  description:
    "EventStream owns one Kafka topic: it creates it, keeps partitions and configs as they are declared, and " +
    "repairs what is changed by hand. Deleting it keeps the topic unless deletionPolicy is Delete.",
  columns: [
    { name: "Topic", type: "string", jsonPath: ".status.topicName", description: "Name of the topic." },
    {
      name: "Partitions",
      type: "integer",
      jsonPath: ".status.partitions",
      description: "Partitions that the topic has.",
    },
    {
      name: "Replicas",
      type: "integer",
      jsonPath: ".status.replicationFactor",
      description: "Copies of each partition.",
      priority: 1,
    },
  ],
  schema: eventStreamSpec,
  statusSchema: eventStreamStatus,
  nameRules: LABEL_NAME_RULES,
  immutables: [PLATFORM_IMMUTABLE, immutableField("topicName", "create a new EventStream for another topic")],
  statusRules: [
    partitionsStay("partitions", "partitions", (spec) => {
      const { partitions: fallback } = EVENT_STREAM_DEFAULTS;
      return `(has(${spec}.partitions) ? ${spec}.partitions : ${fallback})`;
    }),
  ],
});
