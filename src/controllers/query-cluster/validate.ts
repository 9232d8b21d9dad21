/** Turns a cluster's spec and its platform into settings with all defaults resolved, or says what is wrong. Pure. */
import type { DataPlatformSpec, QueryCluster, QueryClusterSpec } from "../../crds/kinds.ts";
import {
  CONTAINER_DEFAULTS,
  LAKE_CATALOG,
  QUERY_CLUSTER_DEFAULTS,
  parseBytes,
  parseDurationSeconds,
  queryClusterCatalog,
  queryClusterKind,
} from "../../crds/kinds.ts";
import type { ClusterNames } from "../../naming/children.ts";
import { clusterNames } from "../../naming/children.ts";
import { managedLabels } from "../../naming/marks.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { ChildOwner } from "../../targets/kubernetes/child.ts";
import type { ContainerResources } from "../../targets/kubernetes/resources.ts";
import { resolveResources } from "../../targets/kubernetes/resources.ts";
import { requirePresent } from "../../platform/platform.ts";
import { referencesOf } from "../../platform/references.ts";
import { requireSecretKeys } from "../../platform/secrets.ts";
import type { GivenPodTemplate } from "../../workloads/pod-template.ts";
import { secretsHash, unprovenSecrets } from "../../workloads/secrets.ts";
import { catalogSecretKeys, clusterSecretKeys, LAKE_SYSTEMS } from "./cluster-secrets.ts";
import type { FlightSettings } from "./flight-settings.ts";
import { resolveFlight } from "./flight-settings.ts";
import type { ObservedCluster } from "./observe.ts";

/** Images as full references: of coordinator and workers, and of the gateway. */
export interface ClusterImages {
  readonly trino: string;
  readonly flightGateway: string;
}

/** The cache of each pod; `undefined` = none. */
export interface CacheSettings {
  readonly medium: "Disk" | "Memory";
  /** Exactly one of the two is given. */
  readonly maxBytes?: number;
  readonly maxDiskPercent?: number;
}

/** A role of Trino's: how many pods of what size. */
export interface RoleSettings {
  readonly replicas: number;
  readonly resources: ContainerResources;
  readonly podTemplate: GivenPodTemplate;
  /** Share of the container's memory that the JVM's heap takes. */
  readonly heapPercent: number;
}

/** One of the user's catalogs with nothing left open. */
export interface CatalogSettings {
  readonly name: string;
  readonly connector: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly secretProperties: readonly {
    readonly property: string;
    readonly secret: string;
    readonly key: string;
  }[];
}

/** Everything that the plan is made from. */
export interface ValidatedCluster {
  readonly owner: ChildOwner;
  readonly names: ClusterNames;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: { readonly name: string; readonly spec: DataPlatformSpec };
  /** Of the values that its pods get. */
  readonly secretsHash: string;
  readonly images: ClusterImages;
  readonly coordinator: RoleSettings;
  readonly worker: RoleSettings;
  readonly cache: CacheSettings | undefined;
  /** Further lines of config.properties. */
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly jvmOptions: readonly string[];
  /** What every query begins with. */
  readonly sessionProperties: Readonly<Record<string, string>>;
  readonly catalogs: readonly CatalogSettings[];
  readonly drainSeconds: number;
  readonly serviceType: NonNullable<QueryClusterSpec["serviceType"]>;
  readonly service: NonNullable<QueryClusterSpec["service"]>;
  /** The Flight SQL gateway; `undefined` = none. */
  readonly flight: FlightSettings | undefined;
}

/** What the containers get when the spec says nothing. */
const TRINO_RESOURCES: ContainerResources = CONTAINER_DEFAULTS.trino;

/** With less Trino does not start. */
const LEAST_MEMORY_BYTES = 2 ** 30;

/** Throws `WaitingError` while the platform or a Secret is missing, `TerminalError` for what must be changed in the spec. */
export function validateCluster(
  cluster: QueryCluster,
  observed: ObservedCluster,
  images: ClusterImages,
): ValidatedCluster {
  const { spec } = cluster;
  const key = { namespace: cluster.metadata.namespace ?? "", name: cluster.metadata.name };
  const platform = requirePresent(observed.platform);
  const cache = resolveCache(spec.cache);
  const catalogs = (spec.catalogs ?? []).map(resolveCatalog);
  requireSecretKeys(referencesOf(platform.spec, LAKE_SYSTEMS), platform.secrets);
  requireSecretKeys(catalogSecretKeys(spec), observed.catalogSecrets);
  const secrets = new Map([...platform.secrets, ...observed.catalogSecrets]);
  const wanted = secretsHash(clusterSecretKeys(platform.spec, spec), secrets);
  const { coordinator: workload } = observed.deployments;
  const unproven = unprovenSecrets({ workload, wanted, platform, systems: LAKE_SYSTEMS });
  if (unproven !== undefined) throw unproven;
  const workers = spec.workers ?? QUERY_CLUSTER_DEFAULTS.workers;
  return {
    owner: { type: queryClusterKind, key, uid: cluster.metadata.uid ?? "" },
    names: clusterNames(key.name),
    labels: managedLabels(queryClusterKind.kind, key.name),
    platform: { name: spec.platformRef.name, spec: platform.spec },
    secretsHash: wanted,
    images,
    coordinator: resolveRole("coordinatorResources", { spec, cache, replicas: 1 }),
    worker: resolveRole("workerResources", { spec, cache, replicas: workers }),
    cache,
    config: spec.config,
    jvmOptions: resolveJvmOptions(spec),
    sessionProperties: resolveSessionProperties(spec),
    catalogs,
    drainSeconds: parseDurationSeconds(spec.drainTime ?? QUERY_CLUSTER_DEFAULTS.drainTime),
    serviceType: spec.serviceType ?? QUERY_CLUSTER_DEFAULTS.serviceType,
    service: spec.service ?? {},
    flight: resolveFlight(spec, {
      platform: platform.spec,
      secrets: new Map([...platform.secrets, ...observed.flightSecrets]),
      workload: observed.deployments.flight,
    }),
  };
}

