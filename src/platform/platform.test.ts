import { describe, expect, it } from "vitest";
import type { DataPlatform, DataPlatformSpec } from "../crds/kinds.ts";
import type { KubernetesClient } from "../runtime/controller.ts";
import { findWaitingError } from "../runtime/errors.ts";
import { secretWith } from "../testing/systems.ts";
import { requireAirflow } from "./airflow.ts";
import { requireCatalog } from "./catalog.ts";
import { componentsOf, problemOf } from "./components.ts";
import { secretEnvironment, secretVolumes, variablesOf } from "./environment.ts";
import { requireKafka } from "./kafka.ts";
import { requireLineage } from "./lineage.ts";
import type { PlatformState, PresentPlatform } from "./platform.ts";
import { PlatformReader } from "./platform.ts";
import { secretNamesOf } from "./references.ts";
import type { GetSecret } from "./secret-reader.ts";
import { SecretReader } from "./secret-reader.ts";
import type { SecretRead, Secrets } from "./secrets.ts";
import { requireStorage } from "./storage.ts";

const PEM = "-----BEGIN CERTIFICATE-----";
const PRIVATE_KEY = "-----BEGIN PRIVATE KEY----- hunter0";
const KEY = { namespace: "shop", name: "main" };
const SPEC: DataPlatformSpec = {
  kafka: {
    bootstrapServers: ["kafka:9092"],
    tls: { caSecretRef: { name: "kafka" }, clientSecretRef: { name: "kafka-client" } },
    sasl: { mechanism: "SCRAM-SHA-512", secretRef: { name: "kafka", passwordKey: "pass" } },
  },
  storage: {
    endpoint: "https://s3:7070",
    region: "us-east-1",
    bucket: "lake",
    credentialsSecretRef: { name: "s3" },
    caSecretRef: { name: "s3", key: "root.pem" },
  },
  catalog: {
    uri: "https://catalog",
    warehouse: "w",
    credentialsSecretRef: { name: "catalog" },
    caSecretRef: { name: "catalog" },
  },
};

const SECRETS: Secrets = new Map([
  ["kafka", secretWith({ "ca.crt": PEM, username: "me", pass: "hunter2" })],
  ["kafka-client", secretWith({ "tls.crt": PEM, "tls.key": PRIVATE_KEY })],
  ["s3", secretWith({ accessKeyId: "id", secretAccessKey: "hunter3", "root.pem": PEM })],
  ["catalog", secretWith({ token: "hunter4", "ca.crt": PEM })],
]);

function platform(spec: DataPlatformSpec = SPEC, secrets: Secrets = SECRETS): PresentPlatform {
  return { state: "present", key: KEY, spec, identities: {}, secrets };
}

/** The platform with one of its Secrets replaced, or without it. */
function withSecret(name: string, secret: SecretRead | undefined): PresentPlatform {
  const others = [...SECRETS].filter(([other]) => other !== name);
  return platform(SPEC, new Map(secret === undefined ? others : [...others, [name, secret]]));
}

