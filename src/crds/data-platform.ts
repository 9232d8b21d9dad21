/** DataPlatform: where Kafka, the object store, the Iceberg catalog, Airflow, a receiver of lineage and HBase are, and which Secrets open them. */
import { z } from "zod";
import { commonStatus, timestamp } from "./conditions.ts";
import { type Immutable, LABEL_NAME_RULES, type Resource, type Sent, defineKind } from "./kind-definition.ts";
import { DATA_PLATFORM_DEFAULTS, caSecretRef } from "./data-platform-defaults.ts";
import { hbase } from "./data-platform-hbase.ts";
import { platformMaintenance, upkeepStatus } from "./maintenance.ts";
import { hostAndPort, httpEndpoint, httpUri, optionalSecretKey, secretRef } from "./references.ts";
import { listMap, patterned, text, textMap, textSet, withRules } from "./rules.ts";

export { DATA_PLATFORM_DEFAULTS } from "./data-platform-defaults.ts";

/** Nobody would look at certificates of a connection that has none. */
function needsHttps(field: "endpoint" | "uri") {
  return {
    rule: `!has(self.caSecretRef) || self.${field}.startsWith('https:')`,
    message: `caSecretRef must be absent unless ${field} begins with https:`,
    fieldPath: ".caSecretRef",
  };
}

function isHttps(address: string): boolean {
  return address.startsWith("https:");
}

/** Folder names with `/` between; none begins with a dot, so none leads elsewhere. */
const BUNDLE_PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** Path elements with `/` between; none is `.` or `..`, so none leads elsewhere. */
const ENDPOINT = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/;

const MORE_AUTHORITIES = "Certificate authorities to trust beside those of the system. Default none.";

const kafka = z
  .object({
    bootstrapServers: textSet(hostAndPort.describe("host:port of a broker."), 32)
      .min(1)
      .describe("Brokers to begin with, each as host:port."),
    tls: z
      .object({
        caSecretRef: caSecretRef("Certificate authorities to trust. Default those of the system."),
        clientSecretRef: secretRef({})
          .optional()
          .describe(
            "Certificate to show to the brokers, and its private key: a Secret of the type kubernetes.io/tls, with the keys 'tls.crt' and " +
              "'tls.key' (PKCS#8, without a passphrase). Default none.",
          ),
      })
      .optional()
      .describe("Encrypts the connections when present. Default none."),
    sasl: z
      .object({
        mechanism: z
          .enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
          .describe("How to authenticate. Use PLAIN only together with tls."),
        secretRef: secretRef({
          usernameKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.usernameKey, "the user name"),
          passwordKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.passwordKey, "the password"),
        }).describe("User name and password."),
      })
      .optional()
      .describe("Authenticates with a user name and a password when present. Default none."),
  })
  .describe("The Kafka cluster.");

const storage = withRules(
  z.object({
    endpoint: httpEndpoint.describe(
      "Address of the S3 API, for example 'https://s3.eu-west-1.amazonaws.com'.",
    ),
    region: patterned(/^[a-z0-9][a-z0-9-]*$/, 64).describe("Region that requests are signed for."),
    bucket: patterned(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 63).describe(
      "Bucket for tables and checkpoints. It must exist.",
    ),
    pathStyle: z
      .boolean()
      .optional()
      .describe("Whether the bucket is put in the path of requests and not in the host name. Default true."),
    credentialsSecretRef: secretRef({
      accessKeyIdKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.accessKeyIdKey, "the access key id"),
      secretAccessKeyKey: optionalSecretKey(
        DATA_PLATFORM_DEFAULTS.secretAccessKeyKey,
        "the secret access key",
      ),
    })
      .optional()
      .describe("Access key that may read, write and delete in the bucket. Either this or credentials."),
    credentials: z
      .enum(["WorkloadIdentity"])
      .optional()
      .describe(
        "WorkloadIdentity: no keys. Operator and pods are known to the object store by their ServiceAccounts, as the cloud arranges it.",
      ),
    serviceAccountAnnotations: textMap(32, 4096)
      .optional()
      .describe(
        "With WorkloadIdentity: annotations of the ServiceAccounts of stream jobs and query clusters, for example 'eks.amazonaws.com/role-arn'. " +
          "The operator's own ServiceAccount is annotated where the operator is installed.",
      ),
    caSecretRef: caSecretRef(MORE_AUTHORITIES),
  }),
  [
    {
      ...needsHttps("endpoint"),
      holds: ({ endpoint, caSecretRef: ca }) => ca === undefined || isHttps(endpoint),
    },
    {
      rule: "has(self.credentialsSecretRef) || has(self.credentials)",
      message: "must give credentialsSecretRef, or credentials: WorkloadIdentity",
      holds: ({ credentialsSecretRef, credentials }) =>
        credentialsSecretRef !== undefined || credentials !== undefined,
    },
    {
      rule: "!has(self.credentialsSecretRef) || !has(self.credentials)",
      message: "credentials must be absent when credentialsSecretRef is given; keep one of the two",
      fieldPath: ".credentials",
      holds: ({ credentialsSecretRef, credentials }) =>
        credentialsSecretRef === undefined || credentials === undefined,
    },
    {
      rule: "has(self.credentials) || !has(self.serviceAccountAnnotations)",
      message: "serviceAccountAnnotations must be absent without credentials: WorkloadIdentity",
      fieldPath: ".serviceAccountAnnotations",
      holds: ({ credentials, serviceAccountAnnotations }) =>
        credentials !== undefined || serviceAccountAnnotations === undefined,
    },
  ],
).describe("The S3-compatible object store.");

