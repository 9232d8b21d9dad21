/** What the documents of all Spark programs say of where the tables are. Pure. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import type { UpkeepDocument } from "../generated/upkeep.ts";
import { lakeAuthorityFiles } from "../platform/environment.ts";

/** The same in every contract: catalog, storage, and the authorities of both. */
type LakeDocument = Pick<UpkeepDocument, "catalog" | "storage" | "authorityFiles">;

/** Name of the Iceberg catalog in Spark. */
const SPARK_CATALOG = "lake";

export function lakeDocument(spec: DataPlatformSpec): LakeDocument {
  const { catalog, storage } = spec;
  const authorityFiles = lakeAuthorityFiles(spec);
  return {
    catalog: {
      ...{ name: SPARK_CATALOG, uri: catalog.uri, warehouse: catalog.warehouse, prefix: catalog.prefix },
      ...(catalog.oauth2 && { client: clientOf(catalog.oauth2) }),
    },
    storage: { endpoint: storage.endpoint, region: storage.region, pathStyle: storage.pathStyle ?? true },
    ...(authorityFiles.length === 0 ? {} : { authorityFiles }),
  };
}

function clientOf({
  serverUri,
  scope,
}: NonNullable<DataPlatformSpec["catalog"]["oauth2"]>): LakeDocument["catalog"]["client"] {
  return { serverUri, scope: scope ?? DATA_PLATFORM_DEFAULTS.scope };
}
