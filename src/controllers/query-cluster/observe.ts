/** Reads what a cluster depends on and what it is made of, and asks the running coordinator; does not write. */
import type { V1Deployment } from "@kubernetes/client-node";
import type { DataPlatform, QueryCluster } from "../../crds/kinds.ts";
import { LAKE_CATALOG, dataPlatformKind, queryClusterKind } from "../../crds/kinds.ts";
import { clusterNames } from "../../naming/children.ts";
import { managedLabels } from "../../naming/labels.ts";
import type { KubernetesObject, ReconcileContext } from "../../runtime/controller.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { isPodReady, newestReadyPod } from "../../targets/kubernetes/pods.ts";
import { readSecretIdentities } from "../../targets/kubernetes/read-secrets.ts";
import type { SecretIdentities } from "../../targets/kubernetes/secret-identity.ts";
import type { TrinoProbe } from "../../targets/trino/probe.ts";
import { clusterSecretKeys } from "./cluster-secrets.ts";
import type { Role } from "./parts.ts";
import type { ClusterProber } from "../../targets/trino/prober.ts";

export type DeploymentObject = KubernetesObject & Pick<V1Deployment, "spec" | "status">;

/** The cluster's surroundings at the beginning of a pass. */
export interface ObservedCluster {
  readonly platform: DataPlatform | undefined;
  readonly secrets: SecretIdentities;
  readonly deployments: Readonly<Record<Role, DeploymentObject | undefined>>;
  readonly pods: Readonly<Record<Role, readonly PodObject[]>>;
  readonly probe: TrinoProbe;
}

export async function observeCluster(
  cluster: QueryCluster,
  context: ReconcileContext,
  prober: ClusterProber,
): Promise<ObservedCluster> {
  const { kubernetes } = context;
  const namespace = cluster.metadata.namespace ?? "";
  const platform = kubernetes.cached<DataPlatform>(dataPlatformKind, {
    namespace,
    name: cluster.spec.platformRef.name,
  });
  const secretKeys = platform === undefined ? [] : clusterSecretKeys(platform.spec, cluster.spec);
  const secretNames = [...new Set(secretKeys.map(({ secret }) => secret))];
  const pods = {
    coordinator: readPods(cluster, "coordinator", context),
    worker: readPods(cluster, "worker", context),
  };
  const [secrets, probe] = await Promise.all([
    readSecretIdentities(namespace, secretNames, kubernetes),
    prober.probe({
      cluster: `${namespace}/${cluster.metadata.name}`,
      coordinator: newestReadyPod(pods.coordinator),
      readyWorkers: pods.worker.filter(isPodReady).length,
      catalogs: [LAKE_CATALOG, ...(cluster.spec.catalogs ?? []).map(({ name }) => name)],
      now: context.now(),
      signal: context.signal,
    }),
  ]);
  const names = clusterNames(cluster.metadata.name);
  const deployment = (name: string): DeploymentObject | undefined =>
    kubernetes.cached<DeploymentObject>(CHILD_TYPES.Deployment, { namespace, name });
  const deployments = { coordinator: deployment(names.coordinator), worker: deployment(names.worker) };
  return Object.freeze({ platform, secrets, deployments, pods, probe });
}

function readPods(cluster: QueryCluster, role: Role, { kubernetes }: ReconcileContext): readonly PodObject[] {
  const { name, namespace = "" } = cluster.metadata;
  const labels = { ...managedLabels(queryClusterKind.kind, name), "app.kubernetes.io/component": role };
  return kubernetes.cachedList<PodObject>(CHILD_TYPES.Pod, { namespace, labels });
}