const catalog = withRules(
  z.object({
    uri: httpUri.describe("Base address of the Iceberg REST catalog, without '/v1'."),
    warehouse: text(512)
      .optional()
      .describe("Warehouse to ask the catalog for. Default the catalog's own default."),
    prefix: patterned(/^[A-Za-z0-9._~%|-]+$/, 256)
      .optional()
      .describe("Path element after '/v1/'. Default the one that the catalog answers with."),
    credentialsSecretRef: secretRef({
      tokenKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.tokenKey, "the bearer token"),
    })
      .optional()
      .describe("Bearer token for the catalog. Default none."),
    oauth2: z
      .object({
        secretRef: secretRef({
          clientIdKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.clientIdKey, "the client's id"),
          clientSecretKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.clientSecretKey, "the client's secret"),
        }).describe("The client."),
        serverUri: httpUri
          .optional()
          .describe("Address that gives tokens. Default the catalog's own, '<uri>/v1/oauth/tokens'."),
        scope: patterned(/^[!#-[\]-~]+( [!#-[\]-~]+)*$/, 512)
          .optional()
          .describe(`Scopes to ask for, with blanks between. Default '${DATA_PLATFORM_DEFAULTS.scope}'.`),
      })
      .optional()
      .describe("Asks for tokens as an OAuth2 client (client credentials), and renews them. Default none."),
    caSecretRef: caSecretRef(MORE_AUTHORITIES),
  }),
  [
    { ...needsHttps("uri"), holds: ({ uri, caSecretRef: ca }) => ca === undefined || isHttps(uri) },
    {
      rule: "!has(self.oauth2) || !has(self.credentialsSecretRef)",
      message: "oauth2 must be absent when credentialsSecretRef is given; keep one of the two",
      fieldPath: ".oauth2",
      holds: ({ oauth2, credentialsSecretRef }) => oauth2 === undefined || credentialsSecretRef === undefined,
    },
  ],
).describe("The Iceberg REST catalog.");

const airflow = withRules(
  z.object({
    uri: httpUri.describe("Base address of Airflow, without '/api/v2'."),
    credentialsSecretRef: secretRef({
      usernameKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.usernameKey, "the user name"),
      passwordKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.passwordKey, "the password"),
    }).describe("User who may read, pause, trigger and delete DAGs, and make backfills."),
    caSecretRef: caSecretRef(MORE_AUTHORITIES),
    bundle: z
      .object({
        prefix: patterned(BUNDLE_PREFIX, 512).describe(
          "Folder of DAG files in the bucket of storage. An S3DagBundle of Airflow must read it.",
        ),
      })
      .optional()
      .describe(
        `Where Airflow finds the DAGs that the operator writes. Default '${DATA_PLATFORM_DEFAULTS.bundlePrefix}' in the bucket of storage.`,
      ),
  }),
  [{ ...needsHttps("uri"), holds: ({ uri, caSecretRef: ca }) => ca === undefined || isHttps(uri) }],
).describe("Airflow, which runs data products. Default none.");

const lineage = withRules(
  z.object({
    uri: httpUri.describe("Base address of the receiver, for example 'https://marquez.example.com'."),
    endpoint: patterned(ENDPOINT, 512)
      .optional()
      .describe(
        `Path after the address that events are sent to. Default '${DATA_PLATFORM_DEFAULTS.lineageEndpoint}'.`,
      ),
    credentialsSecretRef: secretRef({
      tokenKey: optionalSecretKey(DATA_PLATFORM_DEFAULTS.tokenKey, "the bearer token or API key"),
    })
      .optional()
      .describe("Bearer token or API key for the receiver, sent as 'Authorization: Bearer'. Default none."),
    namespace: patterned(/^[!-~]+$/, 256)
      .optional()
      .describe("OpenLineage namespace of the jobs. Default the Kubernetes namespace."),
    caSecretRef: caSecretRef(MORE_AUTHORITIES),
  }),
  [{ ...needsHttps("uri"), holds: ({ uri, caSecretRef: ca }) => ca === undefined || isHttps(uri) }],
).describe("A receiver of OpenLineage events, which is told of the runs of data products. Default none.");

