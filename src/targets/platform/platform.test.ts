import { describe, expect, it } from "vitest";
import type { DataPlatform, DataPlatformSpec } from "../../crds/kinds.ts";
import type { KubernetesClient } from "../../runtime/controller.ts";
import { findWaitingError } from "../../runtime/errors.ts";
import type { TableCatalog } from "../iceberg/catalog.ts";
import type { TopicAdmin } from "../kafka/admin.ts";
import type { ObjectStore } from "../s3/store.ts";
import { createPlatformClients } from "./clients.ts";
import { readPlatform } from "./read.ts";
import type { PlatformSettings, PlatformState } from "./settings.ts";
import { requirePlatform, resolveSettings, secretNamesOf } from "./settings.ts";

const SPEC: DataPlatformSpec = {
  kafka: {
    bootstrapServers: ["kafka:9092"],
    tls: { caSecretRef: { name: "kafka" } },
    sasl: { mechanism: "SCRAM-SHA-512", secretRef: { name: "kafka", passwordKey: "pass" } },
  },
  storage: {
    endpoint: "http://s3:7070",
    region: "us-east-1",
    bucket: "lake",
    credentialsSecretRef: { name: "s3" },
  },
  catalog: { uri: "http://catalog", warehouse: "w", credentialsSecretRef: { name: "catalog" } },
};

const SECRETS = new Map([
  ["kafka", { "ca.crt": "PEM", username: "me", pass: "hunter2" }],
  ["s3", { accessKeyId: "id", secretAccessKey: "hunter3" }],
  ["catalog", { token: "hunter4\n" }],
]);

function platform(spec: DataPlatformSpec = SPEC): DataPlatform {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "DataPlatform",
    metadata: { namespace: "shop", name: "main" },
    spec,
  };
}

function settings(spec: DataPlatformSpec = SPEC, secrets = SECRETS): PlatformSettings {
  return requirePlatform(resolveSettings(platform(spec), secrets));
}

describe("the settings of a platform", () => {
  it("resolve every reference and default", () => {
    const { kafka, storage, catalog } = settings();
    expect(kafka).toMatchObject({
      tls: { certificateAuthority: "PEM" },
      sasl: { mechanism: "SCRAM-SHA-512" },
    });
    expect(kafka.sasl?.password.reveal()).toBe("hunter2");
    expect(storage).toMatchObject({ isPathStyle: true, bucket: "lake" });
    expect(storage.secretAccessKey.reveal()).toBe("hunter3");
    expect(catalog).toMatchObject({ warehouse: "w", credentials: { kind: "token" } });
    expect(catalog.credentials?.kind === "token" && catalog.credentials.token.reveal()).toBe("hunter4");
  });

  it("never print a secret", () => {
    expect(JSON.stringify(settings())).not.toMatch(/hunter/);
  });

  it("take OAuth2 client credentials where the Secret has no token", () => {
    const secrets = new Map(SECRETS).set("catalog", {
      clientId: "id",
      clientSecret: "hunter5",
      scope: "PRINCIPAL_ROLE:ALL",
    } as never);
    expect(settings(SPEC, secrets).catalog.credentials).toMatchObject({
      kind: "client",
      scope: "PRINCIPAL_ROLE:ALL",
      tokenUri: undefined,
    });
  });

  it("need no credentials where the platform names none", () => {
    const { kafka, catalog } = settings({
      ...SPEC,
      kafka: { bootstrapServers: ["kafka:9092"] },
      catalog: { uri: "http://catalog" },
    });
    expect([kafka.tls, kafka.sasl, catalog.credentials]).toEqual([undefined, undefined, undefined]);
  });

  it("name every Secret once", () => {
    expect(secretNamesOf(SPEC)).toEqual(["kafka", "s3", "catalog"]);
  });
});

describe("a reference that leads nowhere", () => {
  it.each<[string, PlatformState, string, string]>([
    [
      "a Secret",
      resolveSettings(platform(), new Map([...SECRETS].filter(([name]) => name !== "s3"))),
      "SecretNotFound",
      'Secret "s3" does not exist',
    ],
    [
      "a key",
      resolveSettings(platform(), new Map(SECRETS).set("s3", { accessKeyId: "id" } as never)),
      "SecretKeyMissing",
      'Secret "s3" has no key "secretAccessKey"',
    ],
    [
      "an empty value",
      resolveSettings(platform(), new Map(SECRETS).set("kafka", { "ca.crt": "PEM", username: "", pass: "" })),
      "SecretKeyMissing",
      'Secret "kafka" has no key "username"',
    ],
  ])("to %s means waiting", (...[, state, reason, message]) => {
    expect(state).toEqual({ state: "missing", reason, message });
    expect(waitingFor(state)).toMatchObject({ reason, message });
  });

  it("to a DataPlatform means waiting", async () => {
    const kubernetes = { cached: () => undefined } as unknown as KubernetesClient;
    expect(waitingFor(await readPlatform(kubernetes, { namespace: "shop", name: "main" }))).toMatchObject({
      reason: "PlatformNotFound",
      message: 'DataPlatform "main" does not exist in namespace "shop"',
    });
  });

  it("is unknown, not missing, when the Secret could not be read", async () => {
    const kubernetes = {
      cached: () => platform(),
      get: async () => Promise.reject(new Error("forbidden")),
    } as unknown as KubernetesClient;
    expect(await readPlatform(kubernetes, { namespace: "shop", name: "main" })).toMatchObject({
      state: "unknown",
    });
  });
});

describe("connections", () => {
  const closed: string[] = [];
  let made = 0;
  let time = 0;
  const client = (name: string): never => {
    made += 1;
    const label = `${name}-${made}`;
    return { label, close: () => void closed.push(label) } as never;
  };
  const clients = createPlatformClients(
    {
      kafka: (): TopicAdmin => client("kafka"),
      storage: (): ObjectStore => client("storage"),
      catalog: (): TableCatalog => client("catalog"),
    },
    () => time,
  );

  it("are kept while the settings stay the same", () => {
    expect(clients.connect(settings())).toEqual(clients.connect(settings()));
    expect(made).toBe(3);
  });

  it("are replaced and closed when a password changes, and only those", () => {
    const before = clients.connect(settings());
    const rotated = new Map(SECRETS).set("kafka", { "ca.crt": "PEM", username: "me", pass: "new" });
    const after = clients.connect(settings(SPEC, rotated));
    expect(after.kafka).not.toBe(before.kafka);
    expect([after.storage, after.catalog]).toEqual([before.storage, before.catalog]);
    expect(closed).toEqual(["kafka-1"]);
  });

  it("are remembered by platform, for cleaning up after it", () => {
    expect(clients.lastKnown({ namespace: "shop", name: "main" })?.storage.bucket).toBe("lake");
    expect(clients.lastKnown({ namespace: "shop", name: "other" })).toBeUndefined();
  });

  it("are closed when nobody asked for them for long", () => {
    time += 600_000;
    clients.connect({ ...settings(), key: { namespace: "shop", name: "other" } });
    expect(closed.slice(1)).toEqual(["kafka-4", "storage-2", "catalog-3"]);
    expect(clients.lastKnown({ namespace: "shop", name: "main" })).toBeUndefined();
  });
});

function waitingFor(state: PlatformState): unknown {
  try {
    return requirePlatform(state);
  } catch (error) {
    return findWaitingError(error);
  }
}
