/** QueryClusters on a real API server; the test plays kubelet and workload controllers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queryClusterKind } from "../../src/crds/kinds.ts";
import { CHILD_TYPES } from "../../src/targets/kubernetes/child.ts";
import type { SeenObject } from "./composing-operator.ts";
import { ComposingOperator, runningDeployment } from "./composing-operator.ts";

const { ConfigMap, Deployment, PodDisruptionBudget, Service } = CHILD_TYPES;

let operator: ComposingOperator;

beforeAll(async () => {
  operator = await ComposingOperator.start("queries");
  await operator.applyPlatform();
});
afterAll(async () => {
  await operator.stop();
});

async function applyCluster(name: string, spec: object = {}): Promise<void> {
  await operator.apply(queryClusterKind, name, { platformRef: { name: "main" }, ...spec });
}

async function run(name: string): Promise<SeenObject> {
  const deployment = await operator.waitFor(Deployment, name, () => true);
  await operator.changeStatus(Deployment, name, runningDeployment(deployment));
  return deployment;
}

describe("a query cluster", () => {
  it("is a coordinator and workers, and knows nothing of its catalogs before it is asked", async () => {
    await applyCluster("query", { workers: 1 });
    await run("query");
    await run("query-worker");
    const cluster = await operator.waitForCondition(queryClusterKind, "query", {
      type: "WorkersReady",
      status: "True",
    });
    expect(cluster.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: "CatalogsReachable",
        status: "Unknown",
        reason: "TrinoUnreachable",
        message: "no coordinator is ready",
      }),
    );
    expect(cluster.status?.["coordinatorUrl"]).toBe("http://query.queries.svc:8080");
  });

  it("causes no write at all once it is as it shall be", async () => {
    // An Event is posted behind the status that tells of it: a pass later it is counted.
    await operator.waitForPasses(queryClusterKind, 2);
    const before = await operator.writes();
    await operator.waitForPasses(queryClusterKind, 3);
    expect(await operator.writes()).toBe(before);
  });

  it("rolls both roles for a new catalog, whose secret stays a reference", async () => {
    await operator.requests.apply("/api/v1/namespaces/queries/secrets/orders-db", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "orders-db" },
      stringData: { password: "very-secret" },
    });
    const before = await operator.get(Deployment, "query-worker");
    const orders = {
      name: "orders",
      connector: "postgresql",
      properties: { "connection-url": "jdbc:postgresql://db.test:5432/orders" },
      secretProperties: [
        { property: "connection-password", secretRef: { name: "orders-db", key: "password" } },
      ],
    };
    await applyCluster("query", { workers: 1, catalogs: [orders] });
    const config = await operator.waitFor(
      ConfigMap,
      "query-catalogs",
      ({ data }) => data?.["orders.properties"] !== undefined,
    );
    expect(config.data?.["orders.properties"]).toMatch(/^connection-password=\$\{ENV:CATALOG_ORDERS_\w+\}$/m);
    const grown = (object: SeenObject): boolean =>
      (object.metadata.generation ?? 0) > (before.metadata.generation ?? 0);
    const worker = await operator.waitFor(Deployment, "query-worker", grown);
    expect(JSON.stringify([config, worker])).not.toContain("very-secret");
  });

  it("loses its workers and what belongs to them when the coordinator has taken over their work", async () => {
    const before = await operator.get(Deployment, "query");
    await applyCluster("query", { workers: 0 });
    await operator.waitFor(
      Deployment,
      "query",
      (object) => (object.metadata.generation ?? 0) > (before.metadata.generation ?? 0),
    );
    expect(await operator.find(Deployment, "query-worker")).toBeDefined();
    await run("query");
    await operator.waitUntilGone(Deployment, "query-worker");
    await operator.waitUntilGone(PodDisruptionBudget, "query-worker");
    await operator.waitUntilGone(ConfigMap, "query-worker");
    await operator.waitForCondition(queryClusterKind, "query", { type: "WorkersReady", status: "True" });
  });

  it("has a Flight SQL gateway while the manifest wants one, and tells what it lacks", async () => {
    const flight = { users: { secretRef: { name: "flight" } } };
    await applyCluster("query", { workers: 0, flight });
    await operator.waitFor(Deployment, "query-flight", () => true);
    await operator.waitForCondition(queryClusterKind, "query", {
      type: "FlightReady",
      status: "False",
      reason: "SecretNotFound",
      message: 'Secret "flight" does not exist',
    });
    await operator.requests.apply("/api/v1/namespaces/queries/secrets/flight", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "flight" },
      stringData: { users: "ada:very-secret\n" },
    });
    const deployment = await run("query-flight");
    expect(JSON.stringify(deployment)).not.toContain("very-secret");
    const cluster = await operator.waitForCondition(queryClusterKind, "query", {
      type: "FlightReady",
      status: "True",
    });
    expect(cluster.status?.["flight"]).toMatchObject({
      endpoint: "grpc://query-flight.queries.svc:32010",
      replicas: 1,
    });
    await applyCluster("query", { workers: 0 });
    for (const type of [Deployment, Service, PodDisruptionBudget, ConfigMap]) {
      await operator.waitUntilGone(type, "query-flight");
    }
    await operator.waitFor(queryClusterKind, "query", ({ status }) => status?.["flight"] === undefined);
  });

  it("refuses several gateways that do not share a key", async () => {
    await expect(applyCluster("many", { flight: { replicas: 2 } })).rejects.toThrow(
      "signingKey must be given with several replicas",
    );
  });

  it("says which field to change when its cache leaves Trino no memory", async () => {
    await applyCluster("full", { cache: { medium: "Memory", maxSize: "1536Mi" } });
    await operator.waitForCondition(queryClusterKind, "full", {
      type: "Stalled",
      status: "True",
      reason: "InvalidSpec",
      message:
        'spec.coordinatorResources must leave Trino at least 1Gi of memory; "2Gi" leaves less, so raise the limit or lower spec.cache.maxSize',
    });
    expect(await operator.find(Deployment, "full")).toBeUndefined();
  });

  it("waits for the Secret of a catalog and goes on when it comes", async () => {
    const secretProperties = [
      { property: "connection-password", secretRef: { name: "later", key: "password" } },
    ];
    await applyCluster("patient", {
      catalogs: [{ name: "orders", connector: "postgresql", secretProperties }],
    });
    await operator.waitForCondition(queryClusterKind, "patient", {
      type: "Ready",
      reason: "SecretNotFound",
      message: 'Secret "later" does not exist',
    });
    await operator.requests.apply("/api/v1/namespaces/queries/secrets/later", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "later" },
      stringData: { password: "x" },
    });
    await operator.waitFor(Deployment, "patient", () => true);
  });

  it("has pods that satisfy the restricted Pod Security Standard", async () => {
    const restricted = "queries-restricted";
    await operator.requests.apply(`/api/v1/namespaces/${restricted}`, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: restricted, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    await operator.requests.apply(`/api/v1/namespaces/${restricted}/serviceaccounts/default`, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default" },
    });
    await applyCluster("pods", { workers: 1, cache: { medium: "Memory", maxSize: "256Mi" } });
    for (const name of ["pods", "pods-worker"]) {
      const { spec } = await operator.waitFor(Deployment, name, () => true);
      const { template } = spec as { template: { spec: Record<string, unknown> } };
      const { code, body } = await operator.requests.send({
        method: "POST",
        path: `/api/v1/namespaces/${restricted}/pods?dryRun=All&fieldValidation=Strict`,
        body: {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "tried" },
          spec: { ...template.spec, serviceAccountName: "default" },
        },
      });
      expect(code, JSON.stringify(body)).toBe(201);
    }
  });
});
