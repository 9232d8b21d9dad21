/** EventStreams on a real API server and a real Kafka; an independent client (kafkajs) looks at the topics. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigResourceTypes, Kafka, logLevel } from "kafkajs";
import type { Admin } from "kafkajs";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { dataPlatformKind, eventStreamKind } from "../../src/crds/kinds.ts";
import { startKafka } from "../support/engines.ts";
import { freePorts } from "../support/process.ts";
import { until } from "../../src/testing/until.ts";
import type { Address, SeenResource } from "./running-operator.ts";
import { platformSpec } from "../support/operator.ts";
import { RunningOperator, ready } from "./running-operator.ts";

const [A, B, ALIAS, DOWN, HALF] = [
  "streams-a",
  "streams-b",
  "streams-alias",
  "streams-down",
  "streams-half",
] as const;
const PLATFORM = { platformRef: { name: "main" } };

let operator: RunningOperator;
let admin: Admin;

beforeAll(async () => {
  operator = await RunningOperator.start([A, B, ALIAS, DOWN, HALF]);
  await operator.applyPlatform(A);
  await operator.applyPlatform(B);
  admin = adminOf(inject("engines").kafka.bootstrapServers);
  await admin.connect();
});
afterAll(async () => {
  await admin.disconnect();
  await operator.stop();
});

function adminOf(brokers: readonly string[]): Admin {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
}

function at(name: string, namespace: string = A): Address {
  return { namespace, name };
}

async function apply(name: string, spec: object = {}, namespace: string = A): Promise<void> {
  await operator.apply(eventStreamKind, at(name, namespace), { ...PLATFORM, ...spec });
}

async function partitionsOf(topic: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions.length ?? 0;
}

/** Configs that are set on the topic itself. */
async function configsOf(topic: string): Promise<Record<string, string>> {
  const type = ConfigResourceTypes.TOPIC;
  const answer = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type, name: topic }] });
  const entries = answer.resources[0]?.configEntries ?? [];
  const own = entries.filter((entry) => Number(entry.configSource) === 1);
  return Object.fromEntries(own.map((entry) => [entry.configName, entry.configValue]));
}

describe("a new stream", () => {
  it("gets a topic with partitions and configs, and says so", async () => {
    await apply("plain", {
      partitions: 2,
      retention: { time: "2h", size: "10Mi" },
      configs: { "cleanup.policy": "compact, delete" },
    });
    const stream = await operator.waitUntilReady(eventStreamKind, at("plain"));
    expect(stream.status).toMatchObject({
      topicName: "streams-a.plain",
      topicId: expect.stringMatching(/^[\w-]{22}$/) as string,
      partitions: 2,
      replicationFactor: 1,
    });
    expect(ready(stream)?.message).toBe('topic "streams-a.plain" has 2 partitions, each once');
    expect(await partitionsOf("streams-a.plain")).toBe(2);
    expect(await configsOf("streams-a.plain")).toEqual({
      "cleanup.policy": "compact,delete",
      "retention.ms": "7200000",
      "retention.bytes": "10485760",
    });
    await operator.waitForEvent(at("plain"), "Created", 'creating topic "streams-a.plain" with 2 partitions');
  });

  it("has three partitions when it asks for none, and no finalizer when it keeps its topic", async () => {
    await apply("defaults");
    const stream = await operator.waitUntilReady(eventStreamKind, at("defaults"));
    expect(stream.status).toMatchObject({ partitions: 3 });
    expect(stream.metadata.finalizers).toBeUndefined();
  });

  it("takes a topic that is there already, makes it what it says, and leaves what it does not speak of", async () => {
    const configEntries = [{ name: "cleanup.policy", value: "compact" }];
    await admin.createTopics({ topics: [{ topic: "adopted", numPartitions: 5, configEntries }] });
    await apply("adopter", { topicName: "adopted", partitions: 6, configs: { "compression.type": "zstd" } });
    const stream = await operator.waitUntilReady(eventStreamKind, at("adopter"));
    expect(stream.status).toMatchObject({ topicName: "adopted", partitions: 6 });
    expect(await configsOf("adopted")).toEqual({ "cleanup.policy": "compact", "compression.type": "zstd" });
    await operator.waitForEvent(at("adopter"), "Updated", "which stay: cleanup.policy=compact");
  });
});

