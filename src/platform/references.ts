/**
 * Every reference of a DataPlatform to a key of a Secret, as one table. What a setting's value is, which variables and files a container
 * gets, and which Secrets a pod depends on are all read off it. Pure.
 */
import type { DataPlatformSpec, PLATFORM_COMPONENTS } from "../crds/kinds.ts";
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import { SECRET_VARIABLES } from "../generated/connections.ts";
import type { SecretKey } from "./secrets.ts";
import type { ValueForm } from "./value-form.ts";

/** A system of a platform, as `status.components` names it. */
export type Component = (typeof PLATFORM_COMPONENTS)[number];

/** A key of a Secret as a file in a container. Files of one volume are keys of one Secret. */
export interface SecretFile {
  readonly volume: string;
  readonly folder: string;
  readonly name: string;
}

/** One row: who needs it, where the spec names it, and how a container sees it. */
export interface Reference {
  readonly component: Component;
  /** Name of the Secret; `undefined` where the spec names none. */
  readonly secret: (spec: DataPlatformSpec) => string | undefined;
  /** The key that the spec names; `undefined` for the default. */
  readonly key: (spec: DataPlatformSpec) => string | undefined;
  readonly defaultKey: string;
  readonly form: ValueForm;
  /** Environment variable of the containers that need the component. */
  readonly variable?: string;
  readonly file?: SecretFile;
  /** Containers read the file anew for each connection: they need no restart for another value. */
  readonly isReread?: boolean;
  /** What to know when a workload lacks the key. */
  readonly hint?: string;
}

/** Keys of a Secret of the type kubernetes.io/tls. */
const TLS_KEYS = { certificate: "tls.crt", privateKey: "tls.key" } as const;
const KAFKA_CLIENT = { volume: "kafka-client", folder: "/etc/openclickstream-kafka-client" } as const;

