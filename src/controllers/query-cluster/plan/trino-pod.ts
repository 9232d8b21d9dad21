/** What pods of coordinator and workers have in common. Pure. */
import type { V1Container, V1EnvVar, V1PodTemplateSpec, V1Volume } from "@kubernetes/client-node";
import { OWN_ANNOTATIONS } from "../../../naming/marks.ts";
import { hashOf } from "../../../targets/kubernetes/child.ts";
import {
  lakeAuthorityFiles,
  secretEnvironment,
  secretVolumes,
  variablesOf,
} from "../../../platform/environment.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../../targets/kubernetes/pod-security.ts";
import { containerResources } from "../../../targets/kubernetes/resources.ts";
import { LAKE_SYSTEMS, secretPropertyVariable } from "../cluster-secrets.ts";
import type { CacheSettings, ValidatedCluster } from "../validate.ts";
import type { Role } from "../parts.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { identityAnnotation, regionalEnvironment } from "../../../workloads/workload-identity.ts";
import { componentLabels } from "../../../workloads/metadata.ts";
import type { ConfigMap } from "../../../workloads/config-map.ts";
import { TRINO_PORT } from "../../../targets/trino/server.ts";
import { CONFIG_FOLDER } from "./config-properties.ts";
import { CACHE_FOLDER } from "./file-cache.ts";
import { DATA_FOLDER } from "./node-properties.ts";
import { HEALTH_SCRIPT } from "./scripts.ts";
import { TRUST_FOLDER, TRUST_SCRIPT } from "./trust.ts";

/** The ConfigMaps that a role's pods mount. */
export interface PodConfig {
  readonly server: ConfigMap;
  readonly catalogs: ConfigMap;
}

/** What only one of the roles has. */
export interface RoleDifferences {
  readonly serviceAccountName: string;
  readonly terminationGracePeriodSeconds: number;
  readonly lifecycle: NonNullable<V1Container["lifecycle"]>;
}

/** A pod template whose annotations change with each of the files and Secrets, so that every change of them rolls the role. */
export function trinoPodTemplate(
  cluster: ValidatedCluster,
  role: Role,
  parts: { readonly config: PodConfig; readonly differences: RoleDifferences },
): V1PodTemplateSpec {
  const { config, differences } = parts;
  const { lifecycle, ...podFields } = differences;
  const own = {
    metadata: {
      labels: componentLabels(cluster, role),
      annotations: {
        [OWN_ANNOTATIONS.configHash]: hashOf(config.server.object.data),
        [OWN_ANNOTATIONS.catalogsHash]: hashOf(config.catalogs.object.data),
        [OWN_ANNOTATIONS.secretsHash]: cluster.secretsHash,
        ...identityAnnotation(cluster.platform.spec),
      },
    },
    spec: {
      ...podFields,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: RESTRICTED_POD,
      ...(hasAuthorities(cluster) ? { initContainers: [trustContainer(cluster, role)] } : {}),
      containers: [container(cluster, role, lifecycle)],
      volumes: [...volumes(config, cluster.cache), ...trustVolumes(cluster)],
    },
  };
  return withPodTemplate(own, cluster[role].podTemplate, { field: `spec.${role}PodTemplate` });
}

function container(
  cluster: ValidatedCluster,
  role: Role,
  lifecycle: NonNullable<V1Container["lifecycle"]>,
): V1Container {
  const health = { exec: { command: ["bash", `${CONFIG_FOLDER}/${HEALTH_SCRIPT}`] }, timeoutSeconds: 9 };
  return {
    name: "trino",
    image: cluster.images.trino,
    imagePullPolicy: "IfNotPresent",
    env: environment(cluster),
    ports: [{ name: "http", containerPort: TRINO_PORT, protocol: "TCP" }],
    resources: containerResources(cluster[role].resources),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: RESTRICTED_CONTAINER,
    // Trino takes some ten seconds on a free core and a minute or two on a crowded one.
    startupProbe: { ...health, periodSeconds: 3, failureThreshold: 100 },
    readinessProbe: { ...health, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    lifecycle,
    volumeMounts: [
      { name: "config", mountPath: CONFIG_FOLDER, readOnly: true },
      { name: "data", mountPath: DATA_FOLDER },
      { name: "tmp", mountPath: "/tmp" },
      ...(cluster.cache === undefined ? [] : [{ name: "cache", mountPath: CACHE_FOLDER }]),
      ...(hasAuthorities(cluster) ? [{ name: "trust", mountPath: TRUST_FOLDER, readOnly: true }] : []),
    ],
  };
}

function hasAuthorities({ platform }: ValidatedCluster): boolean {
  return lakeAuthorityFiles(platform.spec).length > 0;
}

/** Makes the truststore: Java reads none in PEM form. It needs the image's Java, and is gone before Trino starts. */
function trustContainer(cluster: ValidatedCluster, role: Role): V1Container {
  return {
    name: "trust",
    image: cluster.images.trino,
    imagePullPolicy: "IfNotPresent",
    command: ["bash", `${CONFIG_FOLDER}/${TRUST_SCRIPT}`],
    resources: containerResources(cluster[role].resources),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [
      { name: "config", mountPath: CONFIG_FOLDER, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
      { name: "trust", mountPath: TRUST_FOLDER },
      ...secretVolumes(cluster.platform.spec, LAKE_SYSTEMS).mounts,
    ],
  };
}

function trustVolumes(cluster: ValidatedCluster): V1Volume[] {
  const { volumes: ofSecrets } = secretVolumes(cluster.platform.spec, LAKE_SYSTEMS);
  return hasAuthorities(cluster) ? [{ name: "trust", emptyDir: {} }, ...ofSecrets] : ofSecrets;
}

function environment(cluster: ValidatedCluster): V1EnvVar[] {
  const { platform, catalogs } = cluster;
  const ofCatalogs = catalogs.flatMap((catalog) =>
    catalog.secretProperties.map(({ property, secret, key }) => ({
      variable: secretPropertyVariable(catalog.name, property),
      secret,
      key,
    })),
  );
  return [
    ...regionalEnvironment(platform.spec),
    ...secretEnvironment([...variablesOf(platform.spec, LAKE_SYSTEMS), ...ofCatalogs]),
  ];
}

/** One volume for all files: a mount within the mount of a read-only ConfigMap is not possible. */
function volumes({ server, catalogs }: PodConfig, cache: CacheSettings | undefined): V1Volume[] {
  const items = Object.keys(catalogs.object.data).map((key) => ({ key, path: `catalog/${key}` }));
  return [
    {
      name: "config",
      projected: {
        sources: [
          { configMap: { name: server.object.metadata.name } },
          { configMap: { name: catalogs.object.metadata.name, items } },
        ],
      },
    },
    { name: "data", emptyDir: {} },
    { name: "tmp", emptyDir: {} },
    ...(cache === undefined ? [] : [{ name: "cache", emptyDir: cacheVolume(cache) }]),
  ];
}

/** The kubelet evicts a pod that exceeds the volume's limit, so it is a fifth above the size that the cache keeps to. */
function cacheVolume({ medium, maxBytes }: CacheSettings): NonNullable<V1Volume["emptyDir"]> {
  return {
    ...(medium === "Memory" ? { medium } : {}),
    ...(maxBytes === undefined ? {} : { sizeLimit: `${Math.ceil((maxBytes * 1.2) / 2 ** 20)}Mi` }),
  };
}
