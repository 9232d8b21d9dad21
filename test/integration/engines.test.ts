/** A smoke test of what the other integration tests stand on, so that a broken engine is not taken for a fault of ours. */
import { Kafka, logLevel } from "kafkajs";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, inject, test } from "vitest";

test("Kafka, S3, the catalog and the API server answer, and S3 refuses a wrong secret", async () => {
  const { kafka, storage, catalog } = inject("engines");
  const admin = new Kafka({ brokers: [...kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  expect((await admin.describeCluster()).brokers).toHaveLength(1);
  await admin.disconnect();
  const { endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = storage;
  const s3 = (secret: string): S3Client =>
    new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey: secret },
    });
  await s3(secretAccessKey).send(new HeadBucketCommand({ Bucket }));
  const refused = s3("wrong").send(new HeadBucketCommand({ Bucket }));
  await expect(refused).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  expect((await fetch(`${catalog.uri}/v1/config`)).ok).toBe(true);
});

test("Kafka refuses to produce to a topic that no EventStream made", async () => {
  const brokers = [...inject("engines").kafka.bootstrapServers];
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const producer = kafka.producer({ allowAutoTopicCreation: true });
  await producer.connect();
  await expect(producer.send({ topic: "never-created", messages: [{ value: "x" }] })).rejects.toThrow(
    /does not host this topic-partition/,
  );
  await producer.disconnect();
});
