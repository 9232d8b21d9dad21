import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataPlatform } from "../../crds/kinds.ts";
import { dataPlatformKind } from "../../crds/kinds.ts";
import type { Component } from "../../platform/references.ts";
import { WaitingError } from "../../runtime/errors.ts";
import { SECRET_TYPE } from "../../platform/secret-reader.ts";
import { Scenario } from "../../testing/scenario.ts";
import { componentSecretsHash } from "../../workloads/secrets.ts";
import { AIRFLOW_SPEC } from "../../testing/airflow.ts";
import { LINEAGE_SPEC } from "../../testing/lineage.ts";
import { PLATFORM_WITH_HBASE } from "../../testing/hbase.ts";
import { PLATFORM, PRESENT, describeError, secretWith } from "../../testing/systems.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { DataPlatformController } from "./controller.ts";
import { createDataPlatformController } from "./controller.ts";
import type { ObservedPlatform, ProbeResult } from "./observe.ts";
import { platformStatus } from "./status.ts";
import { validatePlatform } from "./validate.ts";

const REACHABLE: ProbeResult = { state: "reachable", version: "1", message: "fine" };
const DOWN: ProbeResult = {
  state: "unreachable",
  reason: "KafkaUnreachable",
  message: "connect ECONNREFUSED",
};

function observed(changed: Partial<Record<Component, ProbeResult>> = {}): ObservedPlatform {
  const systems: readonly Component[] = ["Kafka", "Storage", "Catalog"];
  const components = new Map(systems.map((name) => [name, changed[name] ?? REACHABLE]));
  return {
    platform: PRESENT,
    components,
    abilities: { snapshotExpiry: "True", branches: "False" },
    upkeep: { jobs: [], pods: [], tables: [] },
  };
}

const IMAGE = "images.test/spark:1";

function createController(systems: SystemAccess): DataPlatformController {
  return createDataPlatformController({ images: { spark: IMAGE }, ...systems });
}

const now = new Date("2026-01-02T00:00:00.7Z");

describe("a platform", () => {
  it("is valid when all of its systems answer", () => {
    expect(validatePlatform(PLATFORM, observed(), IMAGE).waiting).toBeUndefined();
  });

  it("waits for every system that does not, and names them all", () => {
    const refused: ProbeResult = { state: "unreachable", reason: "Unauthorized", message: "403" };
    expect(
      refusal(observed({ Storage: refused, Catalog: { ...DOWN, reason: "CatalogUnreachable" } })),
    ).toEqual({
      class: "waiting",
      reason: "Unauthorized",
      message: "Storage: 403; Catalog: connect ECONNREFUSED",
    });
  });
});

describe("a platform that lacks a Secret", () => {
  const platform = { ...PRESENT, secrets: new Map() };
  const Storage: ProbeResult = { state: "unknown", reason: "SecretNotFound", message: "not probed" };

  it("waits for it", () => {
    expect(refusal({ ...observed({ Storage }), platform })).toEqual({
      class: "waiting",
      reason: "SecretNotFound",
      message: 'Secret "s3" does not exist',
    });
  });

  it("names it beside the systems that do not answer", () => {
    expect(refusal({ ...observed({ Kafka: DOWN, Storage }), platform })).toEqual({
      class: "waiting",
      reason: "KafkaUnreachable",
      message: 'Kafka: connect ECONNREFUSED; Secret "s3" does not exist',
    });
  });

  it("names a Secret of two systems once", () => {
    const catalog = { uri: "http://catalog", credentialsSecretRef: { name: "s3" } };
    const both = { ...platform, spec: { ...PRESENT.spec, catalog } };
    expect(refusal({ ...observed({ Storage, Catalog: Storage }), platform: both })).toMatchObject({
      message: 'Secret "s3" does not exist',
    });
  });
});

