/** Passes of the controller against an API server in memory. */
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { QueryClusterSpec } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { runPhases } from "../../runtime/pass/phases.ts";
import { PERMIT } from "../../testing/permit.ts";
import { FakeKubernetes } from "../../testing/fake-kubernetes.ts";
import { localPlatform, platformsOf, secretReaderOf } from "../../testing/clickstream-pipeline.ts";
import type { QueryClusterController } from "./controller.ts";
import { createQueryClusterController } from "./controller.ts";
import { IMAGES, clusterWith, emptySurroundings } from "../../testing/query-cluster.ts";

const metrics = createMetrics();

/** The controller of a process that has just been started. */
function controllerOf(kubernetes: FakeKubernetes): QueryClusterController {
  return createQueryClusterController({
    images: IMAGES,
    prober: { probe: async () => emptySurroundings().probe },
    platforms: platformsOf(kubernetes),
    secrets: secretReaderOf(kubernetes),
  });
}

function cluster(): FakeKubernetes {
  const kubernetes = new FakeKubernetes();
  kubernetes.seed(localPlatform());
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s3-credentials", namespace: "quickstart" },
  };
  kubernetes.seed(Object.assign(secret, { data: { accessKeyId: "YQ==", secretAccessKey: "Yg==" } }));
  return kubernetes;
}

async function pass(
  kubernetes: FakeKubernetes,
  spec: Partial<QueryClusterSpec> = {},
): Promise<readonly string[]> {
  kubernetes.writes.length = 0;
  const context: ReconcileContext = {
    logger: pino({ level: "silent" }),
    now: () => new Date("2026-01-01T00:00:00Z"),
    kubernetes,
    ...PERMIT,
    hide: () => undefined,
    recordEvent: () => undefined,
    isNamespaceTerminating: async () => false,
  };
  const run = { context, metrics, controllerName: "QueryCluster" };
  const { thrown } = await runPhases(controllerOf(kubernetes), clusterWith(spec), run);
  if (thrown !== undefined) throw thrown.error;
  return [...kubernetes.writes];
}

describe("a query cluster", () => {
  it("is made in one pass, workloads last, and left alone in the next", async () => {
    const kubernetes = cluster();
    expect(await pass(kubernetes, { workers: 2 })).toEqual([
      "apply ServiceAccount query",
      "apply ConfigMap query-catalogs",
      "apply ConfigMap query-coordinator",
      "apply ConfigMap query-worker",
      "apply Service query",
      "apply PodDisruptionBudget query-worker",
      "apply Deployment query",
      "apply Deployment query-worker",
    ]);
    expect(await pass(kubernetes, { workers: 2 })).toEqual([]);
  });

  it("gets a new catalog by new files, then new pods", async () => {
    const kubernetes = cluster();
    await pass(kubernetes, { workers: 2 });
    expect(await pass(kubernetes, { workers: 2, catalogs: [{ name: "tpch", connector: "tpch" }] })).toEqual([
      "apply ConfigMap query-catalogs",
      "apply Deployment query",
      "apply Deployment query-worker",
    ]);
  });

  it("rolls for a new Secret of the platform and for one of its own catalogs", async () => {
    const kubernetes = cluster();
    const property = { property: "connection-password", secretRef: { name: "orders-db", key: "password" } };
    const catalogs = [{ name: "orders", connector: "postgresql", secretProperties: [property] }];
    const metadata = { name: "orders-db", namespace: "quickstart" };
    kubernetes.seed(
      Object.assign({ apiVersion: "v1", kind: "Secret", metadata }, { data: { password: "YQ==" } }),
    );
    await pass(kubernetes, { workers: 2, catalogs });
    for (const name of ["orders-db", "s3-credentials"]) {
      kubernetes.change("Secret", name, (secret) => {
        secret["data"] = { ...(secret["data"] as object), more: "YQ==" };
      });
      expect(await pass(kubernetes, { workers: 2, catalogs })).toEqual([
        "apply Deployment query",
        "apply Deployment query-worker",
      ]);
    }
  });

  it("loses its workers only when the coordinator has taken over their work", async () => {
    const kubernetes = cluster();
    await pass(kubernetes, { workers: 2 });
    makeCoordinatorRun(kubernetes);
    expect(await pass(kubernetes, { workers: 0 })).toEqual([
      "apply ConfigMap query-coordinator",
      "apply Deployment query",
    ]);
    expect(await pass(kubernetes, { workers: 0 })).toEqual([]);
    makeCoordinatorRun(kubernetes);
    expect(await pass(kubernetes, { workers: 0 })).toEqual([
      "delete Deployment query-worker",
      "delete PodDisruptionBudget query-worker",
      "delete ConfigMap query-worker",
    ]);
    expect(await pass(kubernetes, { workers: 0 })).toEqual([]);
  });
});

/** What Kubernetes' own controllers write when the coordinator of the present template runs. */
function makeCoordinatorRun(kubernetes: FakeKubernetes): void {
  kubernetes.change("Deployment", "query", (deployment) => {
    const { generation } = deployment["metadata"] as { generation: number };
    deployment["status"] = {
      observedGeneration: generation,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
    };
  });
}
