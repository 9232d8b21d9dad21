import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TopicName } from "../../naming/topics.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { TopicAction } from "./diff.ts";
import { describeTopicAction, diffTopic } from "./diff.ts";
import type { ConfigValueType, CurrentTopic, TopicConfig, TopicId, WantedTopic } from "./topic.ts";
import { topicIdFromHex, topicIdToHex } from "./topic.ts";

const NAME = "shop.web-raw" as TopicName;

function wantedTopic(changes: Partial<WantedTopic> = {}): WantedTopic {
  return {
    name: NAME,
    partitions: { count: 3, isExplicit: true },
    replicationFactor: undefined,
    configs: {},
    formerConfigs: [],
    ...changes,
  };
}

function currentTopic(changes: Partial<CurrentTopic> = {}): CurrentTopic {
  return { name: NAME, id: "id" as TopicId, partitions: 3, replicationFactor: 1, configs: [], ...changes };
}

function config(name: string, value: string, more: Partial<TopicConfig> = {}): TopicConfig {
  return { name, value, source: "topic", valueType: "text", ...more };
}

describe("a topic", () => {
  it("that is missing is created with everything at once", () => {
    const wanted = wantedTopic({ replicationFactor: 2, configs: { "retention.ms": "1" } });
    expect(diffTopic(wanted, undefined)).toEqual([
      {
        kind: "create-topic",
        topic: NAME,
        partitions: 3,
        replicationFactor: 2,
        configs: { "retention.ms": "1" },
      },
    ]);
  });

  it("that is as wanted is left alone", () => {
    expect(diffTopic(wantedTopic(), currentTopic())).toEqual([]);
  });

  it("gets more partitions", () => {
    expect(diffTopic(wantedTopic({ partitions: { count: 6, isExplicit: true } }), currentTopic())).toEqual([
      { kind: "add-partitions", topic: NAME, from: 3, to: 6 },
    ]);
  });

  it("keeps more partitions than the default when nobody wrote a number", () => {
    const wanted = wantedTopic({ partitions: { count: 3, isExplicit: false } });
    expect(diffTopic(wanted, currentTopic({ partitions: 12 }))).toEqual([]);
  });

  it("cannot lose partitions, and the message says what to do", () => {
    const diff = (): unknown => diffTopic(wantedTopic(), currentTopic({ partitions: 12 }));
    expect(diff).toThrow(TerminalError);
    expect(diff).toThrow("set spec.partitions to 12 or more");
  });

  it("cannot change its replication factor, and the message says what to do", () => {
    const diff = (): unknown => diffTopic(wantedTopic({ replicationFactor: 3 }), currentTopic());
    expect(diff).toThrow("set spec.replicationFactor to 1 or leave it out");
  });

  it("keeps whatever replication factor it has when nobody wrote one", () => {
    expect(diffTopic(wantedTopic(), currentTopic({ replicationFactor: 3 }))).toEqual([]);
  });
});

describe("a topic's configs", () => {
  it("are set when they differ and go back to the default when the manifest names them no more", () => {
    const configs = [
      config("retention.ms", "1"),
      config("segment.ms", "2"),
      config("cleanup.policy", "compact"),
    ];
    const wanted = wantedTopic({
      configs: { "retention.ms": "9", "cleanup.policy": "compact" },
      formerConfigs: ["segment.ms", "cleanup.policy", "flush.ms"],
    });
    expect(diffTopic(wanted, currentTopic({ configs }))).toEqual([
      { kind: "alter-configs", topic: NAME, set: { "retention.ms": "9" }, unset: ["segment.ms"] },
    ]);
  });

  it("are set even when the broker's default happens to be equal", () => {
    const configs = [config("retention.ms", "9", { source: "inherited" })];
    const actions = diffTopic(wantedTopic({ configs: { "retention.ms": "9" } }), currentTopic({ configs }));
    expect(actions).toMatchObject([{ set: { "retention.ms": "9" }, unset: [] }]);
  });

  it("that are inherited are nobody's business", () => {
    const configs = [config("retention.ms", "9", { source: "inherited" })];
    expect(diffTopic(wantedTopic(), currentTopic({ configs }))).toEqual([]);
  });

  it("that the manifest never named are left alone: without cleanup.policy=compact or retention.ms=-1 records would go", () => {
    const configs = [
      config("cleanup.policy", "compact"),
      config("leader.replication.throttled.replicas", "0:1"),
    ];
    expect(diffTopic(wantedTopic(), currentTopic({ configs }))).toEqual([]);
  });

  it.each<[ConfigValueType, string, string]>([
    ["list", "compact, delete", "compact,delete"],
    ["boolean", "TRUE", "true"],
    ["integer", " +0100 ", "100"],
    ["text", " producer ", "producer"],
  ])("of type %s are compared by value: %j is %j", (valueType, written, answered) => {
    const configs = [config("key", answered, { valueType })];
    expect(diffTopic(wantedTopic({ configs: { key: written } }), currentTopic({ configs }))).toEqual([]);
  });
});