describe("the status of a platform", () => {
  it("shows each system with what answered and when that was first so", () => {
    const { status, conditions, requeueAfterSeconds } = platformStatus({
      resource: PLATFORM,
      observed: observed({ Kafka: DOWN }),
      now,
    });
    expect(status.components).toEqual([
      {
        name: "Kafka",
        reachable: false,
        message: "connect ECONNREFUSED",
        lastTransitionTime: "2026-01-02T00:00:00Z",
      },
      {
        name: "Storage",
        reachable: true,
        version: "1",
        message: "fine",
        lastTransitionTime: "2026-01-02T00:00:00Z",
        secretsHash: componentSecretsHash(PRESENT, "Storage"),
      },
      {
        name: "Catalog",
        reachable: true,
        version: "1",
        message: "fine",
        lastTransitionTime: "2026-01-02T00:00:00Z",
      },
    ]);
    expect(conditions).toEqual([
      {
        type: "KafkaReachable",
        status: "False",
        reason: "KafkaUnreachable",
        message: "connect ECONNREFUSED",
      },
      { type: "StorageReachable", status: "True", reason: "Succeeded", message: "fine" },
      { type: "CatalogReachable", status: "True", reason: "Succeeded", message: "fine" },
    ]);
    expect(requeueAfterSeconds).toBe(30);
  });

  it("does not change with the clock while the findings stay the same", () => {
    const first = platformStatus({ resource: PLATFORM, observed: observed(), now });
    const resource: DataPlatform = { ...PLATFORM, status: first.status };
    const later = new Date("2026-01-03T00:00:00Z");
    expect(platformStatus({ resource, observed: observed(), now: later }).status).toEqual(first.status);
    const changed = platformStatus({ resource, observed: observed({ Kafka: DOWN }), now: later }).status
      .components;
    expect(changed?.map((component) => component.lastTransitionTime)).toEqual([
      "2026-01-03T00:00:00Z",
      "2026-01-02T00:00:00Z",
      "2026-01-02T00:00:00Z",
    ]);
  });

  it("keeps in mind with which values of Secrets a system was last reached", () => {
    const first = platformStatus({ resource: PLATFORM, observed: observed(), now }).status;
    const resource: DataPlatform = { ...PLATFORM, status: first };
    const values = { accessKeyId: "access-key", secretAccessKey: "wrong" };
    const platform = { ...PRESENT, secrets: new Map([["s3", secretWith(values)]]) };
    const seen = (Storage: ProbeResult): string | undefined =>
      platformStatus({ resource, observed: { ...observed({ Storage }), platform }, now }).status
        .components?.[1]?.secretsHash;
    const [, storage] = first.components ?? [];
    expect(seen({ ...DOWN, reason: "Unauthorized" })).toBe(storage?.secretsHash);
    expect(seen(REACHABLE)).toBe(componentSecretsHash(platform, "Storage"));
    expect(seen(REACHABLE)).not.toBe(storage?.secretsHash);
  });

  it("stays as it was when nothing could be observed", () => {
    const { status } = platformStatus({ resource: PLATFORM, observed: observed(), now });
    expect(platformStatus({ resource: { ...PLATFORM, status }, now }).status).toEqual(status);
  });
});

describe("passes over a platform", () => {
  let scenario: Scenario;

  beforeEach(async () => {
    scenario = await Scenario.start(createController);
  });
  afterEach(async () => {
    await scenario.stop();
  });

  it("write the status once, and again only when something goes or comes back", async () => {
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe("Ready=True Succeeded: Kafka, storage and catalog answer");
    const writes = (): number =>
      scenario.api.writes.filter((request) => request.subresource === "status").length;
    expect(await scenario.pass("main")).toEqual({ kind: "after", seconds: 30 });
    expect(writes()).toBe(1);
    scenario.kafka.isDown = true;
    expect(await scenario.pass("main")).toEqual({ kind: "after", seconds: 10 });
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe(
      "Ready=False KafkaUnreachable: Kafka: Kafka at kafka:9092 is unreachable: down",
    );
    expect(writes()).toBe(2);
    scenario.kafka.isDown = false;
    await scenario.pass("main");
    expect(scenario.ready("main")).toContain("Ready=True");
    expect(writes()).toBe(3);
  });

  it("give up on a system that never answers, and still tell of the others", async () => {
    scenario.kafka.probe = (signal?: AbortSignal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error));
      });
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe("Ready=False KafkaUnreachable: Kafka: no answer within 5 s");
    expect(scenario.status("main")["components"]).toMatchObject([
      { reachable: false },
      { reachable: true },
      { reachable: true },
    ]);
  }, 15_000);

  it("probe what can be probed while a Secret is missing", async () => {
    scenario.delete(SECRET_TYPE, "s3");
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe('Ready=False SecretNotFound: Secret "s3" does not exist');
    expect(scenario.status("main")["components"]).toMatchObject([
      { name: "Kafka", reachable: true },
      { name: "Storage", reachable: false, message: 'not probed: Secret "s3" does not exist' },
      { name: "Catalog", reachable: true },
    ]);
  });

  it("read the Secrets anew after a system has refused what they held", async () => {
    await scenario.pass("main");
    scenario.bucket.probe = () => Promise.reject(new WaitingError("Unauthorized", "answered 403"));
    await scenario.pass("main");
    scenario.delete(SECRET_TYPE, "s3");
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe('Ready=False SecretNotFound: Secret "s3" does not exist');
  });

  it("tell which systems the addresses lead to, also while one is away, but not once the spec has changed meanwhile", async () => {
    const identity = (): unknown =>
      (scenario.status("main")["components"] as { identity?: string }[]).map(
        (component) => component.identity,
      );
    const known = ["fake", "s3://lake at fake", "fake main"];
    await scenario.pass("main");
    expect(identity()).toEqual(known);
    scenario.kafka.isDown = true;
    await scenario.pass("main");
    expect(identity()).toEqual(known);
    const kafka = { bootstrapServers: ["elsewhere:9092"] };
    scenario.put(dataPlatformKind, { ...PLATFORM, ...{ spec: { ...PLATFORM.spec, kafka } } });
    await scenario.pass("main");
    expect(identity()).toEqual([undefined, "s3://lake at fake", "fake main"]);
  });

  it("tell what the catalog can do, also while it is away or does not say, but not of another one", async () => {
    const abilities = { snapshotExpiry: "True", branches: "True" };
    await scenario.pass("main");
    expect(scenario.status("main")["catalog"]).toEqual(abilities);
    scenario.catalog.abilities = () => Promise.reject(new Error("500"));
    await scenario.pass("main");
    expect(scenario.ready("main")).toContain("Ready=True");
    expect(scenario.status("main")["catalog"]).toEqual(abilities);
    scenario.catalog.probe = () => Promise.reject(new WaitingError("CatalogUnreachable", "down"));
    await scenario.pass("main");
    expect(scenario.status("main")["catalog"]).toEqual(abilities);
    const catalog = { uri: "http://elsewhere" };
    scenario.put(dataPlatformKind, { ...PLATFORM, ...{ spec: { ...PLATFORM.spec, catalog } } });
    await scenario.pass("main");
    expect(scenario.status("main")["catalog"]).toBeUndefined();
  });

  it("show wrong credentials as such", async () => {
    scenario.bucket.probe = () => Promise.reject(new WaitingError("Unauthorized", "answered 403"));
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe("Ready=False Unauthorized: Storage: answered 403");
  });
});