function resolveCache(given: QueryClusterSpec["cache"]): CacheSettings | undefined {
  const defaults = QUERY_CLUSTER_DEFAULTS.cache;
  if (!(given?.enabled ?? defaults.enabled)) return undefined;
  const medium = given?.medium ?? defaults.medium;
  if (given?.maxDiskPercent !== undefined) return { medium, maxDiskPercent: given.maxDiskPercent };
  return { medium, maxBytes: parseBytes(given?.maxSize ?? defaults.maxSize) };
}

/** The heap is sized by the container's memory; what else is in it depends on that. */
function resolveJvmOptions({ jvmOptions = [] }: QueryClusterSpec): readonly string[] {
  const sizing = jvmOptions.find((option) => /^-(Xm[sx]|XX:(Max|Initial|Min)(RAM|Heap))/.test(option));
  if (sizing === undefined) return jvmOptions;
  const field = "spec.jvmOptions";
  const message = `${field} must not hold "${sizing}": the operator sizes the heap by the memory limit; change the limit`;
  throw new TerminalError("InvalidSpec", message, { field });
}

/** With a name that leads nowhere Trino would fail every query. */
function resolveSessionProperties(spec: QueryClusterSpec): Readonly<Record<string, string>> {
  const { sessionProperties = {}, catalogs = [] } = spec;
  const known = [LAKE_CATALOG, ...catalogs.map(({ name }) => name)];
  for (const name of Object.keys(sessionProperties)) {
    const [, catalog] = /^(?:([a-z][a-z0-9_]*)\.)?[a-z][a-z0-9_]*$/.exec(name) ?? [undefined, ""];
    if (catalog === undefined || known.includes(catalog)) continue;
    const problem =
      catalog === ""
        ? "it is no name of a session property, as query_max_run_time or lake.compression_codec"
        : `there is no catalog "${catalog}"; known: ${known.join(", ")}`;
    const field = "spec.sessionProperties";
    throw new TerminalError("InvalidSpec", `${field} must not hold "${name}": ${problem}`, { field });
  }
  return sessionProperties;
}

interface RoleInput {
  readonly spec: QueryClusterSpec;
  readonly cache: CacheSettings | undefined;
  readonly replicas: number;
}

/** A cache in memory is taken from the container before the heap is sized. */
function resolveRole(field: "coordinatorResources" | "workerResources", input: RoleInput): RoleSettings {
  const resources = resolveResources(input.spec[field], TRINO_RESOURCES);
  const limit = parseBytes(resources.limits.memory);
  const cached = input.cache?.medium === "Memory" ? (input.cache.maxBytes ?? 0) : 0;
  const left = limit - cached;
  if (input.replicas > 0 && left < LEAST_MEMORY_BYTES) {
    const advice = cached === 0 ? "raise the limit" : "raise the limit or lower spec.cache.maxSize";
    throw new TerminalError(
      "InvalidSpec",
      `spec.${field} must leave Trino at least 1Gi of memory; "${resources.limits.memory}" leaves less, so ${advice}`,
      { field: `spec.${field}` },
    );
  }
  return {
    replicas: input.replicas,
    resources,
    podTemplate: input.spec[field === "workerResources" ? "workerPodTemplate" : "coordinatorPodTemplate"],
    heapPercent: Math.floor((heapShare(left) * left * 100) / limit),
  };
}

/** Metaspace, code cache and buffers take some 700 MiB however large the heap is. */
function heapShare(bytes: number): number {
  if (bytes <= 2 * 2 ** 30) return 0.6;
  return bytes <= 4 * 2 ** 30 ? 0.7 : 0.8;
}

type GivenCatalog = NonNullable<QueryClusterSpec["catalogs"]>[number];

function resolveCatalog(catalog: GivenCatalog): CatalogSettings {
  refuseUnlessValid(catalog);
  return {
    name: catalog.name,
    connector: catalog.connector,
    properties: catalog.properties ?? {},
    secretProperties: (catalog.secretProperties ?? []).map(({ property, secretRef }) => ({
      property,
      secret: secretRef.name,
      key: secretRef.key,
    })),
  };
}

/** What a catalog must not say: its properties become a file that Trino reads with the rights of the pod. */
function refuseUnlessValid(catalog: GivenCatalog): void {
  const issue = queryClusterCatalog.safeParse(catalog).error?.issues[0];
  if (issue === undefined) return;
  const field = [`spec.catalogs[${catalog.name}]`, ...issue.path].join(".");
  throw new TerminalError("InvalidSpec", `${field}: ${issue.message}`, { field });
}