describe("a change of the spec", () => {
  it("raises partitions, sets configs and takes back those that are no longer there", async () => {
    await apply("changing", {
      partitions: 1,
      retention: { time: "1h" },
      configs: { "segment.ms": "600000" },
    });
    await operator.waitUntilReady(eventStreamKind, at("changing"));
    await apply("changing", { partitions: 4, retention: { time: "3h" } });
    await operator.waitFor(eventStreamKind, at("changing"), (stream) => stream.status?.["partitions"] === 4);
    expect(await configsOf("streams-a.changing")).toEqual({ "retention.ms": "10800000" });
    await operator.waitForEvent(
      at("changing"),
      "Updated",
      "retention.ms=10800000, segment.ms to the default",
    );
  });

  it("that Kafka refuses is told in Kafka's words", async () => {
    await apply("invalid", { configs: { "cleanup.policy": "shred" } });
    const stream = await operator.waitForReason(eventStreamKind, at("invalid"), "InvalidSpec");
    expect(ready(stream)?.message).toContain("INVALID_CONFIG");
    expect(stream.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Stalled", status: "True" }),
    );
  });

  it("of which Kafka refuses a part is not begun, and partitions that never were can be taken back", async () => {
    await apply("halves", { partitions: 3 });
    await operator.waitUntilReady(eventStreamKind, at("halves"));
    await apply("halves", { partitions: 6, configs: { "cleanup.policy": "shred" } });
    const refused = await operator.waitForReason(eventStreamKind, at("halves"), "InvalidSpec");
    expect(ready(refused)?.message).toContain("INVALID_CONFIG");
    expect(refused.status).toMatchObject({ partitions: 3 });
    expect(await partitionsOf("streams-a.halves")).toBe(3);
    await apply("halves", { partitions: 4 });
    await operator.waitFor(eventStreamKind, at("halves"), (stream) => stream.status?.["partitions"] === 4);
    await expect(apply("halves", { partitions: 3 })).rejects.toThrow(
      "must not become fewer than the topic has",
    );
  });

  it("to fewer partitions than the topic has is impossible, and the message says what to do", async () => {
    await admin.createTopics({ topics: [{ topic: "wide", numPartitions: 5 }] });
    await apply("narrow", { topicName: "wide", partitions: 2 });
    const stream = await operator.waitForReason(eventStreamKind, at("narrow"), "ImpossibleChange");
    expect(ready(stream)?.message).toContain("set spec.partitions to 5 or more");
    expect(await partitionsOf("wide")).toBe(5);
  });
});

describe("what somebody changes by hand", () => {
  it("in the configs is put right, with an Event and the time", async () => {
    await apply("drifting", { retention: { time: "1h" } });
    await operator.waitUntilReady(eventStreamKind, at("drifting"));
    const configEntries = [{ name: "retention.ms", value: "1000" }];
    const resource = { type: ConfigResourceTypes.TOPIC, name: "streams-a.drifting", configEntries };
    await admin.alterConfigs({ validateOnly: false, resources: [resource] });
    const stream = await operator.waitFor(
      eventStreamKind,
      at("drifting"),
      (seen) => seen.status?.["driftCorrectedAt"] !== undefined,
    );
    expect(ready(stream)?.status).toBe("True");
    expect(await configsOf("streams-a.drifting")).toEqual({ "retention.ms": "3600000" });
    await operator.waitForEvent(at("drifting"), "DriftCorrected", "retention.ms=3600000");
  });

  it("by deleting the topic is undone with an empty topic of another id, and an Event says so", async () => {
    await apply("deleted");
    const before = await operator.waitUntilReady(eventStreamKind, at("deleted"));
    await admin.deleteTopics({ topics: ["streams-a.deleted"] });
    const after = await operator.waitFor(
      eventStreamKind,
      at("deleted"),
      (seen) => seen.status?.["topicId"] !== before.status?.["topicId"],
    );
    expect(after.status).toMatchObject({ partitions: 3, driftCorrectedAt: expect.any(String) as string });
    expect(await partitionsOf("streams-a.deleted")).toBe(3);
    await operator.waitForEvent(at("deleted"), "DriftCorrected", "was gone, with its records");
  });
});

