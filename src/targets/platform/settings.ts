/** Turns a DataPlatform and its Secrets into settings of the three systems, or says which reference leads nowhere. Pure. */
import type { DataPlatform, DataPlatformSpec } from "../../crds/kinds.ts";
import { DATA_PLATFORM_DEFAULTS } from "../../crds/kinds.ts";
import type { ResourceKey } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { Reason } from "../../api/reasons.ts";
import type { CatalogCredentials, CatalogSettings } from "../iceberg/settings.ts";
import type { KafkaSettings } from "../kafka/settings.ts";
import type { StorageSettings } from "../s3/settings.ts";
import { Secret } from "../secret.ts";

/** Everything that is needed to reach the systems of one DataPlatform. */
export interface PlatformSettings {
  readonly key: ResourceKey;
  readonly kafka: KafkaSettings;
  readonly storage: StorageSettings;
  readonly catalog: CatalogSettings;
}

/** What a reference led to. */
export type PlatformState =
  | { readonly state: "resolved"; readonly settings: PlatformSettings }
  | { readonly state: "missing"; readonly reason: Reason; readonly message: string }
  | { readonly state: "unknown"; readonly error: Error };

/** Contents of Secrets by their names, decoded; those that do not exist are absent. */
export type SecretContents = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Names of all Secrets that a platform refers to, each once. */
export function secretNamesOf(spec: DataPlatformSpec): readonly string[] {
  const names = [
    spec.kafka.tls?.caSecretRef?.name,
    spec.kafka.sasl?.secretRef.name,
    spec.storage.credentialsSecretRef.name,
    spec.catalog.credentialsSecretRef?.name,
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Resolves every reference; the first that leads nowhere is the result otherwise. */
export function resolveSettings(platform: DataPlatform, secrets: SecretContents): PlatformState {
  const { namespace = "", name } = platform.metadata;
  try {
    const settings = {
      key: { namespace, name },
      kafka: resolveKafka(platform.spec, secrets),
      storage: resolveStorage(platform.spec, secrets),
      catalog: resolveCatalog(platform.spec, secrets),
    };
    return { state: "resolved", settings };
  } catch (error) {
    if (error instanceof MissingSecret)
      return { state: "missing", reason: error.reason, message: error.message };
    throw error;
  }
}

/** The settings, or the error that says why there are none. */
export function requirePlatform(platform: PlatformState): PlatformSettings {
  switch (platform.state) {
    case "resolved":
      return platform.settings;
    case "missing":
      throw new WaitingError(platform.reason, platform.message);
    case "unknown":
      throw platform.error;
  }
}

/** Ends the resolution at the first reference that leads nowhere; never leaves this file. */
class MissingSecret extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

function resolveKafka({ kafka }: DataPlatformSpec, secrets: SecretContents): KafkaSettings {
  const { bootstrapServers, tls, sasl } = kafka;
  const authority = tls?.caSecretRef;
  return {
    bootstrapServers,
    ...(tls !== undefined && {
      tls:
        authority === undefined
          ? {}
          : {
              certificateAuthority: valueOf(
                secrets,
                authority.name,
                authority.key ?? DATA_PLATFORM_DEFAULTS.caKey,
              ),
            },
    }),
    ...(sasl !== undefined && {
      sasl: {
        mechanism: sasl.mechanism,
        username: secretOf(
          secrets,
          sasl.secretRef.name,
          sasl.secretRef.usernameKey ?? DATA_PLATFORM_DEFAULTS.usernameKey,
        ),
        password: secretOf(
          secrets,
          sasl.secretRef.name,
          sasl.secretRef.passwordKey ?? DATA_PLATFORM_DEFAULTS.passwordKey,
        ),
      },
    }),
  };
}

function resolveStorage({ storage }: DataPlatformSpec, secrets: SecretContents): StorageSettings {
  const { endpoint, region, bucket, pathStyle, credentialsSecretRef: reference } = storage;
  return {
    endpoint,
    region,
    bucket,
    isPathStyle: pathStyle ?? DATA_PLATFORM_DEFAULTS.pathStyle,
    accessKeyId: secretOf(
      secrets,
      reference.name,
      reference.accessKeyIdKey ?? DATA_PLATFORM_DEFAULTS.accessKeyIdKey,
    ),
    secretAccessKey: secretOf(
      secrets,
      reference.name,
      reference.secretAccessKeyKey ?? DATA_PLATFORM_DEFAULTS.secretAccessKeyKey,
    ),
  };
}

function resolveCatalog({ catalog }: DataPlatformSpec, secrets: SecretContents): CatalogSettings {
  const { uri, warehouse, prefix, credentialsSecretRef: reference } = catalog;
  const credentials =
    reference === undefined
      ? undefined
      : resolveCatalogCredentials(
          secrets,
          reference.name,
          reference.tokenKey ?? DATA_PLATFORM_DEFAULTS.tokenKey,
        );
  return { uri, warehouse, prefix, credentials };
}

/** Keys of a Secret with OAuth2 client credentials; the last two may be absent. */
const CLIENT_KEYS = {
  id: "clientId",
  secret: "clientSecret",
  tokenUri: "oauth2ServerUri",
  scope: "scope",
} as const;
/** What Iceberg's own clients ask for. */
const DEFAULT_SCOPE = "catalog";

/** A token when the Secret has one, else OAuth2 client credentials. */
function resolveCatalogCredentials(
  secrets: SecretContents,
  name: string,
  tokenKey: string,
): CatalogCredentials {
  const content = secrets.get(name);
  const isClient =
    content !== undefined && !Object.hasOwn(content, tokenKey) && Object.hasOwn(content, CLIENT_KEYS.id);
  // A token goes into a header, which the newline at the end of many a file would break.
  if (!isClient) return { kind: "token", token: new Secret(valueOf(secrets, name, tokenKey).trim()) };
  return {
    kind: "client",
    clientId: secretOf(secrets, name, CLIENT_KEYS.id),
    clientSecret: secretOf(secrets, name, CLIENT_KEYS.secret),
    tokenUri: content[CLIENT_KEYS.tokenUri],
    scope: content[CLIENT_KEYS.scope] ?? DEFAULT_SCOPE,
  };
}

function secretOf(secrets: SecretContents, name: string, key: string): Secret {
  return new Secret(valueOf(secrets, name, key));
}

function valueOf(secrets: SecretContents, name: string, key: string): string {
  const content = secrets.get(name);
  if (content === undefined) throw new MissingSecret("SecretNotFound", `Secret "${name}" does not exist`);
  const value = content[key];
  if (value === undefined || value === "") {
    throw new MissingSecret("SecretKeyMissing", `Secret "${name}" has no key "${key}"`);
  }
  return value;
}
