/** QueryCluster: a Trino cluster over the platform's tables and other catalogs. */
import { z } from "zod";
import { commonStatus, scaleStatus } from "./conditions.ts";
import {
  type Immutable,
  type Resource,
  type Sent,
  WORKLOAD_NAME_RULES,
  defineKind,
} from "./kind-definition.ts";
import { podTemplate } from "./pod-template.ts";
import { duration } from "./durations.ts";
import { byteSize, resources } from "./quantities.ts";
import { queryClusterCacheStatus } from "./query-cluster-cache.ts";
import { platformRef, secretKey, secretRef } from "./references.ts";
import { flight, flightStatus } from "./query-cluster-flight.ts";
import { serviceSettings, serviceType } from "./service.ts";
import {
  MAP_KEY_RULE,
  celText,
  count,
  integer,
  listMap,
  patterned,
  text,
  textMap,
  withRules,
} from "./rules.ts";

/** What an absent field means; resolved by the controller, never written into the resource. */
export const QUERY_CLUSTER_DEFAULTS = {
  workers: 0,
  cache: { enabled: true, medium: "Disk", maxSize: "1Gi" },
  drainTime: "30s",
  serviceType: "ClusterIP",
} as const;

/** Name of the platform's catalog in every cluster. */
export const LAKE_CATALOG = "lake";

const cache = withRules(
  z.object({
    enabled: z.boolean().optional().describe("Whether data files are cached. Default true."),
    medium: z
      .enum(["Disk", "Memory"])
      .optional()
      .describe(
        "What the cache lies on: the node's disk, or memory, which counts as the pod's. Default 'Disk'.",
      ),
    maxSize: byteSize("64Mi", "16Ti")
      .optional()
      .describe("Largest size of the cache of one pod. Default '1Gi' unless maxDiskPercent is given."),
    maxDiskPercent: integer(1, 95)
      .optional()
      .describe("Largest share of the disk that the cache may fill, in percent. Default none."),
  }),
  [
    {
      rule: "!has(self.maxSize) || !has(self.maxDiskPercent)",
      message: "maxDiskPercent must be absent when maxSize is given; keep one of the two",
      fieldPath: ".maxDiskPercent",
      holds: (value) => value.maxSize === undefined || value.maxDiskPercent === undefined,
    },
    {
      rule: "!has(self.maxDiskPercent) || !has(self.medium) || self.medium == 'Disk'",
      message: "maxDiskPercent must be absent when medium is Memory; use maxSize",
      fieldPath: ".maxDiskPercent",
      holds: (value) =>
        value.maxDiskPercent === undefined || value.medium === undefined || value.medium === "Disk",
    },
  ],
).describe("Cache of data files (Alluxio) in each pod.");

/** Set by the operator, or a way to files of the pod. */
const FORBIDDEN_PROPERTY =
  "^(connector\\.name|fs\\.native-local\\.enabled|local\\.location|fs\\.cache\\..*|fs\\.alluxio\\..*)$";
/** `…-file`, `….keystore-path`, `….config.resources`: names of files, which are in the pod and not in the manifest. */
const FILE_PROPERTY = "(^|[._-])(file|path|dir|directory|resources)$";
/** Whatever is called a key holds one, `azure.access-key` and `gcs.json-key` too … */
const CREDENTIAL_PROPERTY = "(^|[._-])(password|passphrase|secret|token|credentials?|key)$";
/** … but not `s3.aws-access-key`, which is an id. */
const PUBLIC_PROPERTY = "(^|[._-])(aws[.-]access|public)[.-]key$";
/** `://user:password@`, and the end of `password=` as it is usually written: short, as the API server counts what a pattern may cost. */
const CREDENTIAL_VALUES = ["://[^/]*:[^/]*@", "ssword=|SSWORD="];
/** A second line would be a second property. */
const MORE_THAN_A_LINE = "[\\r\\n\\x00]";

const ALLOWED_PROPERTY_MESSAGE =
  "must not hold connector.name (use the field connector), fs.cache.*, fs.alluxio.*, local files or properties that name a file (…file, …path, …dir, …resources), " +
  "which the pod does not have; leave them out";