describe("the settings of a platform", () => {
  it("resolve every reference and default", () => {
    const [kafka, storage, catalog] = [
      requireKafka(platform()),
      requireStorage(platform()),
      requireCatalog(platform()),
    ];
    expect(kafka).toMatchObject({
      tls: { certificateAuthority: PEM, client: { certificate: PEM } },
      sasl: { mechanism: "SCRAM-SHA-512" },
    });
    expect(kafka.tls?.client?.privateKey.reveal()).toBe(PRIVATE_KEY);
    expect(kafka.sasl?.username.reveal()).toBe("me");
    expect(kafka.sasl?.password.reveal()).toBe("hunter2");
    expect(storage).toMatchObject({ isPathStyle: true, bucket: "lake", certificateAuthority: PEM });
    const { credentials: keys } = storage;
    expect(keys.kind === "key" && [keys.accessKeyId.reveal(), keys.secretAccessKey.reveal()]).toEqual([
      "id",
      "hunter3",
    ]);
    expect(catalog).toMatchObject({
      warehouse: "w",
      credentials: { kind: "token" },
      certificateAuthority: PEM,
    });
    expect(catalog.credentials?.kind === "token" && catalog.credentials.token.reveal()).toBe("hunter4");
  });

  it("never print a secret", () => {
    const all = [requireKafka(platform()), requireStorage(platform()), requireCatalog(platform())];
    expect(JSON.stringify([all, platform(), [...SECRETS]])).not.toMatch(/hunter/);
  });

  it("of an Airflow have its user and the folder of its DAGs", () => {
    const airflow = {
      uri: "https://airflow",
      credentialsSecretRef: { name: "airflow", passwordKey: "pass" },
      caSecretRef: { name: "airflow" },
    };
    const secrets = new Map([["airflow", secretWith({ username: "me", pass: "hunter6", "ca.crt": PEM })]]);
    const settings = requireAirflow(platform({ ...SPEC, airflow }, secrets));
    const { username, password, ...rest } = settings;
    expect([username.reveal(), password.reveal()]).toEqual(["me", "hunter6"]);
    expect(rest).toEqual({ uri: "https://airflow", certificateAuthority: PEM, bundlePrefix: "airflow/dags" });
    const elsewhere = { ...airflow, bundle: { prefix: "teams/web" } };
    const moved = requireAirflow(platform({ ...SPEC, airflow: elsewhere }, secrets));
    expect(moved.bundlePrefix).toBe("teams/web");
    expect(JSON.stringify(settings)).not.toContain("hunter");
  });

  it("of an Airflow are there only where the platform names one", () => {
    expect(componentsOf(SPEC)).toEqual(["Kafka", "Storage", "Catalog"]);
    expect(findWaitingError(problemOf(platform(), ["Airflow"]))).toMatchObject({
      reason: "PlatformNotReady",
      message: 'DataPlatform "main" names no Airflow; give it spec.airflow',
    });
  });

  it("of a receiver of lineage have its token and where events are sent", () => {
    const lineage = {
      uri: "https://marquez/base/",
      credentialsSecretRef: { name: "marquez", tokenKey: "apiKey" },
      caSecretRef: { name: "marquez" },
    };
    const secrets = new Map([["marquez", secretWith({ apiKey: "hunter7", "ca.crt": PEM })]]);
    const settings = requireLineage(platform({ ...SPEC, lineage }, secrets));
    const { token, ...rest } = settings;
    expect(token?.reveal()).toBe("hunter7");
    expect(rest).toEqual({ url: "https://marquez/base/api/v1/lineage", certificateAuthority: PEM });
    expect(JSON.stringify(settings)).not.toContain("hunter");
    const elsewhere = { uri: "http://datahub", endpoint: "openapi/openlineage/api/v1/lineage" };
    expect(requireLineage(platform({ ...SPEC, lineage: elsewhere }))).toEqual({
      url: "http://datahub/openapi/openlineage/api/v1/lineage",
    });
    expect(componentsOf({ ...SPEC, lineage })).toEqual(["Kafka", "Storage", "Catalog", "Lineage"]);
  });

  it("of a receiver of lineage wait for its Secret, and for nobody where the platform names none", () => {
    const lineage = { uri: "https://marquez", credentialsSecretRef: { name: "marquez" } };
    expect(findWaitingError(problemOf(platform({ ...SPEC, lineage }), ["Lineage"]))?.reason).toMatch(
      /^Secret/,
    );
    expect(findWaitingError(problemOf(platform(), ["Lineage"]))?.message).toBe(
      'DataPlatform "main" names no receiver of lineage; give it spec.lineage',
    );
  });

  it("take OAuth2 client credentials where the platform names a client", () => {
    const oauth2 = { secretRef: { name: "catalog", clientIdKey: "user" }, scope: "PRINCIPAL_ROLE:ALL" };
    const spec: DataPlatformSpec = { ...SPEC, catalog: { uri: "https://catalog", oauth2 } };
    const secrets = new Map([["catalog", secretWith({ user: "me", clientSecret: "hunter5" })]]);
    const { credentials } = requireCatalog(platform(spec, secrets));
    expect(credentials).toMatchObject({
      kind: "client",
      scope: "PRINCIPAL_ROLE:ALL",
      tokenUri: undefined,
    });
    expect(
      credentials?.kind === "client" && [credentials.clientId.reveal(), credentials.clientSecret.reveal()],
    ).toEqual(["me", "hunter5"]);
    expect(variablesOf(spec, ["Catalog"]).map(({ variable, key }) => [variable, key])).toEqual([
      ["CATALOG_CLIENT_ID", "user"],
      ["CATALOG_CLIENT_SECRET", "clientSecret"],
    ]);
  });

  it("take the workload's own identity where the platform says so, and no Secret", () => {
    const { endpoint, region, bucket } = SPEC.storage;
    const spec: DataPlatformSpec = {
      ...SPEC,
      storage: { endpoint, region, bucket, credentials: "WorkloadIdentity" },
    };
    expect(requireStorage(platform(spec, new Map())).credentials).toEqual({ kind: "workload-identity" });
    expect(variablesOf(spec, ["Storage"])).toEqual([]);
    expect(secretNamesOf(spec, ["Storage"])).toEqual([]);
  });

  it("need no credentials where the platform names none", () => {
    const open = { ...SPEC, kafka: { bootstrapServers: ["kafka:9092"] }, catalog: { uri: "http://catalog" } };
    const { tls, sasl } = requireKafka(platform(open));
    expect([tls, sasl, requireCatalog(platform(open)).credentials]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("the references of a platform", () => {
  it("name every Secret once, for the components that are asked for", () => {
    expect(secretNamesOf(SPEC, ["Kafka", "Storage", "Catalog"])).toEqual([
      "kafka",
      "kafka-client",
      "s3",
      "catalog",
    ]);
    expect(secretNamesOf(SPEC, ["Storage"])).toEqual(["s3"]);
  });

  it("become variables and files of a container, which hold no value", () => {
    expect(secretEnvironment(variablesOf(SPEC, ["Catalog", "Kafka"]))).toEqual([
      { name: "CATALOG_TOKEN", valueFrom: { secretKeyRef: { name: "catalog", key: "token" } } },
      { name: "KAFKA_SASL_USERNAME", valueFrom: { secretKeyRef: { name: "kafka", key: "username" } } },
      { name: "KAFKA_SASL_PASSWORD", valueFrom: { secretKeyRef: { name: "kafka", key: "pass" } } },
    ]);
    expect(secretVolumes(SPEC, ["Kafka"])).toEqual({
      volumes: [
        { name: "kafka-ca", secret: { secretName: "kafka", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          name: "kafka-client",
          secret: {
            secretName: "kafka-client",
            items: [
              { key: "tls.crt", path: "tls.crt" },
              { key: "tls.key", path: "tls.key" },
            ],
          },
        },
      ],
      mounts: [
        { name: "kafka-ca", mountPath: "/etc/openclickstream-kafka", readOnly: true },
        { name: "kafka-client", mountPath: "/etc/openclickstream-kafka-client", readOnly: true },
      ],
    });
    expect(secretVolumes(SPEC, ["Storage", "Catalog"]).mounts).toEqual([
      { name: "storage-ca", mountPath: "/etc/openclickstream-storage", readOnly: true },
      { name: "catalog-ca", mountPath: "/etc/openclickstream-catalog", readOnly: true },
    ]);
    expect(secretVolumes({ ...SPEC, catalog: { uri: "http://catalog" } }, ["Catalog"])).toEqual({
      volumes: [],
      mounts: [],
    });
  });
});

describe("a reference that leads nowhere", () => {
  it.each<[string, PlatformState, string, string]>([
    ["a Secret", withSecret("s3", undefined), "SecretNotFound", 'Secret "s3" does not exist'],
    [
      "a key",
      withSecret("s3", secretWith({ accessKeyId: "id", "root.pem": PEM })),
      "SecretKeyMissing",
      'Secret "s3" has no key "secretAccessKey"',
    ],
    [
      "an empty value",
      withSecret("kafka", secretWith({ "ca.crt": PEM, username: "", pass: "" })),
      "SecretKeyMissing",
      'Secret "kafka" has no key "username"',
    ],
    [
      "a key of a certificate",
      withSecret("kafka-client", secretWith({ "tls.crt": PEM })),
      "SecretKeyMissing",
      'Secret "kafka-client" has no key "tls.key"',
    ],
    [
      "a DataPlatform",
      { state: "absent", key: KEY },
      "PlatformNotFound",
      'DataPlatform "main" does not exist in namespace "shop"',
    ],
  ])("to %s means waiting", (...[, state, reason, message]) => {
    const problem = problemOf(state, ["Kafka", "Storage", "Catalog"]);
    expect(findWaitingError(problem)).toMatchObject({ reason, message });
  });

  it.each(["Kafka", "Catalog"] as const)("of the object store does not keep %s from being used", (other) => {
    expect(problemOf(withSecret("s3", undefined), [other])).toBeUndefined();
  });

  it("is unknown, not missing, when the Secret could not be read", () => {
    const error = new Error("forbidden");
    expect(problemOf(withSecret("s3", { state: "unknown", error }), ["Storage"])).toBe(error);
  });
});

describe("a platform that is read", () => {
  const resource: DataPlatform = {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "DataPlatform",
    metadata: { ...KEY, uid: "u", generation: 1 },
    spec: SPEC,
  };
  const user = {
    apiVersion: "v1",
    kind: "User",
    metadata: { namespace: "shop", name: "x" },
    spec: { platformRef: { name: "main" } },
  };

  function passOver(platformNow: DataPlatform | undefined): Parameters<PlatformReader["read"]>[1] {
    return {
      kubernetes: { cached: () => platformNow } as unknown as KubernetesClient,
      hide: () => undefined,
    };
  }

  function readerOf(get: GetSecret): { platforms: PlatformReader; wait: (seconds: number) => void } {
    let now = 0;
    const clock = (): number => now;
    const editionKey = async (): Promise<Buffer> => Buffer.from("a key");
    const platforms = new PlatformReader(new SecretReader({ get, editionKey, now: clock }), clock);
    return { platforms, wait: (seconds) => void (now += seconds * 1000) };
  }

  const getAll: GetSecret = async ({ name }) => ({
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name, uid: "s", resourceVersion: "1" } },
    data: { token: Buffer.from(`of ${name}`).toString("base64") },
  });

  it("tells that it is not there", async () => {
    const { platforms } = readerOf(getAll);
    expect(await platforms.read(user, passOver(undefined))).toEqual({ state: "absent", key: KEY });
    expect(platforms.lastKnown(KEY)).toBeUndefined();
  });

  it("has all of its Secrets, each read once", async () => {
    const asked: string[] = [];
    const { platforms } = readerOf(async (key) => {
      asked.push(`${key.namespace}/${key.name}`);
      return getAll(key);
    });
    const found = await platforms.read(user, passOver(resource));
    expect(found.state === "present" && [...found.secrets.keys()]).toEqual([
      "kafka",
      "kafka-client",
      "s3",
      "catalog",
    ]);
    expect(asked).toEqual(["shop/kafka", "shop/kafka-client", "shop/s3", "shop/catalog"]);
  });

  it("is remembered with what its Secrets last held, and forgotten when nobody asked for it for long", async () => {
    let isGone = false;
    const { platforms, wait } = readerOf(async (key) => (isGone ? undefined : getAll(key)));
    await platforms.read(user, passOver(resource));
    isGone = true;
    wait(60);
    const now = await platforms.read(user, passOver(resource));
    expect(now.state === "present" && now.secrets.get("catalog")).toEqual({ state: "absent" });
    expect(platforms.lastKnown(KEY)?.secrets.get("catalog")).toMatchObject({ state: "present" });
    wait(601);
    await platforms.read(
      { ...user, metadata: { namespace: "far", name: "x" } },
      passOver({ ...resource, metadata: { ...resource.metadata, namespace: "far" } }),
    );
    expect(platforms.lastKnown(KEY)).toBeUndefined();
  });
});
