import { describe, expect, it } from "vitest";
import type { DataPlatform, EventStream } from "../../crds/kinds.ts";
import type { TopicName } from "../../naming/topics.ts";
import type { TopicId } from "../../targets/kafka/topic.ts";
import { NAMESPACE, PLATFORM, PRESENT, describeError } from "../../testing/systems.ts";
import { rivalsOf } from "../claims/rivals.ts";
import { TOPIC_CLAIM } from "./claim.ts";
import type { ObservedStream } from "./observe.ts";
import { streamStatus } from "./status.ts";
import { validateStream } from "./validate.ts";

function stream(spec: Partial<EventStream["spec"]> = {}, metadata: object = {}): EventStream {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "EventStream",
    metadata: { namespace: NAMESPACE, name: "raw", uid: "u", generation: 1, ...metadata },
    spec: { platformRef: { name: "main" }, ...spec },
  };
}

const OBSERVED: ObservedStream = {
  older: undefined,
  platform: PRESENT,
  topic: { state: "known", value: undefined },
};

describe("a stream's manifest", () => {
  it("is resolved with all defaults", () => {
    expect(validateStream(stream(), OBSERVED).wanted).toEqual({
      name: "shop.raw",
      partitions: { count: 3, isExplicit: false },
      replicationFactor: undefined,
      configs: {},
      formerConfigs: [],
    });
  });

  it("says retention in Kafka's words", () => {
    const spec = { retention: { time: "1h30m", size: "10Gi" }, configs: { "segment.ms": "1" } };
    expect(validateStream(stream(spec), OBSERVED).wanted.configs).toEqual({
      "segment.ms": "1",
      "retention.ms": "5400000",
      "retention.bytes": "10737418240",
    });
  });

  it("takes back only what it had set, and only from the topic that it had set it on", () => {
    const resource = { ...stream(), status: { topicId: "own", configs: ["segment.ms"] } };
    const topic = (id: string): ObservedStream["topic"] => {
      const shape = { name: "shop.raw" as TopicName, partitions: 3, replicationFactor: 1, configs: [] };
      return { state: "known", value: { ...shape, id: id as TopicId } };
    };
    const former = (id: string): readonly string[] =>
      validateStream(resource, { ...OBSERVED, topic: topic(id) }).wanted.formerConfigs;
    expect(former("own")).toEqual(["segment.ms"]);
    expect(former("foreign")).toEqual([]);
  });

  it("whose topic an older stream has is refused, before anything else is asked for", () => {
    const older = stream({}, { name: "first", namespace: "other" });
    const platform = { state: "absent", key: PRESENT.key } as const;
    expect(refusal(stream(), { older, platform })).toMatchObject({
      class: "terminal",
      reason: "ResourceConflict",
      message:
        'topic "shop.raw" belongs to the older EventStream "other/first"; give one of them another topicName, or delete one',
    });
  });

  it("waits for its platform", () => {
    const platform = { state: "absent", key: PRESENT.key } as const;
    expect(refusal(stream(), { platform })).toEqual({
      class: "waiting",
      reason: "PlatformNotFound",
      message: 'DataPlatform "main" does not exist in namespace "shop"',
    });
  });

  it("waits for the Secret of its Kafka", () => {
    const kafka = { ...PRESENT.spec.kafka, tls: { caSecretRef: { name: "authorities" } } };
    const platform = { ...PRESENT, spec: { ...PRESENT.spec, kafka } };
    expect(refusal(stream(), { platform })).toEqual({
      class: "waiting",
      reason: "SecretNotFound",
      message: 'Secret "authorities" does not exist',
    });
  });

  it("does not wait for the Secret of a system that it has nothing to do with", () => {
    const platform = { ...PRESENT, secrets: new Map() };
    expect(validateStream(stream(), { ...OBSERVED, platform }).wanted.name).toBe("shop.raw");
  });

  it("waits while the topic cannot be read: unknown is never absent", () => {
    const error = new Error("no answer");
    expect(() => validateStream(stream(), { ...OBSERVED, topic: { state: "unknown", error } })).toThrow(
      error,
    );
  });
});

describe("rivals for a topic", () => {
  const own = stream();
  const named = { topicName: "shop.raw" };

  it.each([
    ["a stream of the same platform with that name", stream(named, { uid: "v", name: "x" }), true],
    ["a stream of a platform with a server in common", stream(named, { uid: "v", namespace: "near" }), true],
    ["the stream itself", stream(), false],
    ["another topic", stream({ topicName: "other" }, { uid: "v" }), false],
    ["a stream of another cluster", stream(named, { uid: "v", namespace: "far" }), false],
    [
      "a stream whose platform nobody knows: it may be the same cluster",
      stream(named, { uid: "v", namespace: "nowhere" }),
      true,
    ],
  ])("%s: %o", (_case, other, isRival) => {
    const platforms = new Map([
      [NAMESPACE, PLATFORM],
      ["near", platformAt("also:9092", "kafka:9092")],
      ["far", platformAt("far:9092")],
    ]);
    const platformOf = (one: EventStream): DataPlatform | undefined =>
      platforms.get(one.metadata.namespace ?? "");
    const rivals = rivalsOf(TOPIC_CLAIM, own, {
      platform: PRESENT.spec,
      namesakes: [own, other],
      platformOf,
    });
    expect(rivals).toEqual(isRival ? [other] : []);
  });
});

describe("a stream's status", () => {
  const before: EventStream = {
    ...stream(),
    status: {
      topicName: "shop.raw",
      topicId: "seen",
      partitions: 3,
      replicationFactor: 1,
      driftCorrectedAt: "then",
    },
  };
  const now = new Date("2026-01-02T00:00:00.7Z");

  it("keeps what was seen while Kafka cannot be asked", () => {
    const topic = { state: "unknown", error: new Error("down") } as const;
    expect(streamStatus({ resource: before, observed: { ...OBSERVED, topic }, now }).status).toEqual(
      before.status,
    );
  });

  it("remembers only the id of a topic that is gone", () => {
    expect(streamStatus({ resource: before, observed: OBSERVED, now }).status).toEqual({
      topicName: "shop.raw",
      topicId: "seen",
      driftCorrectedAt: "then",
    });
  });

  it("shows nothing of a topic that an older stream has", () => {
    const observed = { ...OBSERVED, older: stream({}, { name: "first" }) };
    expect(streamStatus({ resource: before, observed, now }).status).toEqual({
      topicName: "shop.raw",
      conflictsWith: "first",
      driftCorrectedAt: "then",
    });
  });

  it("before anything was seen has only the name", () => {
    expect(streamStatus({ resource: stream(), now }).status).toEqual({ topicName: "shop.raw" });
  });
});

function platformAt(...bootstrapServers: string[]): DataPlatform {
  return { ...PLATFORM, spec: { ...PLATFORM.spec, kafka: { bootstrapServers } } };
}

function refusal(resource: EventStream, observed: Partial<ObservedStream>): unknown {
  try {
    return validateStream(resource, { ...OBSERVED, ...observed });
  } catch (error) {
    return describeError(error);
  }
}
