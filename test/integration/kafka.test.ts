/** The Kafka target on real brokers: what it does to topics, and how it connects. An independent client (kafkajs) produces and looks. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { PERMIT } from "../../src/testing/permit.ts";
import type { WritePermit } from "../../src/runtime/controller.ts";
import type { TopicName } from "../../src/naming/topics.ts";
import { findWaitingError } from "../../src/runtime/errors.ts";
import type { TopicAdmin } from "../../src/targets/kafka/admin.ts";
import { createTopicAdmin } from "../../src/targets/kafka/admin.ts";
import { createKafkaClient } from "../../src/targets/kafka/client.ts";
import { diffTopic } from "../../src/targets/kafka/diff.ts";
import type { KafkaSettings, SaslMechanism } from "../../src/platform/kafka.ts";
import type { CurrentTopic, WantedTopic } from "../../src/targets/kafka/topic.ts";
import { Secret } from "../../src/platform/secret.ts";
import { startKafka } from "../support/engines.ts";
import type { SecuredKafka } from "../support/secured-kafka.ts";
import { GUEST, OPERATOR, startSecuredKafka } from "../support/secured-kafka.ts";
import { until } from "../../src/testing/until.ts";

const opened: TopicAdmin[] = [];
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-kafka-target-"));
});
afterAll(async () => {
  await Promise.all(opened.map((admin) => admin.close()));
  await rm(directory, { recursive: true, force: true });
});

function open(settings: KafkaSettings): TopicAdmin {
  const admin = createTopicAdmin(createKafkaClient(settings));
  opened.push(admin);
  return admin;
}

function wanted(name: string, changes: Partial<WantedTopic> = {}): WantedTopic {
  const partitions = { count: 2, isExplicit: true };
  const plain = { replicationFactor: undefined, configs: {}, formerConfigs: [] };
  return { name: name as TopicName, partitions, ...plain, ...changes };
}

/** One round of read, compare and carry out. */
async function carryOut(admin: TopicAdmin, topic: WantedTopic): Promise<void> {
  for (const result of await admin.execute(
    diffTopic(topic, (await admin.readTopic(topic.name)).topic),
    PERMIT,
  )) {
    if (result.outcome === "failed") throw result.error;
  }
}

/** One round, and the topic afterwards: a broker that has just made hundreds takes its time to know of the last. */
async function converge(admin: TopicAdmin, topic: WantedTopic): Promise<CurrentTopic> {
  await carryOut(admin, topic);
  let current: CurrentTopic | undefined;
  const isThere = async (): Promise<boolean> =>
    (current = (await admin.readTopic(topic.name)).topic) !== undefined;
  await until(isThere, () => `the broker knows no topic ${topic.name}`, 60_000);
  if (current === undefined) throw new Error(`there is no topic ${topic.name}`);
  return current;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as Error,
  );
}