export const REFERENCES = {
  kafkaAuthorities: {
    component: "Kafka",
    secret: ({ kafka }) => kafka.tls?.caSecretRef?.name,
    key: ({ kafka }) => kafka.tls?.caSecretRef?.key,
    defaultKey: DATA_PLATFORM_DEFAULTS.caKey,
    form: "Certificates",
    file: { volume: "kafka-ca", folder: "/etc/openclickstream-kafka", name: "ca.crt" },
    isReread: true,
  },
  kafkaClientCertificate: {
    component: "Kafka",
    secret: ({ kafka }) => kafka.tls?.clientSecretRef?.name,
    key: () => undefined,
    defaultKey: TLS_KEYS.certificate,
    form: "Certificates",
    file: { ...KAFKA_CLIENT, name: TLS_KEYS.certificate },
    isReread: true,
  },
  kafkaClientKey: {
    component: "Kafka",
    secret: ({ kafka }) => kafka.tls?.clientSecretRef?.name,
    key: () => undefined,
    defaultKey: TLS_KEYS.privateKey,
    form: "PrivateKey",
    file: { ...KAFKA_CLIENT, name: TLS_KEYS.privateKey },
    isReread: true,
  },
  kafkaUsername: {
    component: "Kafka",
    secret: ({ kafka }) => kafka.sasl?.secretRef.name,
    key: ({ kafka }) => kafka.sasl?.secretRef.usernameKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.usernameKey,
    form: "Text",
    variable: SECRET_VARIABLES.kafkaUsername,
  },
  kafkaPassword: {
    component: "Kafka",
    secret: ({ kafka }) => kafka.sasl?.secretRef.name,
    key: ({ kafka }) => kafka.sasl?.secretRef.passwordKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.passwordKey,
    form: "Text",
    variable: SECRET_VARIABLES.kafkaPassword,
  },
  // The variables of the object store are those that every AWS SDK reads.
  accessKeyId: {
    component: "Storage",
    secret: ({ storage }) => storage.credentialsSecretRef?.name,
    key: ({ storage }) => storage.credentialsSecretRef?.accessKeyIdKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.accessKeyIdKey,
    form: "Header",
    variable: "AWS_ACCESS_KEY_ID",
  },
  secretAccessKey: {
    component: "Storage",
    secret: ({ storage }) => storage.credentialsSecretRef?.name,
    key: ({ storage }) => storage.credentialsSecretRef?.secretAccessKeyKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.secretAccessKeyKey,
    form: "Text",
    variable: "AWS_SECRET_ACCESS_KEY",
  },
  storageAuthorities: {
    component: "Storage",
    secret: ({ storage }) => storage.caSecretRef?.name,
    key: ({ storage }) => storage.caSecretRef?.key,
    defaultKey: DATA_PLATFORM_DEFAULTS.caKey,
    form: "Certificates",
    file: { volume: "storage-ca", folder: "/etc/openclickstream-storage", name: "ca.crt" },
  },
  catalogAuthorities: {
    component: "Catalog",
    secret: ({ catalog }) => catalog.caSecretRef?.name,
    key: ({ catalog }) => catalog.caSecretRef?.key,
    defaultKey: DATA_PLATFORM_DEFAULTS.caKey,
    form: "Certificates",
    file: { volume: "catalog-ca", folder: "/etc/openclickstream-catalog", name: "ca.crt" },
  },
  catalogToken: {
    component: "Catalog",
    secret: ({ catalog }) => catalog.credentialsSecretRef?.name,
    key: ({ catalog }) => catalog.credentialsSecretRef?.tokenKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.tokenKey,
    form: "Header",
    variable: SECRET_VARIABLES.catalogToken,
    hint: "a client's id and secret are named by spec.catalog.oauth2 of the DataPlatform",
  },
  catalogClientId: {
    component: "Catalog",
    secret: ({ catalog }) => catalog.oauth2?.secretRef.name,
    key: ({ catalog }) => catalog.oauth2?.secretRef.clientIdKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.clientIdKey,
    form: "ClientId",
    variable: SECRET_VARIABLES.catalogClientId,
  },
  catalogClientSecret: {
    component: "Catalog",
    secret: ({ catalog }) => catalog.oauth2?.secretRef.name,
    key: ({ catalog }) => catalog.oauth2?.secretRef.clientSecretKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.clientSecretKey,
    form: "Text",
    variable: SECRET_VARIABLES.catalogClientSecret,
  },
  // Only the operator speaks to Airflow: no container gets these.
  airflowUsername: {
    component: "Airflow",
    secret: ({ airflow }) => airflow?.credentialsSecretRef.name,
    key: ({ airflow }) => airflow?.credentialsSecretRef.usernameKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.usernameKey,
    form: "Text",
  },
  airflowPassword: {
    component: "Airflow",
    secret: ({ airflow }) => airflow?.credentialsSecretRef.name,
    key: ({ airflow }) => airflow?.credentialsSecretRef.passwordKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.passwordKey,
    form: "Text",
  },
  airflowAuthorities: {
    component: "Airflow",
    secret: ({ airflow }) => airflow?.caSecretRef?.name,
    key: ({ airflow }) => airflow?.caSecretRef?.key,
    defaultKey: DATA_PLATFORM_DEFAULTS.caKey,
    form: "Certificates",
  },
  // Nor these.
  lineageToken: {
    component: "Lineage",
    secret: ({ lineage }) => lineage?.credentialsSecretRef?.name,
    key: ({ lineage }) => lineage?.credentialsSecretRef?.tokenKey,
    defaultKey: DATA_PLATFORM_DEFAULTS.tokenKey,
    form: "Header",
  },
  lineageAuthorities: {
    component: "Lineage",
    secret: ({ lineage }) => lineage?.caSecretRef?.name,
    key: ({ lineage }) => lineage?.caSecretRef?.key,
    defaultKey: DATA_PLATFORM_DEFAULTS.caKey,
    form: "Certificates",
  },
  // The operator hands these to the administration of HBase with each request.
  hbaseAuthorities: {
    component: "HBase",
    secret: ({ hbase }) => hbase?.tls?.caSecretRef?.name,
    key: ({ hbase }) => hbase?.tls?.caSecretRef?.key,
    defaultKey: DATA_PLATFORM_DEFAULTS.caKey,
    form: "Certificates",
  },
  hbaseClientCertificate: {
    component: "HBase",
    secret: ({ hbase }) => hbase?.tls?.clientSecretRef?.name,
    key: () => undefined,
    defaultKey: TLS_KEYS.certificate,
    form: "Certificates",
  },
  hbaseClientKey: {
    component: "HBase",
    secret: ({ hbase }) => hbase?.tls?.clientSecretRef?.name,
    key: () => undefined,
    defaultKey: TLS_KEYS.privateKey,
    form: "PrivateKey",
  },
  hbaseKeytab: {
    component: "HBase",
    secret: ({ hbase }) => hbase?.kerberos?.keytabSecretRef.name,
    key: ({ hbase }) => hbase?.kerberos?.keytabSecretRef.key,
    defaultKey: DATA_PLATFORM_DEFAULTS.keytabKey,
    form: "Keytab",
  },
} as const satisfies Readonly<Record<string, Reference>>;

const ROWS: readonly Reference[] = Object.values(REFERENCES);

/** Where a row leads in this platform; `undefined` where the spec has no such reference. */
export function secretKeyOf(reference: Reference, spec: DataPlatformSpec): SecretKey | undefined {
  const secret = reference.secret(spec);
  if (secret === undefined) return undefined;
  const { hint, form } = reference;
  return {
    secret,
    key: reference.key(spec) ?? reference.defaultKey,
    form,
    ...(hint !== undefined && { hint }),
  };
}

/** A row of the table with the key that it leads to. */
interface ResolvedReference extends SecretKey {
  readonly variable?: string | undefined;
  readonly file?: SecretFile | undefined;
  readonly isReread?: boolean | undefined;
}

/** What the platform refers to for these components, in their order. */
export function referencesOf(
  spec: DataPlatformSpec,
  components: readonly Component[],
): readonly ResolvedReference[] {
  const rows = components.flatMap((component) => ROWS.filter((row) => row.component === component));
  return rows.flatMap((row) => {
    const key = secretKeyOf(row, spec);
    const { variable, file, isReread } = row;
    return key === undefined ? [] : [{ ...key, variable, file, isReread }];
  });
}

/** Those of them whose new values reach a process only when it starts. */
export function referencesReadOnce(
  spec: DataPlatformSpec,
  components: readonly Component[],
): readonly ResolvedReference[] {
  return referencesOf(spec, components).filter(({ isReread }) => isReread !== true);
}

/** Names of the Secrets that the platform refers to for these components, each once. */
export function secretNamesOf(spec: DataPlatformSpec, components: readonly Component[]): readonly string[] {
  return [...new Set(referencesOf(spec, components).map(({ secret }) => secret))];
}
