/** DataPlatforms on a real API server with real engines. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { dataPlatformKind } from "../../src/crds/kinds.ts";
import type { Condition } from "../../src/api/conditions.ts";
import { peer } from "../support/catalog-peer.ts";
import { startKafka } from "../support/engines.ts";
import type { SeenResource } from "./running-operator.ts";
import { startTokenService } from "../support/token-service.ts";
import { startTlsFront } from "../support/tls-front.ts";
import { platformSpec } from "../support/operator.ts";
import { RunningOperator, ready } from "./running-operator.ts";

const [GOOD, BAD, DOWN, PRIVATE, IDENTITY] = [
  "platform-good",
  "platform-bad",
  "platform-down",
  "platform-private",
  "platform-identity",
] as const;

let operator: RunningOperator;

beforeAll(async () => {
  operator = await RunningOperator.start([GOOD, BAD, DOWN, PRIVATE, IDENTITY]);
});
afterAll(async () => {
  await operator.stop();
});

function at(namespace: string): { namespace: string; name: string } {
  return { namespace, name: "main" };
}

function condition(resource: SeenResource, type: string): Condition | undefined {
  return resource.status?.conditions?.find((candidate) => candidate.type === type);
}

describe("a platform whose systems all answer", () => {
  it("is ready and tells what answers", async () => {
    await operator.applyPlatform(GOOD);
    const platform = await operator.waitUntilReady(dataPlatformKind, at(GOOD));
    expect(platform.status?.["components"]).toEqual([
      expect.objectContaining({
        name: "Kafka",
        reachable: true,
        version: "4.1",
        message: expect.stringContaining("1 broker") as string,
      }),
      expect.objectContaining({ name: "Storage", reachable: true, message: 'bucket "clickstream" is there' }),
      expect.objectContaining({ name: "Catalog", reachable: true, message: "Iceberg REST" }),
    ]);
    const types = ["KafkaReachable", "StorageReachable", "CatalogReachable"];
    expect(types.map((type) => condition(platform, type)?.status)).toEqual(["True", "True", "True"]);
  });

  it("tells what its catalog can do, which is less of Nessie", async () => {
    const can = async (name: string): Promise<unknown> =>
      (await operator.get(dataPlatformKind, { namespace: GOOD, name }))?.status?.["catalog"];
    await peer.createTable("abilities", "any", [{ id: 1, name: "a", type: "int", required: false }]);
    const before = await peer.loadTable("abilities", "any");
    const spec = platformSpec(inject("engines"));
    await operator.apply(dataPlatformKind, { namespace: GOOD, name: "asking" }, spec);
    await expect
      .poll(async () => can("asking"), { timeout: 20_000 })
      .toEqual({
        snapshotExpiry: "True",
        branches: "True",
      });
    expect(await peer.loadTable("abilities", "any")).toEqual(before);
    const nessie = { ...spec, catalog: inject("nessie") };
    await operator.apply(dataPlatformKind, { namespace: GOOD, name: "nessie" }, nessie);
    const seen = await operator.waitUntilReady(dataPlatformKind, { namespace: GOOD, name: "nessie" });
    expect(seen.status).toMatchObject({ catalog: { snapshotExpiry: "False", branches: "False" } });
  });

  it("is not written again while nothing changes", async () => {
    const before = await operator.waitUntilReady(dataPlatformKind, at(GOOD));
    const passes = (): number =>
      operator.logged.filter((line) => line.includes(GOOD) && line.includes("Pass done")).length;
    const done = passes();
    await expect.poll(passes, { timeout: 20_000 }).toBeGreaterThan(done + 2);
    const after = await operator.get(dataPlatformKind, at(GOOD));
    expect(after?.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });
});

describe("a platform with something wrong", () => {
  it("names the Secret that is missing, and is ready once that is there", async () => {
    const spec = platformSpec(inject("engines"));
    await operator.apply(dataPlatformKind, at(BAD), spec);
    const waiting = await operator.waitForReason(dataPlatformKind, at(BAD), "SecretNotFound");
    expect(ready(waiting)?.message).toBe('Secret "s3-credentials" does not exist');
    const statuses = ["KafkaReachable", "StorageReachable", "CatalogReachable"].map(
      (type) => condition(waiting, type)?.status,
    );
    expect(statuses).toEqual(["True", "Unknown", "True"]);
    const { accessKeyId, secretAccessKey } = inject("engines").storage;
    await operator.applySecret(BAD, "s3-credentials", { accessKeyId, secretAccessKey });
    await operator.waitUntilReady(dataPlatformKind, at(BAD));
  });

  it("tells wrong keys from a store that is down, keeps them to itself, and sees new ones without a restart", async () => {
    await operator.applySecret(BAD, "s3-credentials", {
      accessKeyId: "clickstream",
      secretAccessKey: "wr0ng-secret",
    });
    const refused = await operator.waitForReason(dataPlatformKind, at(BAD), "Unauthorized");
    expect(condition(refused, "StorageReachable")).toMatchObject({ status: "False", reason: "Unauthorized" });
    expect(condition(refused, "KafkaReachable")?.status).toBe("True");
    expect(JSON.stringify(refused)).not.toContain("wr0ng-secret");
    expect(operator.logged.join("\n")).not.toContain("wr0ng-secret");
    await operator.applyPlatform(BAD);
    await operator.waitUntilReady(dataPlatformKind, at(BAD));
  });

  it("names a bucket that does not exist", async () => {
    const spec = platformSpec(inject("engines"));
    await operator.apply(dataPlatformKind, at(BAD), {
      ...spec,
      storage: { ...spec.storage, bucket: "no-such-bucket" },
    });
    const waiting = await operator.waitForReason(dataPlatformKind, at(BAD), "StorageUnreachable");
    expect(ready(waiting)?.message).toContain('bucket "no-such-bucket"');
  });

  it("names every system that does not answer", async () => {
    const spec = platformSpec(inject("engines"));
    await operator.apply(dataPlatformKind, at(BAD), {
      ...spec,
      kafka: { bootstrapServers: ["127.0.0.1:1"] },
      catalog: { uri: "http://127.0.0.1:1" },
    });
    const waiting = await operator.waitForReason(dataPlatformKind, at(BAD), "KafkaUnreachable");
    expect(ready(waiting)?.message).toBe(
      "Kafka: Kafka at 127.0.0.1:1 is unreachable: connect ECONNREFUSED 127.0.0.1:1; " +
        "Catalog: the catalog at http://127.0.0.1:1 is unreachable: connect ECONNREFUSED 127.0.0.1:1",
    );
    expect(condition(waiting, "StorageReachable")?.status).toBe("True");
  });
});

describe("a platform behind certificates of a private authority", () => {
  it("is reached with the authority that it names, and not without", async () => {
    const directory = await mkdtemp(join(tmpdir(), "openclickstream-authority-"));
    const { storage, catalog } = inject("engines");
    const uri = new URL(catalog.uri);
    const fronts = await Promise.all([
      startTlsFront(join(directory, "s3"), Number(new URL(storage.endpoint).port)),
      startTlsFront(join(directory, "catalog"), Number(uri.port)),
    ]);
    try {
      const [s3, rest] = fronts;
      const spec = platformSpec(inject("engines"));
      const inPrivate = {
        storage: { ...spec.storage, endpoint: s3.url },
        catalog: { uri: `${rest.url}${uri.pathname}` },
      };
      await operator.applyPlatform(PRIVATE, inPrivate);
      const unknown = await operator.waitForReason(dataPlatformKind, at(PRIVATE), "StorageUnreachable");
      expect(ready(unknown)?.message).toMatch(/Storage: .*certificate.*; Catalog: .*certificate/);
      await operator.applySecret(PRIVATE, "s3-ca", { "ca.crt": await readFile(s3.caFile, "utf8") });
      await operator.applySecret(PRIVATE, "catalog-ca", { "ca.crt": await readFile(rest.caFile, "utf8") });
      await operator.applyPlatform(PRIVATE, {
        storage: { ...inPrivate.storage, caSecretRef: { name: "s3-ca" } },
        catalog: { ...inPrivate.catalog, caSecretRef: { name: "catalog-ca" } },
      });
      await operator.waitUntilReady(dataPlatformKind, at(PRIVATE));
    } finally {
      await Promise.all(fronts.map((front) => front.stop()));
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe("a platform whose object store knows the operator by its identity", () => {
  it("is reached with what the token service gives for the operator's token, and not before there is one", async () => {
    const directory = await mkdtemp(join(tmpdir(), "openclickstream-identity-"));
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = inject("engines").storage;
    const service = await startTokenService({ token: "a-token", accessKeyId, secretAccessKey });
    const tokenFile = join(directory, "token");
    await writeFile(tokenFile, "a-token");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_ENDPOINT_URL_STS", service.url);
    try {
      await operator.applyPlatform(IDENTITY, {
        storage: { endpoint, region, bucket, credentials: "WorkloadIdentity" },
      });
      const refused = await operator.waitForReason(dataPlatformKind, at(IDENTITY), "Unauthorized");
      expect(ready(refused)?.message).toMatch(/the operator has no identity for it.*ServiceAccount a role/);
      vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", tokenFile);
      vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/operator");
      await operator.waitUntilReady(dataPlatformKind, at(IDENTITY));
      expect(service.roles).toContain("arn:aws:iam::111122223333:role/operator");
    } finally {
      vi.unstubAllEnvs();
      await service.stop();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe("a Kafka that goes away and comes back", () => {
  it("is seen to go and to come, with the time of each", async () => {
    const directory = await mkdtemp(join(tmpdir(), "openclickstream-platform-"));
    const kafka = await startKafka({ directory });
    const port = Number(kafka.address.split(":")[1]);
    await operator.applyPlatform(DOWN, { kafka: { bootstrapServers: [kafka.address] } });
    await operator.waitUntilReady(dataPlatformKind, at(DOWN));
    await kafka.stop();
    const down = await operator.waitForReason(dataPlatformKind, at(DOWN), "KafkaUnreachable");
    expect(down.status?.["components"]).toContainEqual(
      expect.objectContaining({ name: "Kafka", reachable: false }),
    );
    const again = await startKafka({ directory, port });
    try {
      await operator.waitUntilReady(dataPlatformKind, at(DOWN));
    } finally {
      await again.stop();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
