import { describe, expect, it } from "vitest";
import type { QueryClusterSpec, QueryClusterStatus } from "../../crds/kinds.ts";
import type { StatusResult } from "../../runtime/controller.ts";
import { readyDeployment, waitingPod } from "../../testing/clickstream-pipeline.ts";
import type { ObservedCluster } from "./observe.ts";
import { clusterStatus } from "./status.ts";
import { clusterWith, emptySurroundings, healthySurroundings } from "../../testing/query-cluster.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const HEALTHY = healthySurroundings();

type Result = StatusResult<QueryClusterStatus>;

interface Given {
  readonly spec?: Partial<QueryClusterSpec>;
  readonly observed: ObservedCluster;
  readonly previous?: QueryClusterStatus;
}

function statusOf({ spec = { workers: 2 }, observed, previous }: Given): Result {
  const resource = clusterWith(spec, previous === undefined ? {} : { status: previous });
  return clusterStatus({ resource, observed, now: NOW });
}

/** `Type=Status Reason: message`, all of them in order. */
function told({ conditions }: Result): readonly string[] {
  return conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
}

const COORDINATOR = "CoordinatorReady=True Succeeded: 1 of 1 replicas are available";
const WORKERS = "WorkersReady=True Succeeded: 2 of 2 replicas are available";
const ONE_OF_TWO = "the coordinator counts 1 workers, 2 are wanted";
const KNOWN = {
  state: "known",
  version: "476",
  activeWorkers: 2,
  catalogs: [{ name: "lake", reachable: true, message: "" }],
} as const;
const CATALOGS = "CatalogsReachable=True Succeeded: all 1 catalogs answer";

describe("the conditions of a query cluster", () => {
  it.each<[string, Given, readonly string[], Pick<Result, "ready" | "waiting">]>([
    [
      "are all true when everything works",
      { observed: HEALTHY },
      [COORDINATOR, WORKERS, CATALOGS],
      { ready: { message: "queries are answered" } },
    ],
    [
      "want no workers when none are wanted",
      { spec: {}, observed: { ...HEALTHY, deployments: { ...HEALTHY.deployments, worker: undefined } } },
      [
        COORDINATOR,
        "WorkersReady=True Succeeded: no workers are wanted; the coordinator does their work",
        CATALOGS,
      ],
      { ready: { message: "queries are answered" } },
    ],
    [
      "know nothing of catalogs before the coordinator runs",
      { observed: emptySurroundings() },
      [
        "CoordinatorReady=False RolloutInProgress: not yet created",
        "WorkersReady=False RolloutInProgress: not yet created",
        "CatalogsReachable=Unknown TrinoUnreachable: no coordinator is ready",
      ],
      { waiting: { reason: "RolloutInProgress", message: "not yet created", retryAfterSeconds: 10 } },
    ],
    [
      "say why the coordinator does not start",
      {
        observed: {
          ...HEALTHY,
          deployments: {
            ...HEALTHY.deployments,
            coordinator: {
              ...readyDeployment("query"),
              status: { observedGeneration: 1, replicas: 2, updatedReplicas: 1 },
            },
          },
          pods: { ...HEALTHY.pods, coordinator: [waitingPod("query-x", "CrashLoopBackOff")] },
        },
      },
      [
        'CoordinatorReady=False ContainerFailed: 1 of 1 replicas are updated, 1 old ones are still there; pod "query-x": CrashLoopBackOff',
        WORKERS,
        CATALOGS,
      ],
      {
        waiting: {
          reason: "ContainerFailed",
          message: '1 of 1 replicas are updated, 1 old ones are still there; pod "query-x": CrashLoopBackOff',
          retryAfterSeconds: 10,
        },
      },
    ],
    [
      "wait until the coordinator counts the workers that are wanted",
      { observed: { ...HEALTHY, probe: { ...KNOWN, activeWorkers: 1 } } },
      [COORDINATOR, `WorkersReady=False RolloutInProgress: ${ONE_OF_TWO}`, CATALOGS],
      { waiting: { reason: "RolloutInProgress", message: ONE_OF_TWO, retryAfterSeconds: 10 } },
    ],
    [
      "name the catalogs that do not answer, and what they say",
      {
        observed: {
          ...HEALTHY,
          probe: {
            state: "known",
            version: "476",
            activeWorkers: 2,
            catalogs: [
              { name: "lake", reachable: false, message: "ICEBERG_CATALOG_ERROR: Failed to list namespaces" },
              { name: "tpch", reachable: true, message: "" },
            ],
          },
        },
      },
      [
        COORDINATOR,
        WORKERS,
        'CatalogsReachable=False CatalogUnreachable: catalog "lake": ICEBERG_CATALOG_ERROR: Failed to list namespaces',
      ],
      {
        waiting: {
          reason: "CatalogUnreachable",
          message: 'catalog "lake": ICEBERG_CATALOG_ERROR: Failed to list namespaces',
          retryAfterSeconds: 10,
        },
      },
    ],
  ])("%s", (...[, given, all, verdict]) => {
    const result = statusOf(given);
    expect(told(result)).toEqual(all);
    expect({ ready: result.ready, waiting: result.waiting }).toEqual(verdict);
  });

  it("judge what the API server answered, not what was there before the change", () => {
    const changed = { ...readyDeployment("query"), metadata: { name: "query", generation: 2 } };
    const applied = {
      children: [{ kind: "Deployment", name: "query", outcome: "changed", object: changed }],
    } as const;
    const result = clusterStatus({
      resource: clusterWith({ workers: 2 }),
      observed: HEALTHY,
      applied,
      now: NOW,
    });
    expect(told(result)[0]).toBe(
      "CoordinatorReady=False RolloutInProgress: the new specification is not yet observed",
    );
  });
});

describe("the fields of a query cluster's status", () => {
  const scale = {
    replicas: 2,
    selector:
      "app.kubernetes.io/managed-by=openclickstream,openclickstream.io/querycluster=query,app.kubernetes.io/component=worker",
  };
  const fields = {
    version: "476",
    coordinatorUrl: "http://query.quickstart.svc:8080",
    activeWorkers: 2,
    scale,
    catalogs: [{ name: "lake", reachable: true }],
    cache: { message: "no pod is ready" },
  };

  it("say what the coordinator said", () => {
    expect(statusOf({ observed: HEALTHY }).status).toEqual(fields);
  });

  it("claim nothing of catalogs and workers while the coordinator does not answer", () => {
    const observed = { ...HEALTHY, probe: emptySurroundings().probe };
    expect(statusOf({ observed, previous: fields }).status).toEqual({
      version: "476",
      coordinatorUrl: "http://query.quickstart.svc:8080",
      activeWorkers: 0,
      scale,
      cache: { message: "no pod is ready" },
    });
  });

  it("are kept when nothing could be observed", () => {
    expect(clusterStatus({ resource: clusterWith({}, { status: fields }), now: NOW }).status).toEqual(fields);
  });
});