describe("passes over a platform with an Airflow", () => {
  let scenario: Scenario;

  beforeEach(async () => {
    const platform = { ...PLATFORM, spec: { ...PLATFORM.spec, airflow: AIRFLOW_SPEC } };
    scenario = await Scenario.start(createController, platform);
  });
  afterEach(async () => {
    await scenario.stop();
  });

  it("tell its version, and what else answers", async () => {
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe("Ready=True Succeeded: Kafka, storage, catalog and Airflow answer");
    expect(scenario.condition("main", "AirflowReady")).toBe(
      "AirflowReady=True Succeeded: scheduler, dag-processor and triggerer are healthy",
    );
    expect(scenario.status("main")["components"]).toContainEqual(
      expect.objectContaining({
        name: "Airflow",
        reachable: true,
        version: "3.3.2",
        identity: "fake airflow",
      }),
    );
  });

  it("name the process that is not well", async () => {
    const message = "this is not healthy: scheduler";
    scenario.airflow.probe = () => Promise.reject(new WaitingError("AirflowUnhealthy", message));
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe(`Ready=False AirflowUnhealthy: Airflow: ${message}`);
    expect(scenario.condition("main", "KafkaReachable")).toContain("=True");
  });

  it("forget it once the platform names none", async () => {
    await scenario.pass("main");
    scenario.put(dataPlatformKind, PLATFORM);
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe("Ready=True Succeeded: Kafka, storage and catalog answer");
    expect(scenario.condition("main", "AirflowReady")).toBe("not judged");
    expect(scenario.status("main")["components"]).toHaveLength(3);
  });
});

describe("passes over a platform with a receiver of lineage", () => {
  let scenario: Scenario;

  beforeEach(async () => {
    const platform = { ...PLATFORM, spec: { ...PLATFORM.spec, lineage: LINEAGE_SPEC } };
    scenario = await Scenario.start(createController, platform);
  });
  afterEach(async () => {
    await scenario.stop();
  });

  it("tell that it answers", async () => {
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe(
      "Ready=True Succeeded: Kafka, storage, catalog and the receiver of lineage answer",
    );
    expect(scenario.condition("main", "LineageReady")).toBe(
      "LineageReady=True Succeeded: the receiver answers",
    );
  });

  it("tell that it is away", async () => {
    scenario.lineage.isDown = true;
    await scenario.pass("main");
    expect(scenario.condition("main", "LineageReady")).toContain("LineageReady=False LineageUnreachable");
    expect(scenario.ready("main")).toContain("Ready=False LineageUnreachable: Lineage: the receiver");
    expect(scenario.condition("main", "CatalogReachable")).toContain("=True");
  });
});

describe("passes over a platform with an HBase", () => {
  let scenario: Scenario;

  beforeEach(async () => {
    scenario = await Scenario.start(createController, PLATFORM_WITH_HBASE);
  });
  afterEach(async () => {
    await scenario.stop();
  });

  it("tell its version and cluster, and have no condition of an Airflow", async () => {
    await scenario.pass("main");
    expect(scenario.ready("main")).toBe("Ready=True Succeeded: Kafka, storage, catalog and HBase answer");
    expect(scenario.condition("main", "HBaseReady")).toBe(
      "HBaseReady=True Succeeded: 1 region server, cluster fake",
    );
    expect(scenario.condition("main", "AirflowReady")).toBe("not judged");
    expect(scenario.status("main")["components"]).toContainEqual(
      expect.objectContaining({ name: "HBase", reachable: true, version: "2.6.4", identity: "fake" }),
    );
  });

  it("say that it is away, and still tell of the others", async () => {
    scenario.hbase.isDown = true;
    await scenario.pass("main");
    expect(scenario.ready("main")).toContain("Ready=False HBaseUnreachable: HBase: ");
    expect(scenario.condition("main", "HBaseReady")).toContain("HBaseReady=False HBaseUnreachable");
    expect(scenario.condition("main", "KafkaReachable")).toContain("=True");
  });
});

function refusal(found: ObservedPlatform): unknown {
  return describeError(validatePlatform(PLATFORM, found, IMAGE).waiting);
}
