/** Query clusters and their surroundings for tests. */
import type { QueryCluster, QueryClusterSpec } from "../crds/kinds.ts";
import type { PodObject } from "../targets/kubernetes/pods.ts";
import type { TrinoProbe } from "../targets/trino/probe.ts";
import { presentPlatform, readyDeployment } from "./clickstream-pipeline.ts";
import type { ObservedCluster } from "../controllers/query-cluster/observe.ts";
import type { ClusterImages } from "../controllers/query-cluster/validate.ts";

export const IMAGES: ClusterImages = {
  trino: "images.test/trino:1",
  flightGateway: "images.test/flight-gateway:1",
};

export function clusterWith(
  spec: Partial<QueryClusterSpec> = {},
  rest: Partial<QueryCluster> = {},
): QueryCluster {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "QueryCluster",
    metadata: { name: "query", namespace: "quickstart", uid: "cluster-uid", generation: 1 },
    spec: { platformRef: { name: "local" }, ...spec },
    ...rest,
  };
}

/** Surroundings in which nothing has been made yet. */
export function emptySurroundings(): ObservedCluster {
  return {
    platform: presentPlatform(),
    catalogSecrets: new Map(),
    flightSecrets: new Map(),
    deployments: { coordinator: undefined, worker: undefined, flight: undefined },
    pods: { coordinator: [], worker: [], flight: [] },
    probe: { state: "unknown", message: "no coordinator is ready" },
    cache: { state: "unknown", message: "no pod is ready" },
  };
}

/** Surroundings in which everything works, with two workers. */
export function healthySurroundings(): ObservedCluster {
  return {
    ...emptySurroundings(),
    deployments: {
      coordinator: readyDeployment("query"),
      worker: readyDeployment("query-worker", 2),
      flight: readyDeployment("query-flight", 2),
    },
    probe: HEALTHY_PROBE,
  };
}

const HEALTHY_PROBE: TrinoProbe = {
  state: "known",
  version: "476",
  activeWorkers: 2,
  catalogs: [{ name: "lake", reachable: true, message: "" }],
};

/** A ready coordinator at this address. */
export function coordinatorPod(uid: string, address: string): PodObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `query-${uid}`, namespace: "quickstart", uid },
    status: { podIP: address, conditions: [{ type: "Ready", status: "True" }] },
  };
}