describe("two streams that want one topic", () => {
  it("the older has it, the younger is told by whom, and gets it when the older goes", async () => {
    await apply("first", { topicName: "contested", partitions: 1 });
    await operator.waitUntilReady(eventStreamKind, at("first"));
    await apply("second", { topicName: "contested", partitions: 7, deletionPolicy: "Delete" }, B);
    const loser = await operator.waitForReason(eventStreamKind, at("second", B), "ResourceConflict");
    expect(loser.status).toMatchObject({ conflictsWith: "first" });
    expect(ready(loser)?.message).toContain('belongs to the older EventStream "streams-a/first"');
    expect(await partitionsOf("contested")).toBe(1);
    await operator.delete(eventStreamKind, at("first"));
    const winner = await operator.waitUntilReady(eventStreamKind, at("second", B));
    expect(winner.status).not.toHaveProperty("conflictsWith");
    expect(await partitionsOf("contested")).toBe(7);
  });

  it("deleting the one that does not have it leaves the topic alone", async () => {
    await apply("keeper", { topicName: "kept-by-owner" });
    await operator.waitUntilReady(eventStreamKind, at("keeper"));
    await apply("intruder", { topicName: "kept-by-owner", deletionPolicy: "Delete" }, B);
    await operator.waitForReason(eventStreamKind, at("intruder", B), "ResourceConflict");
    await operator.delete(eventStreamKind, at("intruder", B));
    await operator.waitUntilGone(eventStreamKind, at("intruder", B));
    expect(await admin.listTopics()).toContain("kept-by-owner");
  });
});

/** The API server counts age in whole seconds: what is made after this is younger. */
async function untilOlder({ metadata }: SeenResource): Promise<void> {
  const end = Date.parse(metadata.creationTimestamp) + 1000;
  await until(
    () => Date.now() >= end,
    () => "the clock stands still",
  );
}

describe("two streams that want one topic through two addresses of one Kafka", () => {
  const spelled = (host: string): { kafka: { bootstrapServers: string[] } } => ({
    kafka: {
      bootstrapServers: inject("engines").kafka.bootstrapServers.map((server) =>
        server.replace(/^[^:]+/, host),
      ),
    },
  });

  it("have one owner, also while one of the addresses leads nowhere; the other is woken when it leads somewhere", async () => {
    const [port = 0] = await freePorts(1);
    await operator.applyPlatform(ALIAS, { kafka: { bootstrapServers: [`127.0.0.1:${port}`] } });
    await apply("first", { topicName: "spelled", partitions: 2 }, ALIAS);
    const first = await operator.waitForReason(eventStreamKind, at("first", ALIAS), "KafkaUnreachable");
    await untilOlder(first);
    await apply("second-spelling", { topicName: "spelled", partitions: 5 });
    const waiting = await operator.waitForReason(eventStreamKind, at("second-spelling"), "ResourceConflict");
    expect(ready(waiting)?.message).toContain("it is not known whether");
    expect(await admin.listTopics()).not.toContain("spelled");
    await operator.applyPlatform(ALIAS, spelled("localhost"));
    await operator.waitUntilReady(eventStreamKind, at("first", ALIAS));
    const loser = await operator.waitFor(
      eventStreamKind,
      at("second-spelling"),
      (seen) => seen.status?.["conflictsWith"] === "first",
    );
    expect(ready(loser)?.message).toContain('belongs to the older EventStream "streams-alias/first"');
    expect(await partitionsOf("spelled")).toBe(2);
  });

  it("deleting the one that has it leaves the records to the other", async () => {
    await operator.applyPlatform(ALIAS, spelled("localhost"));
    await apply("owner", { topicName: "handed-over", deletionPolicy: "Delete" }, ALIAS);
    const owner = await operator.waitUntilReady(eventStreamKind, at("owner", ALIAS));
    await untilOlder(owner);
    await apply("heir", { topicName: "handed-over", deletionPolicy: "Delete" });
    await operator.waitForReason(eventStreamKind, at("heir"), "ResourceConflict");
    await operator.delete(eventStreamKind, at("owner", ALIAS));
    await operator.waitForEvent(
      at("owner", ALIAS),
      "CleanupAbandoned",
      'EventStream "streams-a/heir" claims it too',
    );
    const heir = await operator.waitUntilReady(eventStreamKind, at("heir"));
    expect(heir.status?.["topicId"]).toBe(owner.status?.["topicId"]);
    await operator.delete(eventStreamKind, at("heir"));
    await operator.waitUntilGone(eventStreamKind, at("heir"));
    expect(await admin.listTopics()).not.toContain("handed-over");
  });
});

