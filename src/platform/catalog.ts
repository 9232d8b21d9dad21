/** How to reach the Iceberg REST catalog of a platform: everything resolved, secrets wrapped. Pure. */
import type { PlatformState, PresentPlatform } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES, secretKeyOf } from "./references.ts";
import type { Secret } from "./secret.ts";
import type { SecretKey } from "./secrets.ts";
import { valueAt, valuesOf } from "./secrets.ts";

export interface CatalogSettings {
  /** Base address, without `/v1`. */
  readonly uri: string;
  /** `undefined`: the catalog's default. */
  readonly warehouse: string | undefined;
  /** Path element after `/v1/`; `undefined`: the one that the catalog answers with. */
  readonly prefix: string | undefined;
  /** `undefined`: the catalog asks for none. */
  readonly credentials: CatalogCredentials | undefined;
  /** PEM of authorities to trust beside those of the system. */
  readonly certificateAuthority?: string;
}

export type CatalogCredentials =
  | { readonly kind: "token"; readonly token: Secret }
  /** OAuth2 client credentials: a token is had from `tokenUri` and renewed before it ends. */
  | {
      readonly kind: "client";
      readonly clientId: Secret;
      readonly clientSecret: Secret;
      /** `undefined`: the catalog's own `/v1/oauth/tokens`. */
      readonly tokenUri: string | undefined;
      readonly scope: string;
    };

/** What must not appear in any message about this catalog. */
export function secretsOf(settings: CatalogSettings): readonly Secret[] {
  const { credentials } = settings;
  if (credentials === undefined) return [];
  return credentials.kind === "token" ? [credentials.token] : [credentials.clientSecret];
}

/** Throws `WaitingError` for the first reference that leads nowhere, and the error of the read where nobody knows. */
export function requireCatalog(state: PlatformState): CatalogSettings {
  const platform = requirePresent(state);
  const { uri, warehouse, prefix } = platform.spec.catalog;
  const token = secretKeyOf(REFERENCES.catalogToken, platform.spec);
  const credentials = token === undefined ? undefined : credentialsOf(token, platform);
  const certificateAuthority = valueOf(REFERENCES.catalogAuthorities, platform)?.reveal();
  return {
    ...{ uri, warehouse, prefix, credentials },
    ...(certificateAuthority !== undefined && { certificateAuthority }),
  };
}

/** Keys of a Secret with OAuth2 client credentials, which serve the operator only; the last two may be absent. */
const CLIENT_KEYS = {
  id: "clientId",
  secret: "clientSecret",
  tokenUri: "oauth2ServerUri",
  scope: "scope",
} as const;
/** What Iceberg's own clients ask for. */
const DEFAULT_SCOPE = "catalog";

/** A token when the Secret has one, else OAuth2 client credentials. */
function credentialsOf(token: SecretKey, { secrets }: PresentPlatform): CatalogCredentials {
  const { secret } = token;
  const values = valuesOf(secret, secrets);
  if (values.has(token.key) || !values.has(CLIENT_KEYS.id)) {
    return { kind: "token", token: valueAt(token, secrets) };
  }
  return {
    kind: "client",
    clientId: valueAt({ secret, key: CLIENT_KEYS.id, form: "Text" }, secrets),
    clientSecret: valueAt({ secret, key: CLIENT_KEYS.secret, form: "Text" }, secrets),
    tokenUri: values.get(CLIENT_KEYS.tokenUri)?.reveal(),
    scope: values.get(CLIENT_KEYS.scope)?.reveal() ?? DEFAULT_SCOPE,
  };
}
