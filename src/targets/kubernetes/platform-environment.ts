/** How a DataPlatform's Secrets reach a container: by reference, as environment variables and files, never copied. Pure. */
import type { V1EnvVar, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { DataPlatformSpec } from "../../crds/kinds.ts";
import { DATA_PLATFORM_DEFAULTS } from "../../crds/kinds.ts";
import type { SecretKeyReference } from "./secret-identity.ts";

/** One key of a Secret under the name that the container knows it by. */
export interface SecretVariable extends SecretKeyReference {
  readonly variable: string;
}

/** Where the certificate authorities of Kafka are in a container. */
export const KAFKA_CA_FOLDER = "/etc/openclickstream-kafka";
const KAFKA_CA_FILE_NAME = "ca.crt";
export const KAFKA_CA_FILE = `${KAFKA_CA_FOLDER}/${KAFKA_CA_FILE_NAME}`;
const KAFKA_CA_VOLUME = "kafka-ca";

/** Keys of the object store, under the names that every AWS SDK reads. */
export function storageSecrets({ storage }: DataPlatformSpec): readonly SecretVariable[] {
  const { name, accessKeyIdKey, secretAccessKeyKey } = storage.credentialsSecretRef;
  return [
    {
      variable: "AWS_ACCESS_KEY_ID",
      secret: name,
      key: accessKeyIdKey ?? DATA_PLATFORM_DEFAULTS.accessKeyIdKey,
    },
    {
      variable: "AWS_SECRET_ACCESS_KEY",
      secret: name,
      key: secretAccessKeyKey ?? DATA_PLATFORM_DEFAULTS.secretAccessKeyKey,
    },
  ];
}

/** User name and password for Kafka; none without SASL. */
export function kafkaSecrets({ kafka }: DataPlatformSpec): readonly SecretVariable[] {
  if (kafka.sasl === undefined) return [];
  const { name, usernameKey, passwordKey } = kafka.sasl.secretRef;
  return [
    { variable: "KAFKA_SASL_USERNAME", secret: name, key: usernameKey ?? DATA_PLATFORM_DEFAULTS.usernameKey },
    { variable: "KAFKA_SASL_PASSWORD", secret: name, key: passwordKey ?? DATA_PLATFORM_DEFAULTS.passwordKey },
  ];
}

const TOKEN_HINT =
  "pipelines and query clusters need a token for the catalog, client credentials serve the operator only";

/** Token for the catalog; none when the catalog asks for none. */
export function catalogSecrets({ catalog }: DataPlatformSpec): readonly SecretVariable[] {
  if (catalog.credentialsSecretRef === undefined) return [];
  const { name, tokenKey } = catalog.credentialsSecretRef;
  const key = tokenKey ?? DATA_PLATFORM_DEFAULTS.tokenKey;
  return [{ variable: "CATALOG_TOKEN", secret: name, key, hint: TOKEN_HINT }];
}

/** As `env` of a container. */
export function secretEnvironment(secrets: readonly SecretVariable[]): V1EnvVar[] {
  return secrets.map(({ variable, secret, key }) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: secret, key } },
  }));
}

/** Plain variables as `env` of a container; those without a value are left out. */
export function plainEnvironment(variables: Readonly<Record<string, string | undefined>>): V1EnvVar[] {
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** The Secret with Kafka's certificate authorities, if there is one. */
export function kafkaCaSecret({ kafka }: DataPlatformSpec): string | undefined {
  return kafka.tls?.caSecretRef?.name;
}

/** Volume and mount that put Kafka's certificate authorities at `KAFKA_CA_FILE`; both empty without them. */
export function kafkaCaVolume({ kafka }: DataPlatformSpec): { volumes: V1Volume[]; mounts: V1VolumeMount[] } {
  const reference = kafka.tls?.caSecretRef;
  if (reference === undefined) return { volumes: [], mounts: [] };
  const items = [{ key: reference.key ?? DATA_PLATFORM_DEFAULTS.caKey, path: KAFKA_CA_FILE_NAME }];
  return {
    volumes: [{ name: KAFKA_CA_VOLUME, secret: { secretName: reference.name, items } }],
    mounts: [{ name: KAFKA_CA_VOLUME, mountPath: KAFKA_CA_FOLDER, readOnly: true }],
  };
}

/** Every key of every Secret that the platform refers to. */
export function platformSecretKeys(platform: DataPlatformSpec): readonly SecretKeyReference[] {
  const ca = platform.kafka.tls?.caSecretRef;
  return [
    ...kafkaSecrets(platform),
    ...storageSecrets(platform),
    ...catalogSecrets(platform),
    ...(ca === undefined ? [] : [{ secret: ca.name, key: ca.key ?? DATA_PLATFORM_DEFAULTS.caKey }]),
  ];
}

/** Names of all Secrets that the platform refers to, sorted. */
export function platformSecretNames(platform: DataPlatformSpec): readonly string[] {
  return [...new Set(platformSecretKeys(platform).map(({ secret }) => secret))].sort();
}