export const dataPlatformSpec = z.object({
  kafka,
  storage,
  catalog,
  airflow: airflow.optional(),
  lineage: lineage.optional(),
  hbase: hbase.optional(),
  maintenance: platformMaintenance.optional(),
});

/** The systems that a platform consists of, as status.components names them. */
export const PLATFORM_COMPONENTS = ["Kafka", "Storage", "Catalog", "Airflow", "Lineage", "HBase"] as const;

const component = z.object({
  name: z.enum(PLATFORM_COMPONENTS).describe("Kafka, Storage, Catalog, Airflow, Lineage or HBase."),
  reachable: z.boolean().describe("Whether the last probe succeeded."),
  version: text(256).optional().describe("Version that the system reports, as far as it does."),
  identity: text(2048)
    .optional()
    .describe(
      "What the system says it is, whatever its address is called: Kafka's cluster id; where the catalog's configuration " +
        "leads; bucket and server; Airflow's server; HBase's cluster id. Resources of two platforms with the same identity claim topics and tables of one system.",
    ),
  message: text(32_768).optional().describe("What the probe found."),
  lastTransitionTime: timestamp()
    .optional()
    .describe("Time of the probe that first found the component as it is now."),
  secretsHash: text(64)
    .optional()
    .describe(
      "Hash of the values of Secrets with which the component was last reached; pods get no others. Nobody can try values by it.",
    ),
});

const ability = z.enum(["True", "False", "Unknown"]);

const abilities = z.object({
  snapshotExpiry: ability.describe("Whether snapshots of tables can be removed."),
  branches: ability.describe("Whether tables can have branches and tags beside their main branch."),
});

export const dataPlatformStatus = z.object({
  ...commonStatus,
  components: listMap(component, ["name"], 8).optional().describe("What the probes found, one a system."),
  catalog: abilities
    .optional()
    .describe(
      "What the catalog lets its clients do with the history of tables. Unknown until it has a table to ask about.",
    ),
  upkeep: upkeepStatus.optional(),
});

export type DataPlatformSpec = Immutable<z.infer<typeof dataPlatformSpec>>;
export type DataPlatformStatus = Sent<z.infer<typeof dataPlatformStatus>>;
export type DataPlatform = Resource<DataPlatformSpec, DataPlatformStatus>;

export const dataPlatformKind = defineKind({
  kind: "DataPlatform",
  plural: "dataplatforms",
  shortName: "dp",
  description:
    "DataPlatform holds the connections to Kafka, S3-compatible storage, an Iceberg REST catalog and, where there are some, Airflow, a receiver of lineage and HBase. " +
    "The operator probes each of them every 30 seconds, and looks after the tables of the catalog that LakeTables declare.",
  columns: [
    {
      name: "Kafka",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="KafkaReachable")].status',
      description: "Whether Kafka answers.",
    },
    {
      name: "Storage",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="StorageReachable")].status',
      description: "Whether the object store answers.",
    },
    {
      name: "Catalog",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="CatalogReachable")].status',
      description: "Whether the catalog answers.",
    },
    {
      name: "Airflow",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="AirflowReady")].status',
      description: "Whether Airflow answers and all of its processes are well.",
      priority: 1,
    },
    {
      name: "Lineage",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="LineageReady")].status',
      description: "Whether the receiver of lineage answers.",
      priority: 1,
    },
    {
      name: "HBase",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="HBaseReady")].status',
      description: "Whether HBase answers.",
      priority: 1,
    },
    {
      name: "Maintained",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="TablesMaintained")].status',
      description: "Whether its tables are looked after.",
      priority: 1,
    },
    { name: "Bucket", type: "string", jsonPath: ".spec.storage.bucket", description: "Bucket.", priority: 1 },
    {
      name: "Expiry",
      type: "string",
      jsonPath: ".status.catalog.snapshotExpiry",
      description: "Whether the catalog lets snapshots be removed.",
      priority: 1,
    },
    {
      name: "Branches",
      type: "string",
      jsonPath: ".status.catalog.branches",
      description: "Whether the catalog keeps branches of tables.",
      priority: 1,
    },
  ],
  schema: dataPlatformSpec,
  statusSchema: dataPlatformStatus,
  nameRules: LABEL_NAME_RULES,
});
