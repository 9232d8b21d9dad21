/** Specs of EventStream that are valid or not. */
import type { FieldCase } from "./spec-case.ts";

export const EVENT_STREAM_CASES: readonly FieldCase[] = [
  { name: "a topic named '..'", path: "topicName", value: "..", refusal: /topicName/ },
  { name: "a topic named '...'", path: "topicName", value: "..." },
  { name: "Kafka's own topic of offsets", path: "topicName", value: "__consumer_offsets", refusal: /topicName: .*Kafka or its tools/ },
  { name: "the topic of a schema registry", path: "topicName", value: "_schemas", refusal: /topicName: .*Kafka or its tools/ },
  { name: "a topic of MirrorMaker", path: "topicName", value: "mm2-offset-syncs.far.internal", refusal: /topicName: .*Kafka or its tools/ },
  { name: "a topic with one underscore in front", path: "topicName", value: "_events" },
  { name: "no partitions", path: "partitions", value: 0, refusal: /partitions/ },
  { name: "half a partition", path: "partitions", value: 1.5, refusal: /partitions/ },
  { name: "a retention in days", path: "retention.time", value: "7d" },
  { name: "a retention in days and hours", path: "retention.time", value: "1d12h" },
  { name: "a retention without end", path: "retention.time", value: "Unlimited" },
  {
    name: "a retention in weeks, with an answer in words",
    path: "retention.time",
    value: "2w",
    refusal: /retention\.time: .*must be a duration from 1m to 876000h, such as 90s, 30m, 1h30m or 7d, or Unlimited$/,
  },
  {
    name: "a retention that is no text of time",
    path: "retention.time",
    value: "a long while, that is, for ever",
    refusal: /retention\.time/,
  },
  {
    name: "a retention below a minute",
    path: "retention.time",
    value: "59s",
    refusal: /retention\.time: .*must be a duration from 1m/,
  },
  { name: "a retention in hours and minutes", path: "retention.time", value: "1h30m" },
  { name: "a size with a fraction", path: "retention.size", value: "1.5Gi" },
  { name: "a size as a number", path: "retention.size", value: 1_073_741_824 },
  {
    name: "a number of bytes that is too small",
    path: "retention.size",
    value: 1000,
    refusal: /retention\.size: .*must be a size from/,
  },
  {
    name: "a size that is no quantity",
    path: "retention.size",
    value: "1 Gi",
    refusal: /retention\.size/,
  },
  {
    name: "a config that has a field of its own",
    path: "configs",
    value: { "retention.ms": "1" },
    refusal: /configs: .*retention\.time/,
  },
  {
    name: "a config with a blank in its name",
    path: "configs",
    value: { "a b": "1" },
    refusal: /configs: .*keys must/,
  },
  {
    name: "an unknown deletion policy",
    path: "deletionPolicy",
    value: "Keep",
    refusal: /deletionPolicy/,
  },
];