function isCredential(name: string): boolean {
  return new RegExp(CREDENTIAL_PROPERTY).test(name) && !new RegExp(PUBLIC_PROPERTY).test(name);
}

function isAllowedProperty(name: string): boolean {
  return !new RegExp(FORBIDDEN_PROPERTY).test(name) && !new RegExp(FILE_PROPERTY).test(name);
}

const secretProperty = withRules(
  z.object({
    property: patterned(/^[A-Za-z][A-Za-z0-9._-]*$/, 128).describe("Name of the catalog property."),
    secretRef: secretRef({ key: secretKey.describe("Key of the Secret that holds the value.") }).describe(
      "Where the value is.",
    ),
  }),
  [
    {
      rule: `!self.property.matches(${celText(FORBIDDEN_PROPERTY)}) && !self.property.matches(${celText(FILE_PROPERTY)})`,
      message: ALLOWED_PROPERTY_MESSAGE,
      fieldPath: ".property",
      holds: ({ property }) => isAllowedProperty(property),
    },
  ],
).describe("One catalog property whose value is in a Secret.");

const catalogProperties = withRules(textMap(64, 2048), [
  MAP_KEY_RULE,
  {
    rule: `!self.exists(key, key.matches(${celText(CREDENTIAL_PROPERTY)}) && !key.matches(${celText(PUBLIC_PROPERTY)}))`,
    message: "must not hold passwords, tokens or keys; put them in a Secret and use secretProperties",
    holds: (properties) => !Object.keys(properties).some(isCredential),
  },
  ...CREDENTIAL_VALUES.map((pattern) => ({
    rule: `!self.exists(key, self[key].matches(${celText(pattern)}))`,
    message:
      "must not hold '://user:password@' or 'password=' in a value; put the whole value in a Secret and use secretProperties",
    holds: (properties: Readonly<Record<string, string>>) =>
      !Object.values(properties).some((value) => new RegExp(pattern).test(value)),
  })),
  {
    rule: `!self.exists(key, key.matches(${celText(FORBIDDEN_PROPERTY)}) || key.matches(${celText(FILE_PROPERTY)}))`,
    message: ALLOWED_PROPERTY_MESSAGE,
    holds: (properties) => Object.keys(properties).every(isAllowedProperty),
  },
  {
    // Variables of the pod hold the secrets of all catalogs.
    rule: "!self.exists(key, self[key].contains('${'))",
    message: "must not hold '${' in a value; put what is secret in a Secret and use secretProperties",
    holds: (properties) => !Object.values(properties).some((value) => value.includes("${")),
  },
  {
    rule: `!self.exists(key, self[key].matches(${celText(MORE_THAN_A_LINE)}))`,
    message: "must not hold line breaks in a value; write it in one line",
    holds: (properties) =>
      !Object.values(properties).some((value) => new RegExp(MORE_THAN_A_LINE).test(value)),
  },
]);

/** One catalog of the user. The controller asks it once more: admission may have been by an older CRD. */
export const queryClusterCatalog = withRules(
  z.object({
    name: patterned(/^[a-z][a-z0-9_]*$/, 63).describe("Name of the catalog in SQL."),
    connector: patterned(/^[a-z][a-z0-9_-]*$/, 63).describe(
      "Trino connector, for example 'tpch' or 'iceberg'.",
    ),
    properties: catalogProperties
      .optional()
      .describe("Properties of the catalog, without secrets. Default none."),
    secretProperties: listMap(secretProperty, ["property"], 32)
      .optional()
      .describe("Properties whose values are in Secrets. Default none."),
  }),
  [
    {
      rule: `self.name != '${LAKE_CATALOG}' && self.name != 'system'`,
      message: `name must not be '${LAKE_CATALOG}' or 'system'; the first is the platform's catalog, the second Trino's own`,
      fieldPath: ".name",
      holds: (value) => value.name !== LAKE_CATALOG && value.name !== "system",
    },
    {
      rule: "!has(self.properties) || !has(self.secretProperties) || !self.secretProperties.exists(s, s.property in self.properties)",
      message: "secretProperties must not name a property that properties holds; keep one of the two",
      fieldPath: ".secretProperties",
      holds: (value) =>
        !(value.secretProperties ?? []).some((secret) =>
          Object.hasOwn(value.properties ?? {}, secret.property),
        ),
    },
  ],
).describe("One catalog.");