describe("topics", () => {
  let admin: TopicAdmin;
  beforeAll(() => {
    admin = open({ bootstrapServers: inject("engines").kafka.bootstrapServers });
  });

  it("are as wanted after one round, and a second round finds nothing to do", async () => {
    const topic = wanted("target-round", {
      configs: {
        "cleanup.policy": "compact, delete",
        "unclean.leader.election.enable": "TRUE",
        "retention.ms": "1000",
      },
    });
    expect(diffTopic(topic, await converge(admin, topic))).toEqual([]);
    const changed = wanted("target-round", {
      partitions: { count: 5, isExplicit: true },
      configs: { "retention.ms": "7" },
      formerConfigs: Object.keys(topic.configs),
    });
    expect(diffTopic(changed, await converge(admin, changed))).toEqual([]);
  });

  it("show at once what was just done to them, so that no pass takes its own change for drift", async () => {
    for (let nth = 0; nth < 20; nth += 1) {
      const topic = wanted(`target-visible-${nth}`, { configs: { "retention.ms": "1000" } });
      await carryOut(admin, topic);
      expect(diffTopic(topic, (await admin.readTopic(topic.name)).topic)).toEqual([]);
    }
  });

  it("that somebody made meanwhile are left to the next pass", async () => {
    const topic = wanted("target-race");
    await converge(admin, topic);
    const [result] = await admin.execute(diffTopic(topic, undefined), PERMIT);
    expect(result).toMatchObject({ outcome: "failed" });
    expect(result?.outcome === "failed" && findWaitingError(result.error)).toMatchObject({
      reason: "NotSettled",
    });
  });

  it("are deleted by their id: a namesake made since stays", async () => {
    const topic = wanted("target-namesake");
    const old = await converge(admin, topic);
    expect(await admin.deleteTopic(old, PERMIT)).toBe(true);
    const young = await converge(admin, topic);
    expect(young.id).not.toBe(old.id);
    expect(await admin.deleteTopic(old, PERMIT)).toBe(false);
    expect((await admin.readTopic(topic.name)).topic).toMatchObject({ id: young.id });
  });

  it("of many passes at once have their own answers: bad ones fail alone, and namesakes do not meet", async () => {
    const topics = Array.from({ length: 150 }, (_, nth) =>
      wanted(`target-many-${nth}`, {
        configs: { "retention.ms": nth === 77 ? "never" : String(1000 + nth) },
      }),
    );
    const results = await Promise.allSettled(
      [...topics, wanted("target-many-3")].map((topic) => converge(admin, topic)),
    );
    const failed = results.flatMap(({ status }, nth) => (status === "rejected" ? [nth] : []));
    // The second "target-many-3" meets the first one, if it does not find it already.
    expect([[77], [77, 150], [3, 77]]).toContainEqual(failed);
    for (const [nth, result] of results.slice(0, 150).entries()) {
      if (result.status === "rejected") continue;
      expect(result.value.configs.find(({ name }) => name === "retention.ms")?.value).toBe(
        String(1000 + nth),
      );
    }
    const made = results
      .slice(0, 150)
      .flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(await Promise.all(made.map((topic) => admin.deleteTopic(topic, PERMIT)))).toEqual(
      made.map(() => true),
    );
    expect(await Promise.all(made.map((topic) => admin.deleteTopic(topic, PERMIT)))).toEqual(
      made.map(() => false),
    );
  });

  it("are neither made nor deleted without the permit, which is asked for right before the request", async () => {
    const refused = new Error("the lease is lost");
    const permit: WritePermit = {
      ...PERMIT,
      assertMayWrite: () => {
        throw refused;
      },
    };
    const topic = wanted("target-unpermitted");
    const results = await admin.execute(diffTopic(topic, undefined), permit);
    expect(results).toMatchObject([{ outcome: "failed", error: refused }]);
    expect((await admin.readTopic(topic.name)).topic).toBeUndefined();
    const made = await converge(admin, topic);
    await expect(admin.deleteTopic(made, permit)).rejects.toBe(refused);
    expect((await admin.readTopic(topic.name)).topic).toMatchObject({ id: made.id });
  });

  it("that nobody made are not made by asking", async () => {
    const name = "target-never" as TopicName;
    expect((await admin.readTopic(name)).topic).toBeUndefined();
    expect((await admin.readTopic(name)).topic).toBeUndefined();
  });

  it("tell how many records were produced", async () => {
    const topic = await converge(admin, wanted("target-offsets"));
    const kafka = new Kafka({
      brokers: [...inject("engines").kafka.bootstrapServers],
      logLevel: logLevel.NOTHING,
    });
    const producer = kafka.producer();
    await producer.connect();
    const messages = [
      { partition: 0, value: "a" },
      { partition: 0, value: "b" },
      { partition: 1, value: "c" },
    ];
    await producer.send({ topic: topic.name, acks: -1, messages });
    await producer.disconnect();
    expect(await admin.readEndOffsets(topic)).toEqual(
      new Map([
        [0, 2n],
        [1, 1n],
      ]),
    );
  });
});

