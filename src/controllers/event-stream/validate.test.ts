import { describe, expect, it } from "vitest";
import type { DataPlatform, EventStream } from "../../crds/kinds.ts";
import type { TopicName } from "../../naming/topics.ts";
import type { TopicId } from "../../targets/kafka/topic.ts";
import { NAMESPACE, PLATFORM, PRESENT, describeError } from "../../testing/systems.ts";
import { readerOf } from "../../testing/object-reader.ts";
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
  system: "A",
  platform: PRESENT,
  thing: { state: "known", value: undefined },
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

  it.each([
    ["7d", "604800000"],
    ["1d12h", "129600000"],
    ["Unlimited", "-1"],
  ])("keeps records for %s", (time, expected) => {
    const { configs } = validateStream(stream({ retention: { time } }), OBSERVED).wanted;
    expect(configs).toEqual({ "retention.ms": expected });
  });

  it("takes back only what it had set, and only from the topic that it had set it on", () => {
    const resource = { ...stream(), status: { topicId: "own", configs: ["segment.ms"] } };
    const topic = (id: string): ObservedStream["thing"] => {
      const shape = { name: "shop.raw" as TopicName, partitions: 3, replicationFactor: 1, configs: [] };
      return { state: "known", value: { ...shape, id: id as TopicId } };
    };
    const former = (id: string): readonly string[] =>
      validateStream(resource, { ...OBSERVED, thing: topic(id) }).wanted.formerConfigs;
    expect(former("own")).toEqual(["segment.ms"]);
    expect(former("foreign")).toEqual([]);
  });

  it("whose topic an older stream has is refused, before anything else is asked for", () => {
    const older = { resource: stream({}, { name: "first", namespace: "other" }), isCertain: true };
    const platform = { state: "absent", key: PRESENT.key } as const;
    expect(refusal(stream(), { older, platform })).toMatchObject({
      class: "terminal",
      reason: "ResourceConflict",
      message:
        'topic "shop.raw" belongs to the older EventStream "other/first"; delete this EventStream, which leaves it and its records as they are, or make another one with another topicName',
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
    expect(() => validateStream(stream(), { ...OBSERVED, thing: { state: "unknown", error } })).toThrow(
      error,
    );
  });
});

describe("rivals for a topic", () => {
  const own = stream();
  const otherwise = (namespace: string, status?: EventStream["status"]): EventStream => ({
    ...stream({ topicName: "shop.raw" }, { uid: "v", namespace }),
    ...(status && { status }),
  });

  it.each<[string, EventStream, "certain" | "possible" | undefined]>([
    ["a stream of the same platform", stream({ topicName: "shop.raw" }, { uid: "v", name: "x" }), "certain"],
    ["a stream of a platform with a server in common", otherwise("near"), "certain"],
    ["a stream of a platform with another address of this cluster", otherwise("alias"), "certain"],
    ["the stream itself", own, undefined],
    ["another topic", stream({ topicName: "other" }, { uid: "v", name: "x" }), undefined],
    ["a stream of another cluster", otherwise("far"), undefined],
    ["one of another cluster at an address that was once this one's", otherwise("moved"), undefined],
    [
      "one that has its topic here, though its platform leads elsewhere now",
      otherwise("far", { clusterId: "A" }),
      "certain",
    ],
    [
      "one that has this very topic, whatever its cluster is called",
      otherwise("far", { topicId: "1" }),
      "certain",
    ],
    ["a stream whose Kafka has not said yet which it is", otherwise("new"), "possible"],
    ["a stream whose platform nobody knows", otherwise("nowhere"), "possible"],
    [
      "one whose platform is gone, known to be elsewhere",
      otherwise("nowhere", { clusterId: "B" }),
      undefined,
    ],
  ])("%s: %s", (_case, other, expected) => {
    const at = (namespace: string, servers: string[], identity?: string): DataPlatform => ({
      ...platformAt(...servers),
      metadata: { namespace, name: "main" },
      status: { components: [{ name: "Kafka", reachable: true, ...(identity && { identity }) }] },
    });
    const cache = readerOf(
      own,
      other,
      at("near", ["also:9092", "kafka:9092"]),
      at("alias", ["alias:9092"], "A"),
      at("far", ["far:9092"], "B"),
      at("moved", ["kafka:9092"], "B"),
      at("new", ["new:9092"]),
    );
    const rivals = rivalsOf(TOPIC_CLAIM, own, { platform: PRESENT, system: "A", id: "1", cache });
    const isCertain = expected === "certain";
    expect(rivals).toEqual(expected === undefined ? [] : [{ resource: other, isCertain }]);
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
    expect(streamStatus({ resource: before, observed: { ...OBSERVED, thing: topic }, now }).status).toEqual(
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
    const observed = { ...OBSERVED, older: { resource: stream({}, { name: "first" }), isCertain: true } };
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
