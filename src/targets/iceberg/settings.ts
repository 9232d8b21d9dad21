/** How to reach one Iceberg REST catalog: everything resolved, secrets wrapped. */
import type { Secret } from "../secret.ts";

export interface CatalogSettings {
  /** Base address, without `/v1`. */
  readonly uri: string;
  /** `undefined`: the catalog's default. */
  readonly warehouse: string | undefined;
  /** Path element after `/v1/`; `undefined`: the one that the catalog answers with. */
  readonly prefix: string | undefined;
  /** `undefined`: the catalog asks for none. */
  readonly credentials: CatalogCredentials | undefined;
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
