/** How to reach the Iceberg REST catalog of a platform: everything resolved, secrets wrapped. Pure. */
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import type { PlatformState, PresentPlatform } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES } from "./references.ts";
import type { Secret } from "./secret.ts";

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
  /** OAuth2 client credentials: the operator gets a token from `tokenUri` and renews it before it ends. */
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
  const credentials = credentialsOf(platform);
  const certificateAuthority = valueOf(REFERENCES.catalogAuthorities, platform)?.reveal();
  return {
    ...{ uri, warehouse, prefix, credentials },
    ...(certificateAuthority !== undefined && { certificateAuthority }),
  };
}

function credentialsOf(platform: PresentPlatform): CatalogCredentials | undefined {
  const token = valueOf(REFERENCES.catalogToken, platform);
  if (token !== undefined) return { kind: "token", token };
  const { oauth2 } = platform.spec.catalog;
  const clientId = valueOf(REFERENCES.catalogClientId, platform);
  const clientSecret = valueOf(REFERENCES.catalogClientSecret, platform);
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const scope = oauth2?.scope ?? DATA_PLATFORM_DEFAULTS.scope;
  return { kind: "client", clientId, clientSecret, tokenUri: oauth2?.serverUri, scope };
}
