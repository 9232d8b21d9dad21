/** Whole passes over query clusters against an API server in this process. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { QueryClusterSpec } from "../../crds/kinds.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { localPlatform } from "../../testing/clickstream-pipeline.ts";
import { IMAGES, emptySurroundings } from "../../testing/query-cluster.ts";
import { Scenario } from "../../testing/scenario.ts";
import type { CacheReading } from "../../targets/trino/cache-statistics.ts";
import { createQueryClusterController } from "./controller.ts";

let scenario: Scenario;
/** What the pods tell of their cache. */
let cache: CacheReading;

beforeEach(async () => {
  cache = { state: "unknown", message: "no pod is ready" };
  const prober = { probe: async () => emptySurroundings().probe };
  const cacheReader = { read: async () => cache };
  scenario = await Scenario.start(
    (systems) => createQueryClusterController({ images: IMAGES, prober, cacheReader, ...systems }),
    localPlatform(),
  );
});
afterEach(async () => {
  await scenario.stop();
});

/** What one pass over this spec writes of the children. */
async function pass(spec: Partial<QueryClusterSpec> = {}): Promise<readonly string[]> {
  scenario.putResource("query", { platformRef: { name: "local" }, ...spec });
  return scenario.writesDuring(() => scenario.pass("query"));
}