export const queryClusterSpec = z.object({
  platformRef,
  workers: integer(0, 100)
    .optional()
    .describe(
      "Number of worker pods; with 0 the coordinator also works. kubectl scale and a HorizontalPodAutoscaler of the cluster set it. Default 0.",
    ),
  coordinatorResources: resources("trino", "the coordinator").optional(),
  coordinatorPodTemplate: podTemplate("the coordinator's pod"),
  workerResources: resources("trino", "a worker").optional(),
  workerPodTemplate: podTemplate("worker pods"),
  serviceType: serviceType(
    "Type of the coordinator's Service. Trino asks nobody who he is: let in only networks that you trust. Default 'ClusterIP'.",
  ),
  service: serviceSettings("the coordinator's Service"),
  config: textMap(64, 2048)
    .optional()
    .describe(
      "Further lines of Trino's config.properties on coordinator and workers; none that the operator sets. Default none.",
    ),
  jvmOptions: z
    .array(patterned(/^-[!-~]+$/, 512))
    .max(32)
    .optional()
    .describe("Further options of Trino's JVM, none about the heap's size. Default none."),
  sessionProperties: textMap(64, 2048)
    .optional()
    .describe(
      "Session properties with which every query begins, a catalog's as 'catalog.property'. Clients can set others. Default none.",
    ),
  cache: cache.optional(),
  catalogs: listMap(queryClusterCatalog, ["name"], 32)
    .optional()
    .describe(
      `Further catalogs; the platform's is always there and is named '${LAKE_CATALOG}'. Default none.`,
    ),
  flight,
  drainTime: duration("1s", "1h")
    .optional()
    .describe(
      "How long a coordinator that is to stop may go on with its queries, and a worker with its tasks. Default '30s'.",
    ),
});

const catalogState = z.object({
  name: text(63).describe("Name of the catalog."),
  reachable: z.boolean().describe("Whether the catalog answered SHOW SCHEMAS."),
  message: text(32_768).optional().describe("What the probe found."),
});

export const queryClusterStatus = z.object({
  ...commonStatus,
  version: text(64).optional().describe("Version of Trino that runs."),
  coordinatorUrl: text(1024).optional().describe("Address of the coordinator within the cluster."),
  scale: scaleStatus("worker pods").optional(),
  activeWorkers: count().optional().describe("Workers that the coordinator knows to be active."),
  flight: flightStatus.optional(),
  catalogs: listMap(catalogState, ["name"], 64).optional().describe("What the probes found, one a catalog."),
  cache: queryClusterCacheStatus.optional(),
});

export type QueryClusterSpec = Immutable<z.infer<typeof queryClusterSpec>>;
export type QueryClusterStatus = Sent<z.infer<typeof queryClusterStatus>>;
export type QueryCluster = Resource<QueryClusterSpec, QueryClusterStatus>;

export const queryClusterKind = defineKind({
  kind: "QueryCluster",
  plural: "queryclusters",
  shortName: "qc",
  description:
    "QueryCluster runs Trino over the platform's Iceberg catalog and further catalogs. It stores nothing but a cache.",
  columns: [
    {
      name: "Workers",
      type: "integer",
      jsonPath: ".status.activeWorkers",
      description: "Workers that are active.",
    },
    {
      name: "Cached %",
      type: "integer",
      jsonPath: ".status.cache.hitPercent",
      description: "Share of the bytes read that came from the cache, in percent.",
    },
    { name: "Version", type: "string", jsonPath: ".status.version", description: "Version of Trino." },
    {
      name: "URL",
      type: "string",
      jsonPath: ".status.coordinatorUrl",
      description: "Address of the coordinator.",
      priority: 1,
    },
    {
      name: "Flight",
      type: "string",
      jsonPath: ".status.flight.endpoint",
      description: "Address of the Flight SQL gateway.",
      priority: 1,
    },
  ],
  schema: queryClusterSpec,
  statusSchema: queryClusterStatus,
  scale: { replicas: ".spec.workers" },
  nameRules: WORKLOAD_NAME_RULES,
});