describe("a topic of Kafka itself", () => {
  it("is refused by the API server, and is left as it is where the brokers alone know", async () => {
    await expect(apply("offsets", { topicName: "__consumer_offsets" })).rejects.toThrow("Kafka or its tools");
  });
});

describe("deleting a stream", () => {
  it("keeps the topic", async () => {
    await apply("retained");
    await operator.waitUntilReady(eventStreamKind, at("retained"));
    await operator.delete(eventStreamKind, at("retained"));
    await operator.waitUntilGone(eventStreamKind, at("retained"));
    expect(await admin.listTopics()).toContain("streams-a.retained");
  });

  it("deletes the topic when deletionPolicy says so", async () => {
    await apply("removed", { deletionPolicy: "Delete" });
    await operator.waitUntilReady(eventStreamKind, at("removed"));
    await operator.delete(eventStreamKind, at("removed"));
    await operator.waitUntilGone(eventStreamKind, at("removed"));
    expect(await admin.listTopics()).not.toContain("streams-a.removed");
  });
});

describe("when nothing changes", () => {
  it("nothing is written", async () => {
    await apply("quiet", { configs: { "cleanup.policy": "compact, delete" } });
    const before = await operator.waitUntilReady(eventStreamKind, at("quiet"));
    const passes = (): number =>
      operator.logged.filter((line) => line.includes('"quiet"') && line.includes("Pass done")).length;
    const done = passes();
    await expect.poll(passes, { timeout: 20_000 }).toBeGreaterThan(done + 2);
    const after = await operator.get(eventStreamKind, at("quiet"));
    expect(after?.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });
});

describe("a Kafka that is down", () => {
  it("means waiting, and the stream recovers by itself when Kafka comes back", async () => {
    const directory = await mkdtemp(join(tmpdir(), "openclickstream-kafka-down-"));
    const [port = 0] = await freePorts(1);
    await operator.applyPlatform(DOWN, { kafka: { bootstrapServers: [`127.0.0.1:${port}`] } });
    await apply("waiting", {}, DOWN);
    const waiting = await operator.waitForReason(eventStreamKind, at("waiting", DOWN), "KafkaUnreachable");
    expect(ready(waiting)?.message).toContain(`127.0.0.1:${port} is unreachable: connect ECONNREFUSED`);
    const kafka = await startKafka({ directory, port });
    try {
      await operator.waitUntilReady(eventStreamKind, at("waiting", DOWN));
    } finally {
      await kafka.stop();
      await rm(directory, { recursive: true, force: true });
    }
    const again = await operator.waitForReason(eventStreamKind, at("waiting", DOWN), "KafkaUnreachable");
    // What was known stays, so that a person still sees which topic it is.
    expect(again.status).toMatchObject({ topicName: "streams-down.waiting", partitions: 3 });
  });
});

describe("a platform without the Secret of its object store", () => {
  it("gets its topics all the same", async () => {
    await operator.apply(dataPlatformKind, at("main", HALF), platformSpec(inject("engines")));
    await operator.waitForReason(dataPlatformKind, at("main", HALF), "SecretNotFound");
    await apply("raw", {}, HALF);
    const stream = await operator.waitUntilReady(eventStreamKind, at("raw", HALF));
    expect(stream.status).toMatchObject({ topicName: "streams-half.raw", partitions: 3 });
    // The broker that is asked may hear of a new topic a little later than the controller that made it.
    const partitions = (): Promise<number> => partitionsOf("streams-half.raw").catch(() => 0);
    await expect.poll(partitions, { timeout: 20_000 }).toBe(3);
  });
});