/** What Kubernetes' own controllers write when the coordinator of the present template runs. */
function makeCoordinatorRun(): void {
  const generation = scenario.find(CHILD_TYPES.Deployment, "query")?.metadata.generation;
  const status = { observedGeneration: generation, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  scenario.putStatus("query", status, CHILD_TYPES.Deployment);
}

describe("a query cluster", () => {
  it("is made in one pass, workloads last, and left alone in the next", async () => {
    expect(await pass({ workers: 2 })).toEqual([
      "apply ServiceAccount query",
      "apply ConfigMap query-catalogs",
      "apply ConfigMap query-coordinator",
      "apply ConfigMap query-worker",
      "apply Service query",
      "apply PodDisruptionBudget query-worker",
      "apply Deployment query",
      "apply Deployment query-worker",
    ]);
    expect(scenario.ready("query")).toContain("Ready=False");
    expect(await pass({ workers: 2 })).toEqual([]);
  });

  it("gets a new catalog by new files, then new pods", async () => {
    await pass({ workers: 2 });
    expect(await pass({ workers: 2, catalogs: [{ name: "tpch", connector: "tpch" }] })).toEqual([
      "apply ConfigMap query-catalogs",
      "apply Deployment query",
      "apply Deployment query-worker",
    ]);
  });

  it("rolls for a new Secret of the platform and for one of its own catalogs", async () => {
    const property = { property: "connection-password", secretRef: { name: "orders-db", key: "password" } };
    const catalogs = [{ name: "orders", connector: "postgresql", secretProperties: [property] }];
    scenario.putSecret("orders-db", { password: "hunter2" });
    await pass({ workers: 2, catalogs });
    for (const [name, values] of [
      ["orders-db", { password: "hunter3" }],
      ["s3-credentials", { accessKeyId: "an-id", secretAccessKey: "a-key" }],
    ] as const) {
      scenario.putSecret(name, values);
      scenario.wait(10);
      await scenario.provePlatform();
      const rolled = ["apply Deployment query", "apply Deployment query-worker"];
      expect(await pass({ workers: 2, catalogs })).toEqual(rolled);
    }
  });

  it("keeps the pods that work when a Secret of the platform gets a wrong value, and says so", async () => {
    await pass({ workers: 2 });
    await scenario.provePlatform();
    scenario.putSecret("s3-credentials", { accessKeyId: "an-id", secretAccessKey: "wrong" });
    scenario.wait(10);
    await scenario.provePlatform(["Kafka", "Catalog"]);
    expect(await pass({ workers: 2 })).toEqual([]);
    expect(scenario.ready("query")).toContain(
      'Ready=False Unauthorized: Secret "s3-credentials" holds a new value, with which Storage was not reached',
    );
  });

  it("says why a worker cannot be made, in the words that its Deployment has", async () => {
    await pass({ workers: 2 });
    makeCoordinatorRun();
    const message = 'pods "query-worker-5d" is forbidden: maximum memory usage per Container is 1Gi';
    const failure = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
    const { generation } = scenario.find(CHILD_TYPES.Deployment, "query-worker")?.metadata ?? {};
    const status = { observedGeneration: generation, unavailableReplicas: 2, conditions: [failure] };
    scenario.putStatus("query-worker", status, CHILD_TYPES.Deployment);
    await scenario.pass("query");
    expect(scenario.ready("query")).toBe(
      `Ready=False AdmissionRefused: 0 of 2 replicas are updated; ${message}`,
    );
  });

  it("tells what its cache spared, and writes again only when that is news", async () => {
    await pass();
    const cacheAfter = async (hits: number, hitBytes: number): Promise<unknown> => {
      const figures = { name: "lake", hits, misses: 10, hitBytes, missBytes: 1000 };
      cache = { state: "known", at: scenario.now, pods: 1, catalogs: [figures] };
      scenario.wait(60);
      await scenario.pass("query");
      return scenario.status("query")["cache"];
    };
    const version = (): string | undefined => scenario.resource("query")?.metadata.resourceVersion;
    expect(await cacheAfter(90, 9000)).toMatchObject({ hitPercent: 90, pods: 1, catalogs: [{ hits: 90 }] });
    const before = version();
    expect(await cacheAfter(91, 9050)).toMatchObject({ catalogs: [{ hits: 90 }] });
    expect(version()).toBe(before);
    expect(await cacheAfter(9000, 900_000)).toMatchObject({ hitPercent: 99, catalogs: [{ hits: 9000 }] });
    await pass({ cache: { enabled: false } });
    expect(scenario.status("query")).not.toHaveProperty("cache");
  });

  it("loses its workers only when the coordinator has taken over their work", async () => {
    await pass({ workers: 2 });
    makeCoordinatorRun();
    expect(await pass({ workers: 0 })).toEqual([
      "apply ConfigMap query-coordinator",
      "apply Deployment query",
    ]);
    expect(await pass({ workers: 0 })).toEqual([]);
    makeCoordinatorRun();
    expect(await pass({ workers: 0 })).toEqual([
      "delete Deployment query-worker",
      "delete PodDisruptionBudget query-worker",
      "delete ConfigMap query-worker",
    ]);
    expect(await pass({ workers: 0 })).toEqual([]);
  });

  it("gets a Flight SQL gateway, which follows its key and goes when it is taken out", async () => {
    const signingKey = { secretRef: { name: "flight" } };
    scenario.putSecret("flight", { key: "k".repeat(32), users: "ada:lovelace" });
    await pass();
    makeCoordinatorRun();
    expect(await pass({ flight: { signingKey, users: { secretRef: { name: "flight" } } } })).toEqual([
      "apply ConfigMap query-flight",
      "apply Service query-flight",
      "apply PodDisruptionBudget query-flight",
      "apply Deployment query-flight",
    ]);
    expect(scenario.condition("query", "FlightReady")).toContain(
      "RolloutInProgress: the new specification is not yet observed",
    );
    // Users are read again by the gateway itself.
    scenario.putSecret("flight", { key: "k".repeat(32), users: "ada:byron" });
    scenario.wait(10);
    const flight = { signingKey, users: { secretRef: { name: "flight" } } };
    expect(await pass({ flight })).toEqual([]);
    scenario.putSecret("flight", { key: "m".repeat(32), users: "ada:byron" });
    scenario.wait(10);
    expect(await pass({ flight })).toEqual(["apply Deployment query-flight"]);
    // With a key of no use new pods could not start: those that work keep theirs.
    scenario.putSecret("flight", { key: "short", users: "ada:byron" });
    scenario.wait(10);
    expect(await pass({ flight })).toEqual([]);
    expect(await pass()).toEqual([
      "delete Deployment query-flight",
      "delete PodDisruptionBudget query-flight",
      "delete Service query-flight",
      "delete ConfigMap query-flight",
    ]);
    expect(await pass()).toEqual([]);
  });

  it("is made though a Secret of its gateway is missing, and says which", async () => {
    const flight = { users: { secretRef: { name: "flight" } } };
    expect(await pass({ flight })).toContain("apply Deployment query");
    makeCoordinatorRun();
    await pass({ flight });
    expect(scenario.condition("query", "FlightReady")).toContain(
      'SecretNotFound: Secret "flight" does not exist',
    );
    expect(scenario.condition("query", "CoordinatorReady")).toContain("Succeeded");
  });
});