describe("what an action says of itself", () => {
  it.each<[TopicAction, string]>([
    [
      { kind: "create-topic", topic: NAME, partitions: 3, replicationFactor: undefined, configs: {} },
      'creating topic "shop.web-raw" with 3 partitions',
    ],
    [
      { kind: "add-partitions", topic: NAME, from: 1, to: 3 },
      'raising partitions of topic "shop.web-raw" from 1 to 3',
    ],
    [
      { kind: "alter-configs", topic: NAME, set: { "retention.ms": "9" }, unset: ["segment.ms"] },
      'changing configs of topic "shop.web-raw": retention.ms=9, segment.ms to the default',
    ],
  ])("%j", (action, text) => {
    expect(describeTopicAction(action)).toBe(text);
  });
});

describe("a topic's id", () => {
  it("is printed as Kafka's tools print it, and back", () => {
    const hex = "13e81f65-9260-4546-829f-c0b100d94b46";
    expect(topicIdFromHex(hex)).toBe("E-gfZZJgRUaCn8CxANlLRg");
    expect(topicIdToHex(topicIdFromHex(hex))).toBe(hex);
  });
});

describe("carrying out the difference", () => {
  const configNames = fc.constantFrom("a", "b", "c", "d");
  const anyWanted = fc.record({
    name: fc.constant(NAME),
    partitions: fc.record({ count: fc.integer({ min: 1, max: 9 }), isExplicit: fc.boolean() }),
    replicationFactor: fc.constantFrom(undefined, 1, 2),
    configs: fc.dictionary(configNames, fc.constantFrom("1", "2")),
    formerConfigs: fc.uniqueArray(configNames),
  });
  const anyCurrent = fc.record({
    name: fc.constant(NAME),
    id: fc.constant("id" as TopicId),
    partitions: fc.integer({ min: 1, max: 9 }),
    replicationFactor: fc.constantFrom(1, 2),
    configs: fc.uniqueArray(
      fc.record({
        name: configNames,
        value: fc.constantFrom("1", "2"),
        source: fc.constantFrom("topic" as const, "inherited" as const),
        valueType: fc.constant("text" as const),
      }),
      { selector: (one) => one.name },
    ),
  });

  it("leaves no difference, or is refused as impossible", () => {
    fc.assert(
      fc.property(anyWanted, fc.option(anyCurrent, { nil: undefined }), (wanted, current) => {
        let actions: readonly TopicAction[];
        try {
          actions = diffTopic(wanted, current);
        } catch (error) {
          expect(error).toMatchObject({ reason: "ImpossibleChange" });
          return;
        }
        expect(diffTopic(wanted, actions.reduce(carryOut, current))).toEqual([]);
      }),
    );
  });
});

/** What a broker would make of an action. */
function carryOut(topic: CurrentTopic | undefined, action: TopicAction): CurrentTopic {
  switch (action.kind) {
    case "create-topic":
      return currentTopic({
        partitions: action.partitions,
        replicationFactor: action.replicationFactor ?? 1,
        configs: Object.entries(action.configs).map(([name, value]) => config(name, value)),
      });
    case "add-partitions":
      return currentTopic({ ...topic, partitions: action.to });
    case "alter-configs": {
      const changed = new Set([...Object.keys(action.set), ...action.unset]);
      const kept = (topic?.configs ?? []).filter((one) => !changed.has(one.name));
      const set = Object.entries(action.set).map(([name, value]) => config(name, value));
      return currentTopic({ ...topic, configs: [...kept, ...set] });
    }
  }
}
