/** `catalog/lake.properties`: the platform's Iceberg tables. Pure. */
import type { DataPlatformSpec } from "../../../crds/kinds.ts";
import { DATA_PLATFORM_DEFAULTS, LAKE_CATALOG } from "../../../crds/kinds.ts";
import type { ValidatedCluster } from "../validate.ts";
import type { Properties } from "../../../workloads/properties.ts";
import { REFERENCES } from "../../../platform/references.ts";
import { fromEnvironment } from "../../../targets/trino/server.ts";
import { renderProperties } from "../../../workloads/properties.ts";
import { CACHE_FOLDER, cacheProperties } from "./file-cache.ts";

export function renderLakeCatalog({ platform, cache }: ValidatedCluster): string {
  const { catalog, storage } = platform.spec;
  return renderProperties({
    "connector.name": "iceberg",
    "iceberg.catalog.type": "rest",
    "iceberg.rest-catalog.uri": catalog.uri,
    "iceberg.rest-catalog.warehouse": catalog.warehouse,
    "iceberg.rest-catalog.prefix": catalog.prefix,
    ...credentialProperties(catalog),
    "fs.native-s3.enabled": true,
    "s3.endpoint": storage.endpoint,
    "s3.region": storage.region,
    "s3.path-style-access": storage.pathStyle ?? true,
    // Without keys Trino looks where clouds put the identity of a process.
    ...(storage.credentialsSecretRef === undefined
      ? {}
      : {
          "s3.aws-access-key": fromEnvironment(REFERENCES.accessKeyId.variable),
          "s3.aws-secret-key": fromEnvironment(REFERENCES.secretAccessKey.variable),
        }),
    ...(cache === undefined ? {} : cacheProperties(cache, `${CACHE_FOLDER}/${LAKE_CATALOG}`)),
  });
}

/** Trino renews the tokens that it gets as a client. */
function credentialProperties({ credentialsSecretRef, oauth2 }: DataPlatformSpec["catalog"]): Properties {
  if (credentialsSecretRef !== undefined) {
    return {
      "iceberg.rest-catalog.security": "OAUTH2",
      "iceberg.rest-catalog.oauth2.token": fromEnvironment(REFERENCES.catalogToken.variable),
    };
  }
  if (oauth2 === undefined) return {};
  const { catalogClientId, catalogClientSecret } = REFERENCES;
  const [id, secret] = [catalogClientId, catalogClientSecret].map(({ variable }) =>
    fromEnvironment(variable),
  );
  return {
    "iceberg.rest-catalog.security": "OAUTH2",
    "iceberg.rest-catalog.oauth2.credential": `${id}:${secret}`,
    "iceberg.rest-catalog.oauth2.server-uri": oauth2.serverUri,
    "iceberg.rest-catalog.oauth2.scope": oauth2.scope ?? DATA_PLATFORM_DEFAULTS.scope,
  };
}
