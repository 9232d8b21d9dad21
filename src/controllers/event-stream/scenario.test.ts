/** Whole passes over EventStreams, with the faults that break controllers: crashes, lost answers, stale reads, drift, rivals. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataPlatformKind } from "../../crds/kinds.ts";
import type { TopicName } from "../../naming/topics.ts";
import type { KubernetesObject } from "../../api/objects.ts";
import type { TopicId } from "../../targets/kafka/topic.ts";
import { TerminalError } from "../../runtime/errors.ts";
import { SECRET_TYPE } from "../../platform/secret-reader.ts";
import { Scenario } from "../../testing/scenario.ts";
import { PLATFORM, topicConfig } from "../../testing/systems.ts";
import { createEventStreamController } from "./controller.ts";

const TOPIC = "shop.raw" as TopicName;
const FAR = { spec: { kafka: { bootstrapServers: ["other:9092"] } } };
const SPEC = { platformRef: { name: "main" }, partitions: 3, retention: { time: "1h" } };

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.start(createEventStreamController);
});
afterEach(async () => {
  await scenario.stop();
});

function change(changes: Partial<{ id: string; partitions: number; configs: Record<string, string> }>): void {
  const topic = scenario.kafka.topics.get(TOPIC);
  if (topic === undefined) throw new Error("there is no topic");
  const configs =
    changes.configs && Object.entries(changes.configs).map(([name, value]) => topicConfig(name, value));
  scenario.kafka.topics.set(TOPIC, {
    ...topic,
    ...(changes.id !== undefined && { id: changes.id as TopicId }),
    ...(changes.partitions !== undefined && { partitions: changes.partitions }),
    ...(configs && { configs }),
  });
}

describe("the first pass", () => {
  it("makes the topic, says so once, and the second does nothing", async () => {
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toBe('Ready=True Succeeded: topic "shop.raw" has 3 partitions, each once');
    expect(scenario.status("raw")).toMatchObject({ topicName: TOPIC, topicId: "topic-1", partitions: 3 });
    expect(scenario.events()).toEqual(['Normal Created: done: creating topic "shop.raw" with 3 partitions']);
    const writes = scenario.api.writes.length;
    await scenario.pass("raw");
    expect(scenario.api.writes).toHaveLength(writes);
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });
});

describe("many streams of one platform", () => {
  it("cost one reading of its Secret every ten seconds", async () => {
    const names = Array.from({ length: 20 }, (_, nth) => `raw-${nth}`);
    for (const name of names) scenario.putResource(name, SPEC);
    const readings = (): number =>
      scenario.api.requests.filter(({ collection }) => collection === "v1/secrets").length;
    for (const name of names) await scenario.pass(name);
    expect(readings()).toBe(1);
    scenario.wait(10);
    for (const name of names) await scenario.pass(name);
    expect(readings()).toBe(2);
  });
});

describe("a platform that lacks a Secret", () => {
  it("of the object store gets its topics all the same", async () => {
    scenario.delete(SECRET_TYPE, "s3");
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain("Ready=True");
  });

  it("of Kafka gets them as soon as it is there", async () => {
    const kafka = { ...PLATFORM.spec.kafka, tls: { caSecretRef: { name: "authorities" } } };
    scenario.put(dataPlatformKind, { ...PLATFORM, ...{ spec: { ...PLATFORM.spec, kafka } } });
    scenario.putResource("raw", SPEC);
    expect(await scenario.pass("raw")).toEqual({ kind: "after", seconds: 10 });
    expect(scenario.ready("raw")).toBe('Ready=False SecretNotFound: Secret "authorities" does not exist');
    scenario.putSecret("authorities", { "ca.crt": "-----BEGIN CERTIFICATE-----" });
    scenario.wait(10);
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain("Ready=True");
  });
});

describe("a topic that is there already", () => {
  it("keeps its configs, in the second pass too; what the manifest sets and then leaves out is taken back", async () => {
    const configs = [topicConfig("cleanup.policy", "compact"), topicConfig("max.message.bytes", "9")];
    scenario.kafka.topics.set(TOPIC, {
      ...{ name: TOPIC, id: "foreign" as TopicId, partitions: 3, replicationFactor: 1 },
      configs,
    });
    scenario.putResource("raw", { ...SPEC, configs: { "segment.ms": "1" } });
    await scenario.pass("raw");
    await scenario.pass("raw");
    expect(scenario.status("raw")).toMatchObject({ configs: ["retention.ms", "segment.ms"] });
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    expect(scenario.kafka.topics.get(TOPIC)?.configs).toEqual([
      ...configs,
      topicConfig("retention.ms", "3600000"),
    ]);
    expect(scenario.events()).toContain(
      'Normal Updated: took over topic "shop.raw" with configs that the manifest does not name, which stay: ' +
        "cleanup.policy=compact, max.message.bytes=9",
    );
  });
});

describe("a lost answer", () => {
  it.each(["before", "after"] as const)(
    "(the request took no effect %s it) leads to the same end",
    async (outage) => {
      let isFirst = true;
      scenario.kafka.outage = () => {
        const result = isFirst ? outage : undefined;
        isFirst = false;
        return result;
      };
      scenario.putResource("raw", SPEC);
      await scenario.pass("raw");
      expect(scenario.ready("raw")).toContain("Ready=False KafkaUnreachable");
      expect(await scenario.passUntilReady("raw")).toBe(1);
      expect(scenario.kafka.writes).toEqual(["create-topic"]);
      expect(scenario.status("raw")).not.toHaveProperty("driftCorrectedAt");
    },
  );

  it("between two actions leaves the rest to the next pass", async () => {
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    scenario.putResource("raw", { ...SPEC, partitions: 6, configs: { "segment.ms": "1" } });
    let asked = 0;
    scenario.kafka.outage = () => {
      asked += 1;
      return asked === 2 ? "before" : undefined;
    };
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain("Ready=False");
    expect(scenario.status("raw")).toMatchObject({ partitions: 6, configs: ["retention.ms"] });
    expect(await scenario.passUntilReady("raw")).toBe(1);
    expect(scenario.kafka.writes).toEqual(["create-topic", "add-partitions", "alter-configs"]);
    expect(scenario.status("raw")).toMatchObject({ partitions: 6 });
    expect(scenario.status("raw")).not.toHaveProperty("driftCorrectedAt");
  });
});

describe("two changes of which Kafka refuses one", () => {
  it("are both left, the status shows what is, and partitions that never were can be taken back", async () => {
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    scenario.kafka.refusal = ({ kind }) =>
      kind === "alter-configs" ? new TerminalError("InvalidSpec", "INVALID_CONFIG") : undefined;
    scenario.putResource("raw", { ...SPEC, partitions: 6, configs: { "cleanup.policy": "shred" } });
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toBe("Ready=False InvalidSpec: INVALID_CONFIG");
    expect(scenario.status("raw")).toMatchObject({ partitions: 3 });
    scenario.putResource("raw", SPEC);
    expect(await scenario.passUntilReady("raw")).toBe(1);
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });

  it("does not make a foreign topic the stream's own by the half that was done", async () => {
    const shape = { name: TOPIC, partitions: 1, replicationFactor: 1, configs: [] };
    scenario.kafka.topics.set(TOPIC, { ...shape, id: "foreign" as TopicId });
    let asked = 0;
    scenario.kafka.outage = () => {
      asked += 1;
      return asked === 2 ? "before" : undefined;
    };
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    expect(scenario.status("raw")).toMatchObject({ partitions: 3 });
    expect(scenario.status("raw")).not.toHaveProperty("topicId");
  });
});

describe("a crash between the topic and the status", () => {
  it("leads to the same end, without taking the own topic for drift", async () => {
    scenario.api.intercept = (request) =>
      request.subresource === "status" ? { kind: "status", status: 500 } : undefined;
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toBe("not judged");
    scenario.api.intercept = () => undefined;
    expect(await scenario.passUntilReady("raw")).toBe(1);
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
    expect(scenario.events().filter((event) => event.startsWith("Warning"))).toEqual([]);
  });
});

describe("a change by hand", () => {
  beforeEach(async () => {
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    scenario.now = new Date("2026-01-02T00:00:00Z");
  });

  it("of a config is undone, once, with an Event and the time", async () => {
    change({ configs: { "retention.ms": "1" } });
    await scenario.pass("raw");
    await scenario.pass("raw");
    expect(scenario.kafka.writes).toEqual(["create-topic", "alter-configs"]);
    expect(scenario.status("raw")).toMatchObject({ driftCorrectedAt: "2026-01-02T00:00:00Z" });
    expect(scenario.events().filter((event) => event.startsWith("Warning DriftCorrected"))).toHaveLength(1);
  });

  it("that only shows by the id is told, and the topic is kept", async () => {
    change({ id: "foreign" });
    await scenario.pass("raw");
    await scenario.pass("raw");
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
    expect(scenario.status("raw")).toMatchObject({ topicId: "foreign" });
    expect(scenario.events().filter((event) => event.startsWith("Warning Recreated"))).toHaveLength(1);
  });

  it("that Kafka cannot undo stalls", async () => {
    change({ partitions: 9 });
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain("Ready=False ImpossibleChange");
    expect(scenario.status("raw")).toMatchObject({ partitions: 9 });
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });

  it("of a topic that cannot be read is not guessed at: unknown is never absent", async () => {
    scenario.kafka.isDown = true;
    const next = await scenario.pass("raw");
    expect(next).toEqual({ kind: "after", seconds: 10 });
    expect(scenario.ready("raw")).toContain("Ready=False KafkaUnreachable");
    expect(scenario.status("raw")).toMatchObject({ topicId: "topic-1", partitions: 3 });
    scenario.kafka.isDown = false;
    expect(await scenario.passUntilReady("raw")).toBe(1);
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });
});

describe("a process that was frozen between its read and its write", () => {
  it("writes nothing when it goes on: another one may lead by now", async () => {
    const read = scenario.kafka.readTopic.bind(scenario.kafka);
    scenario.kafka.readTopic = async (name) => {
      const topic = await read(name);
      scenario.leadership.isLeading = false;
      return topic;
    };
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    expect(scenario.kafka.writes).toEqual([]);
  });
});

describe("a paused stream", () => {
  it("is not repaired", async () => {
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    scenario.putResource("raw", SPEC, { annotations: { "openclickstream.io/paused": "true" } });
    change({ configs: {} });
    await scenario.pass("raw");
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
    expect(scenario.ready("raw")).toContain(
      "Ready=False Paused: the spec is not in effect, as the resource is paused; left to do: ",
    );
    expect(scenario.condition("raw", "Paused")).toContain("Paused=True");
    scenario.kafka.isDown = true;
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain("Ready=False KafkaUnreachable");
  });
});

describe("deleting", () => {
  it("with Delete deletes the topic by its id, then lets the resource go", async () => {
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    expect(scenario.resource("raw")?.metadata.finalizers).toEqual(["openclickstream.io/eventstream"]);
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.kafka.topics.size).toBe(0);
    expect(scenario.resource("raw")).toBeUndefined();
  });

  it("waits for a Kafka that is down", async () => {
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    scenario.deleteResource("raw");
    scenario.kafka.isDown = true;
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain("deletion waits: Kafka at kafka:9092 is unreachable");
    scenario.kafka.isDown = false;
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic", "delete"]);
  });

  it("with a policy that became Retain meanwhile keeps the topic", async () => {
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Retain" });
    await scenario.pass("raw");
    expect(scenario.resource("raw")?.metadata.finalizers ?? []).toEqual([]);
    scenario.deleteResource("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.topics.size).toBe(1);
  });

  it("after the platform is gone uses what is remembered of it", async () => {
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    scenario.delete(dataPlatformKind, "main");
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic", "delete"]);
  });

  it("after the Secrets of Kafka are gone too uses what is remembered of them", async () => {
    const kafka = { ...PLATFORM.spec.kafka, tls: { caSecretRef: { name: "authorities" } } };
    scenario.put(dataPlatformKind, { ...PLATFORM, ...{ spec: { ...PLATFORM.spec, kafka } } });
    scenario.putSecret("authorities", { "ca.crt": "-----BEGIN CERTIFICATE-----" });
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    scenario.delete(SECRET_TYPE, "authorities");
    scenario.wait(20);
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic", "delete"]);
  });

  it("when nobody remembers the platform waits in a namespace that stays, and goes on in one that ends", async () => {
    const forgetful = await Scenario.start(createEventStreamController);
    try {
      const finalizers = ["openclickstream.io/eventstream"];
      forgetful.putResource("raw", { ...SPEC, deletionPolicy: "Delete" }, { finalizers });
      forgetful.putStatus("raw", { topicId: "topic-1" });
      forgetful.delete(dataPlatformKind, "main");
      forgetful.deleteResource("raw");
      await forgetful.pass("raw");
      expect(forgetful.ready("raw")).toContain('deletion waits: DataPlatform "main" does not exist');
      forgetful.terminateNamespace();
      await forgetful.pass("raw");
      expect(forgetful.resource("raw")).toBeUndefined();
      expect(forgetful.events().at(-1)).toContain('Warning CleanupAbandoned: topic "shop.raw" was left');
    } finally {
      await forgetful.stop();
    }
  });
});

describe("a cleanup that is given up in a namespace that ends", () => {
  it("names the topic in an Event where the operator runs, which outlives the namespace", async () => {
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    scenario.kafka.isDown = true;
    scenario.now = new Date();
    scenario.deleteResource("raw");
    scenario.terminateNamespace();
    scenario.wait(61);
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.eventsAtHome()).toEqual([
      'Warning CleanupAbandoned: EventStream "shop/raw": gave up cleaning up, as the namespace is being deleted; ' +
        'topic "shop.raw" (id topic-1, Kafka cluster fake) with its records was left: Kafka at kafka:9092 is unreachable: down',
    ]);
  });

  it("is told there also when nobody knows the platform any more", async () => {
    const finalizers = ["openclickstream.io/eventstream"];
    scenario.delete(dataPlatformKind, "main");
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" }, { finalizers });
    scenario.putStatus("raw", { topicId: "topic-1" });
    scenario.deleteResource("raw");
    scenario.terminateNamespace();
    await scenario.pass("raw");
    expect(scenario.eventsAtHome()).toEqual([
      'Warning CleanupAbandoned: EventStream "shop/raw": topic "shop.raw" was left: DataPlatform "main" is gone, and with it the way to Kafka',
    ]);
  });
});

describe("deleting with Delete a stream that does not have the topic", () => {
  const spec = { ...SPEC, deletionPolicy: "Delete" };

  it("leaves a foreign one that the manifest never fitted", async () => {
    const configs = [topicConfig("cleanup.policy", "compact")];
    const foreign = { name: TOPIC, id: "foreign" as TopicId, partitions: 12, replicationFactor: 1, configs };
    scenario.kafka.topics.set(TOPIC, foreign);
    scenario.putResource("raw", spec);
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain("Ready=False ImpossibleChange");
    expect(scenario.status("raw")).toMatchObject({ partitions: 12 });
    expect(scenario.status("raw")).not.toHaveProperty("topicId");
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.topics.get(TOPIC)).toEqual(foreign);
  });

  it("leaves that of an older stream which went before", async () => {
    scenario.putResource("first", { ...SPEC, topicName: "contested" });
    await scenario.pass("first");
    scenario.putResource("second", { ...spec, topicName: "contested" });
    await scenario.pass("second");
    scenario.deleteResource("first");
    scenario.deleteResource("second");
    await scenario.pass("second");
    expect(scenario.resource("second")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });

  it("leaves a namesake of the one that it had", async () => {
    scenario.putResource("raw", spec);
    await scenario.pass("raw");
    change({ id: "foreign" });
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });

  it("leaves one that was made in a pass whose status was lost, rather than guess whose it is", async () => {
    scenario.api.intercept = (request) =>
      request.subresource === "status" ? { kind: "status", status: 500 } : undefined;
    scenario.putResource("raw", spec);
    await scenario.pass("raw");
    scenario.api.intercept = () => undefined;
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });

  it("does not wait for a platform that never was", async () => {
    scenario.delete(dataPlatformKind, "main");
    scenario.putResource("raw", spec);
    await scenario.pass("raw");
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
  });
});

describe("two streams that want one topic", () => {
  const claim = { ...SPEC, topicName: "contested" };

  it("the one that has it keeps it; the other one touches nothing, not even when it is deleted", async () => {
    scenario.putResource("first", claim);
    await scenario.pass("first");
    scenario.putResource("second", { ...claim, partitions: 9, deletionPolicy: "Delete" });
    await scenario.pass("second");
    await scenario.pass("first");
    expect(scenario.ready("second")).toContain(
      'Ready=False ResourceConflict: topic "contested" belongs to the older EventStream "shop/first"',
    );
    expect(scenario.status("second")).toMatchObject({ conflictsWith: "first" });
    expect(scenario.ready("first")).toContain("Ready=True");
    scenario.deleteResource("second");
    await scenario.pass("second");
    expect(scenario.resource("second")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });

  describe("of two namespaces with one cluster", () => {
    const platform = (namespace: string): KubernetesObject => ({
      ...PLATFORM,
      metadata: { namespace, name: "main" },
    });

    beforeEach(async () => {
      scenario.put(dataPlatformKind, platform("elsewhere"));
      scenario.putResource("first", claim, { namespace: "elsewhere" });
      scenario.putResource("first", claim, {
        namespace: "elsewhere",
        creationTimestamp: "2020-01-01T00:00:00Z",
      });
    });

    it("the younger does not take the topic over while the platform of the older is away", async () => {
      scenario.delete(dataPlatformKind, "main", "elsewhere");
      scenario.putResource("second", { ...claim, partitions: 9 });
      await scenario.pass("second");
      expect(scenario.ready("second")).toContain("Ready=False ResourceConflict");
      expect(scenario.kafka.writes).toEqual([]);
    });

    it("the younger, whose own platform is gone, deletes nothing by what is remembered of it", async () => {
      scenario.put(dataPlatformKind, {
        ...PLATFORM,
        metadata: { namespace: "elsewhere", name: "main" },
        ...FAR,
      });
      scenario.putIdentities({ namespace: "elsewhere", name: "main" }, { Kafka: "other" });
      scenario.putResource("second", { ...claim, deletionPolicy: "Delete" });
      expect(await scenario.passUntilReady("second")).toBe(1);
      scenario.put(dataPlatformKind, platform("elsewhere"));
      scenario.delete(dataPlatformKind, "main");
      scenario.deleteResource("second");
      await scenario.pass("second");
      expect(scenario.resource("second")).toBeUndefined();
      expect(scenario.kafka.writes).toEqual(["create-topic"]);
    });

    it("the older keeps what it knows of its topic while its platform is away", async () => {
      scenario.putResource("third", claim);
      scenario.delete(dataPlatformKind, "main");
      scenario.putStatus("third", { topicId: "topic-1" });
      await scenario.pass("third");
      expect(scenario.ready("third")).toContain("Ready=False PlatformNotFound");
      expect(scenario.status("third")).toMatchObject({ topicId: "topic-1" });
    });
  });

  it("in another cluster are no rivals", async () => {
    scenario.put(dataPlatformKind, {
      apiVersion: "openclickstream.io/v1alpha1",
      kind: "DataPlatform",
      metadata: { namespace: "elsewhere", name: "main" },
      ...FAR,
    });
    scenario.putIdentities({ namespace: "elsewhere", name: "main" }, { Kafka: "other" });
    scenario.putResource("first", claim, { namespace: "elsewhere" });
    scenario.putResource("second", claim);
    expect(await scenario.passUntilReady("second")).toBe(1);
  });

  describe("through two addresses of one cluster", () => {
    beforeEach(() => {
      const metadata = { namespace: "elsewhere", creationTimestamp: "2020-01-01T00:00:00Z" };
      scenario.put(dataPlatformKind, {
        ...PLATFORM,
        metadata: { namespace: "elsewhere", name: "main" },
        ...FAR,
      });
      scenario.putResource("first", claim, metadata);
      scenario.putResource("first", claim, metadata);
    });

    it("have one owner: the cluster's id counts, and not what it is called", async () => {
      scenario.putIdentities({ namespace: "elsewhere", name: "main" }, { Kafka: "fake" });
      scenario.putResource("second", { ...claim, partitions: 9 });
      await scenario.pass("second");
      expect(scenario.ready("second")).toContain("Ready=False ResourceConflict");
      expect(scenario.status("second")).toMatchObject({ conflictsWith: "first" });
      expect(scenario.kafka.writes).toEqual([]);
    });

    it("wait for each other until the cluster behind each is known; nothing is made, changed or deleted before", async () => {
      scenario.putResource("second", { ...claim, deletionPolicy: "Delete" });
      scenario.putStatus("second", { topicId: "topic-1" });
      expect(await scenario.pass("second")).toEqual({ kind: "after", seconds: 10 });
      expect(scenario.ready("second")).toContain(
        'Ready=False ResourceConflict: topic "contested" may belong to the older EventStream "elsewhere/first": ' +
          'it is not known whether DataPlatform "elsewhere/main" leads to the same Kafka',
      );
      expect(scenario.status("second")).toMatchObject({ topicId: "topic-1" });
      scenario.deleteResource("second");
      await scenario.pass("second");
      expect(scenario.resource("second")).toBeUndefined();
      expect(scenario.kafka.writes).toEqual([]);
      expect(scenario.events().at(-1)).toContain('EventStream "elsewhere/first" may claim it too');
    });

    it("are told first that their own Kafka does not answer, and touch nothing then", async () => {
      scenario.putResource("second", claim);
      scenario.kafka.isDown = true;
      await scenario.pass("second");
      expect(scenario.ready("second")).toContain("Ready=False KafkaUnreachable");
      expect(scenario.kafka.writes).toEqual([]);
    });

    it("know a platform whose addresses have changed only once it has been asked anew", async () => {
      scenario.putIdentities({ namespace: "elsewhere", name: "main" }, { Kafka: "other" });
      scenario.putResource("second", claim);
      expect(await scenario.passUntilReady("second")).toBe(1);
      const kafka = { bootstrapServers: ["third:9092"] };
      scenario.put(dataPlatformKind, {
        ...PLATFORM,
        metadata: { namespace: "elsewhere", name: "main" },
        ...{ spec: { kafka } },
      });
      await scenario.pass("second");
      expect(scenario.ready("second")).toContain("it is not known whether");
      scenario.putIdentities({ namespace: "elsewhere", name: "main" }, { Kafka: "other" });
      expect(await scenario.passUntilReady("second")).toBe(1);
    });
  });

  it("keep its records when the owner goes, whatever its policy: the other one has them then", async () => {
    scenario.putResource("first", { ...claim, deletionPolicy: "Delete" });
    await scenario.pass("first");
    scenario.putResource("second", claim);
    await scenario.pass("second");
    scenario.deleteResource("first");
    await scenario.pass("first");
    expect(scenario.resource("first")).toBeUndefined();
    expect(scenario.events()).toContain(
      'Warning CleanupAbandoned: topic "contested" was left with its records: EventStream "shop/second" claims it too',
    );
    expect(await scenario.passUntilReady("second")).toBe(1);
    expect(scenario.status("second")).toMatchObject({ topicId: "topic-1" });
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
  });
});

describe("a platform that comes to lead to another Kafka", () => {
  beforeEach(async () => {
    scenario.putResource("raw", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("raw");
    scenario.kafka.clusterId = "second";
  });

  it("gets a topic there; the one before is told to be where it was, and is no drift", async () => {
    scenario.kafka.topics.clear();
    await scenario.pass("raw");
    expect(scenario.status("raw")).toMatchObject({ topicId: "topic-2", clusterId: "second" });
    const told = scenario.events();
    expect(told).toContain(
      'Warning CleanupAbandoned: topic "shop.raw" was left with its records in Kafka cluster "fake": the DataPlatform leads to another one now',
    );
    expect(told.filter((event) => event.startsWith("Normal Created"))).toHaveLength(1);
    expect(told.filter((event) => event.startsWith("Warning DriftCorrected"))).toEqual([]);
  });

  it("deletes nothing there for a resource that has its topic in the other one", async () => {
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual(["create-topic"]);
    expect(scenario.events().at(-1)).toContain('was left with its records: it is in Kafka cluster "fake"');
  });
});

describe("a topic that Kafka or one of its tools owns", () => {
  const offsets = "__consumer_offsets" as TopicName;

  it.each(["__consumer_offsets", "__transaction_state", "_schemas", "mm2-offset-syncs.far.internal"])(
    "called %s is never made for a resource that is older than the rule against it",
    async (topicName) => {
      scenario.putResource("raw", { ...SPEC, topicName });
      await scenario.pass("raw");
      expect(scenario.ready("raw")).toContain(`InvalidSpec: topic "${topicName}" belongs to Kafka itself`);
      expect(scenario.kafka.writes).toEqual([]);
    },
  );

  it("is known by what the brokers say of it, and not changed", async () => {
    scenario.kafka.topics.set(TOPIC, {
      ...{
        name: TOPIC,
        id: "own" as TopicId,
        partitions: 1,
        replicationFactor: 1,
        configs: [],
        isInternal: true,
      },
    });
    scenario.putResource("raw", SPEC);
    await scenario.pass("raw");
    expect(scenario.ready("raw")).toContain('InvalidSpec: topic "shop.raw" belongs to Kafka itself');
    expect(scenario.kafka.writes).toEqual([]);
  });

  it("is not deleted for a resource that had taken it over", async () => {
    scenario.kafka.topics.set(offsets, {
      ...{
        name: offsets,
        id: "own" as TopicId,
        partitions: 50,
        replicationFactor: 1,
        configs: [],
        isInternal: true,
      },
    });
    const finalizers = ["openclickstream.io/eventstream"];
    scenario.putResource("raw", { ...SPEC, topicName: offsets, deletionPolicy: "Delete" }, { finalizers });
    scenario.putStatus("raw", { topicId: "own" });
    scenario.deleteResource("raw");
    await scenario.pass("raw");
    expect(scenario.resource("raw")).toBeUndefined();
    expect(scenario.kafka.writes).toEqual([]);
    expect(scenario.events().at(-1)).toContain("it belongs to Kafka itself or to one of its tools");
  });
});