describe("a connection with TLS", () => {
  let kafka: SecuredKafka;
  beforeAll(async () => {
    kafka = await startSecuredKafka(join(directory, "secured"));
  });
  afterAll(async () => {
    await kafka.stop();
  });

  function secured(mechanism: SaslMechanism, user: { username: string; password: string }): KafkaSettings {
    return {
      bootstrapServers: [kafka.address],
      tls: { certificateAuthority: kafka.certificateAuthority },
      sasl: { mechanism, username: new Secret(user.username), password: new Secret(user.password) },
    };
  }

  async function mutual(name: keyof SecuredKafka["clients"]): Promise<KafkaSettings> {
    const { certificateFile, keyFile } = kafka.clients[name];
    const [certificate, key] = [await readFile(certificateFile, "utf8"), await readFile(keyFile, "utf8")];
    const client = { certificate, privateKey: new Secret(key) };
    const { certificateAuthority } = kafka;
    return { bootstrapServers: [kafka.mutualAddress], tls: { certificateAuthority, client } };
  }

  it.each<SaslMechanism>(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])("with %s works", async (mechanism) => {
    const admin = open(secured(mechanism, OPERATOR));
    expect(await admin.probe()).toMatchObject({ brokers: 1, version: "4.1" });
    expect(await converge(admin, wanted(`secured-${mechanism.toLowerCase()}`))).toMatchObject({
      partitions: 2,
    });
  });

  it.each<SaslMechanism>(["PLAIN", "SCRAM-SHA-512"])(
    "with a wrong password for %s is refused, and the password stays secret",
    async (mechanism) => {
      const admin = open(secured(mechanism, { ...OPERATOR, password: "wr0ng-pa55word" }));
      const error = await failureOf(admin.probe());
      expect(findWaitingError(error)).toMatchObject({ reason: "Unauthorized" });
      expect(error.message).not.toContain("wr0ng-pa55word");
    },
  );

  it("as a user without rights is told which right is missing", async () => {
    const admin = open(secured("PLAIN", GUEST));
    const [result] = await admin.execute(diffTopic(wanted("secured-forbidden"), undefined), PERMIT);
    const error = result?.outcome === "failed" ? result.error : undefined;
    expect(findWaitingError(error)).toMatchObject({ reason: "Unauthorized" });
    expect(error?.message).toMatch(/AUTHORIZATION_FAILED while creating topic "secured-forbidden"/);
  });

  it("to a broker whose certificate nobody vouches for does not come about", async () => {
    const error = await failureOf(open({ ...secured("PLAIN", OPERATOR), tls: {} }).probe());
    expect(findWaitingError(error)).toMatchObject({ reason: "KafkaUnreachable" });
    expect(error.message).toMatch(/self-signed certificate/);
  });

  it("with a client's certificate works", async () => {
    const admin = open(await mutual("operator"));
    expect(await admin.probe()).toMatchObject({ brokers: 1 });
    expect(await converge(admin, wanted("mutual"))).toMatchObject({ partitions: 2 });
  });

  it("with the certificate of a client without rights is told which right is missing", async () => {
    const admin = open(await mutual("guest"));
    const [result] = await admin.execute(diffTopic(wanted("mutual-forbidden"), undefined), PERMIT);
    const error = result?.outcome === "failed" ? result.error : undefined;
    expect(findWaitingError(error)).toMatchObject({ reason: "Unauthorized" });
  });

  it.each(["stranger", "nobody"] as const)(
    "with the certificate of %s where the broker asks for one that it knows is refused",
    async (client) => {
      const settings = await mutual(client === "nobody" ? "operator" : client);
      const { certificateAuthority } = kafka;
      const error = await failureOf(
        open(client === "nobody" ? { ...settings, tls: { certificateAuthority } } : settings).probe(),
      );
      const waiting = findWaitingError(error);
      expect([waiting?.reason, waiting?.message]).toEqual([
        "Unauthorized",
        expect.stringMatching(/CERTIFICATE_REFUSED.*it does not take the client's certificate/),
      ]);
      expect(error.message).not.toMatch(/PRIVATE KEY/);
    },
  );

  it("with a certificate beside the key of another does not come about", async () => {
    const [{ tls: one }, { tls: other }] = [await mutual("operator"), await mutual("guest")];
    const client = {
      certificate: one?.client?.certificate ?? "",
      privateKey: other?.client?.privateKey ?? new Secret(""),
    };
    const settings = { bootstrapServers: [kafka.mutualAddress], tls: { ...one, client } };
    const error = await failureOf(open(settings).probe());
    expect(findWaitingError(error)).toMatchObject({ reason: "KafkaUnreachable" });
    expect(error.message).toMatch(/key values mismatch/);
  });

  it("without TLS where the broker wants it does not come about", async () => {
    const error = await failureOf(open({ bootstrapServers: [kafka.address] }).probe());
    expect(findWaitingError(error)).toMatchObject({ reason: "KafkaUnreachable" });
  });
});

describe("a broker", () => {
  it("that restarts is used again over the same client", async () => {
    const folder = join(directory, "restarting");
    const first = await startKafka({ directory: folder });
    const admin = open({ bootstrapServers: [first.address] });
    await converge(admin, wanted("restart"));
    await first.stop();
    const down = await failureOf(admin.readTopic("restart" as TopicName));
    expect(findWaitingError(down)).toMatchObject({ reason: "KafkaUnreachable" });
    const again = await startKafka({ directory: folder, port: Number(first.address.split(":")[1]) });
    try {
      expect((await admin.readTopic("restart" as TopicName)).topic).toMatchObject({ partitions: 2 });
    } finally {
      await again.stop();
    }
  });

  it("that accepts connections and never answers is given up when the pass ends", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const admin = open({ bootstrapServers: [`127.0.0.1:${port}`] });
    const stop = new AbortController();
    const probing = failureOf(admin.probe(stop.signal));
    stop.abort(new Error("the pass took too long"));
    expect((await probing).message).toBe("the pass took too long");
    await admin.close();
    silent.close();
  });

  it("that is the second of the list serves when the first is down", async () => {
    const [server = ""] = inject("engines").kafka.bootstrapServers;
    const admin = open({ bootstrapServers: ["127.0.0.1:1", server] });
    expect(await admin.probe()).toMatchObject({ brokers: 1 });
  });
});
