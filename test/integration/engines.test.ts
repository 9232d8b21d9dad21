/** The engines that the other integration tests rely on do what production engines do. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startVersitygw } from "../support/engines.ts";
import { freePorts, startProgram } from "../support/process.ts";

const engines = inject("engines");
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-engines-"));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

function s3Client(access: typeof engines.storage): S3Client {
  return new S3Client({
    endpoint: access.endpoint,
    region: access.region,
    forcePathStyle: true,
    credentials: { accessKeyId: access.accessKeyId, secretAccessKey: access.secretAccessKey },
  });
}

test("Kafka keeps what was produced and gives it to a consumer", async () => {
  const kafka = new Kafka({ brokers: [...engines.kafka.bootstrapServers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: "engines-test" });
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  const topic = "engines-test";
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
  await producer.send({ topic, acks: -1, messages: [{ key: "a", value: "one" }] });
  await consumer.subscribe({ topic, fromBeginning: true });
  const received = await new Promise<string | undefined>((resolve, reject) => {
    consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) }).catch(reject);
  });
  expect(received).toBe("one");
  await admin.deleteTopics({ topics: [topic] });
  // The controller has answered; the broker that lists may learn of it a moment later.
  await expect.poll(async () => admin.listTopics(), { timeout: 30_000 }).not.toContain(topic);
  await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
});

test("Kafka refuses to produce to a topic that nobody created", async () => {
  const kafka = new Kafka({
    brokers: [...engines.kafka.bootstrapServers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const producer = kafka.producer({ allowAutoTopicCreation: true });
  await producer.connect();
  await expect(producer.send({ topic: "never-created", messages: [{ value: "x" }] })).rejects.toThrow(
    /does not host this topic-partition/,
  );
  await producer.disconnect();
});

test("S3 refuses a wrong secret", async () => {
  const client = s3Client({ ...engines.storage, secretAccessKey: "wrong" });
  await expect(client.send(new HeadBucketCommand({ Bucket: engines.storage.bucket }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
});

test("S3 data is there after a stop and a start on the same folder", async () => {
  const Key = "a/b/object.txt";
  const first = await startVersitygw({ directory });
  await s3Client(first).send(new PutObjectCommand({ Bucket: first.bucket, Key, Body: "kept" }));
  await first.stop();
  const second = await startVersitygw({ directory });
  const object = await s3Client(second).send(new GetObjectCommand({ Bucket: second.bucket, Key }));
  expect(await object.Body?.transformToString()).toBe("kept");
  await second.stop();
});

test("the catalog creates a table whose metadata lies in the bucket", async () => {
  const send = async (path: string, body: unknown): Promise<Response> =>
    fetch(`${engines.catalog.uri}/v1/main${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect((await send("/namespaces", { namespace: ["engines_test"] })).status).toBe(200);
  const schema = { type: "struct", fields: [{ id: 1, name: "id", type: "long", required: true }] };
  const created = await send("/namespaces/engines_test/tables", { name: "t", "stage-create": false, schema });
  const { "metadata-location": location } = (await created.json()) as { "metadata-location": string };
  const Key = location.replace(`s3://${engines.storage.bucket}/`, "");
  const object = await s3Client(engines.storage).send(
    new GetObjectCommand({ Bucket: engines.storage.bucket, Key }),
  );
  expect(await object.Body?.transformToString()).toContain('"table-uuid"');
});

test("the API server knows its administrator and refuses everybody else", async () => {
  const { kubeconfig, url } = inject("apiServer");
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const { items } = await config.makeApiClient(CoreV1Api).listNamespace();
  expect(items.map((namespace) => namespace.metadata?.name)).toContain("default");

  const stranger = new KubeConfig();
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`the kubeconfig of ${url} names no cluster`);
  stranger.loadFromClusterAndUser(cluster, { name: "stranger", token: "wrong" });
  await expect(stranger.makeApiClient(CoreV1Api).listNamespace()).rejects.toMatchObject({ code: 401 });
});

test("an engine that ends at once fails with the end of its log", async () => {
  const program = {
    name: "broken",
    command: ["sh", "-c", "echo the disk is full >&2; exit 3"],
    logFile: join(directory, "broken.log"),
    deadlineSeconds: 20,
    isReady: async () => false,
  };
  await expect(startProgram(program)).rejects.toThrow(/broken: ended with exit code 3[^]*the disk is full/);
});

test("an engine that does not become ready is stopped and fails with its log", async () => {
  const program = {
    name: "slow",
    command: ["sh", "-c", "echo waiting for a quorum; exec sleep 600"],
    logFile: join(directory, "slow.log"),
    deadlineSeconds: 0.5,
    isReady: async () => false,
  };
  await expect(startProgram(program)).rejects.toThrow(/slow: not ready after 0.5 s[^]*waiting for a quorum/);
});

test("free ports are all different", async () => {
  expect(new Set(await freePorts(20)).size).toBe(20);
});
