/** Reads what a cluster depends on and what it is made of, and asks the running coordinator; does not write. */
import type { V1Deployment } from "@kubernetes/client-node";
import type { QueryCluster } from "../../crds/kinds.ts";
import { LAKE_CATALOG, QUERY_CLUSTER_DEFAULTS, queryClusterKind } from "../../crds/kinds.ts";
import { clusterNames } from "../../naming/children.ts";
import { COMPONENT_LABEL, managedLabels } from "../../naming/marks.ts";
import type { KubernetesObject, ReconcileContext } from "../../runtime/controller.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { isPodReady, newestReadyPod } from "../../targets/kubernetes/pods.ts";
import type { PlatformReader, PlatformState } from "../../platform/platform.ts";
import type { SecretReader } from "../../platform/secret-reader.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { CacheReader, CacheReading } from "../../targets/trino/cache-statistics.ts";
import type { TrinoProbe } from "../../targets/trino/probe.ts";
import { catalogSecretKeys } from "./cluster-secrets.ts";
import { flightSecretNames } from "./flight-secrets.ts";
import type { ClusterComponent } from "./parts.ts";
import type { ClusterProber } from "../../targets/trino/prober.ts";

export type DeploymentObject = KubernetesObject & Pick<V1Deployment, "spec" | "status">;

/** The cluster's surroundings at the beginning of a pass. */
export interface ObservedCluster {
  readonly platform: PlatformState;
  /** Those that the user's catalogs name. */
  readonly catalogSecrets: Secrets;
  /** Those of the Flight SQL gateway. */
  readonly flightSecrets: Secrets;
  readonly deployments: Readonly<Record<ClusterComponent, DeploymentObject | undefined>>;
  readonly pods: Readonly<Record<ClusterComponent, readonly PodObject[]>>;
  readonly probe: TrinoProbe;
  /** What the cache of the pods did; undefined where the cluster has none. */
  readonly cache: CacheReading | undefined;
}

/** How the surroundings are read. */
export interface ClusterReaders {
  readonly platforms: PlatformReader;
  readonly secrets: SecretReader;
  readonly prober: ClusterProber;
  readonly cacheReader: CacheReader;
}

export async function observeCluster(
  cluster: QueryCluster,
  context: ReconcileContext,
  readers: ClusterReaders,
): Promise<ObservedCluster> {
  const { kubernetes } = context;
  const { platforms, secrets, prober } = readers;
  const namespace = cluster.metadata.namespace ?? "";
  const secretNames = [...new Set(catalogSecretKeys(cluster.spec).map(({ secret }) => secret))];
  const pods = {
    coordinator: readPods(cluster, "coordinator", context),
    worker: readPods(cluster, "worker", context),
    flight: readPods(cluster, "flight", context),
  };
  const [platform, catalogSecrets, flightSecrets, probe, cache] = await Promise.all([
    platforms.read(cluster, context),
    secrets.read(cluster, secretNames, context),
    secrets.read(cluster, flightSecretNames(cluster.spec), context),
    prober.probe({
      cluster: `${namespace}/${cluster.metadata.name}`,
      coordinator: newestReadyPod(pods.coordinator),
      readyWorkers: pods.worker.filter(isPodReady).length,
      catalogs: [LAKE_CATALOG, ...(cluster.spec.catalogs ?? []).map(({ name }) => name)],
      now: context.now(),
      signal: context.signal,
    }),
    readCache(cluster, { pods, context, readers }),
  ]);
  const names = clusterNames(cluster.metadata.name);
  const deployment = (name: string): DeploymentObject | undefined =>
    kubernetes.cached<DeploymentObject>(CHILD_TYPES.Deployment, { namespace, name });
  const deployments = {
    coordinator: deployment(names.coordinator),
    worker: deployment(names.worker),
    flight: deployment(names.flight),
  };
  return Object.freeze({ platform, catalogSecrets, flightSecrets, deployments, pods, probe, cache });
}

/** Of all pods: the coordinator reads the tables' metadata, and the data too when there are no workers. */
async function readCache(
  { metadata, spec }: QueryCluster,
  given: {
    readonly pods: ObservedCluster["pods"];
    readonly context: ReconcileContext;
    readonly readers: ClusterReaders;
  },
): Promise<CacheReading | undefined> {
  if (!(spec.cache?.enabled ?? QUERY_CLUSTER_DEFAULTS.cache.enabled)) return undefined;
  const { pods, context, readers } = given;
  return readers.cacheReader.read({
    cluster: `${metadata.namespace ?? ""}/${metadata.name}`,
    pods: [...pods.coordinator, ...pods.worker],
    catalogs: [LAKE_CATALOG],
    now: context.now(),
    signal: context.signal,
  });
}

function readPods(
  cluster: QueryCluster,
  component: ClusterComponent,
  { kubernetes }: ReconcileContext,
): readonly PodObject[] {
  const { name, namespace = "" } = cluster.metadata;
  const labels = { ...managedLabels(queryClusterKind.kind, name), [COMPONENT_LABEL]: component };
  return kubernetes.cachedList<PodObject>(CHILD_TYPES.Pod, { namespace, labels });
}
